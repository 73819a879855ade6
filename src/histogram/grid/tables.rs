//! The grid's boundaries, computed exactly while the crate compiles.
//!
//! A boundary is `base · 2^(j/N)` for `j` in `0..N`, where `N = 2^scale`; all
//! others are these, shifted. It is kept as a *mantissa*: shifted until its top
//! bit is set, and rounded down to 64 bits. Rounding down loses nothing: an
//! integer is above a real number exactly if it is above that number's floor.
//!
//! The computation has 128 bits, of which the lowest few are wrong. That they
//! never reach the upper 64 is asserted for each boundary, so a table that
//! compiles is right.

/// One cell of the look-up table: the values whose top bits are the cell's number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// The one boundary in the cell, or more than any mantissa.
    pub(super) bound: u64,
    /// How many boundaries lie in the cells before.
    pub(super) before: usize,
}

/// All 256 bits of a product: the upper half, the lower half.
const fn product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (low, high) = (a0 * b0, a1 * b1);
    let (left, right) = (a1 * b0, a0 * b1);
    let middle = (low >> 64) + (left & LOW) + (right & LOW);
    (high + (left >> 64) + (right >> 64) + (middle >> 64), (low & LOW) | (middle << 64))
}

/// The product of two numbers in `[1, 2)`, brought back to `[1, 2)`; one is
/// `2^127`. Too small by less than 2.
const fn times(a: u128, b: u128) -> u128 {
    let (high, low) = product(a, b);
    if high >> 127 == 1 { high } else { (high << 1) | (low >> 127) }
}

/// The floor of the square root of `high · 2^128 + low`.
const fn root(high: u128, low: u128) -> u128 {
    let mut found = 0;
    let mut bit = 1 << 127;
    while bit != 0 {
        let (square_high, square_low) = product(found | bit, found | bit);
        if square_high < high || (square_high == high && square_low <= low) {
            found |= bit;
        }
        bit >>= 1;
    }
    found
}

/// The finest scale.
const FINEST: u32 = 7;

/// The mantissas of `base · 2^(j/128)`: the boundaries at the finest scale. Those
/// at the others are among them.
pub(super) type Finest = [u64; 1 << FINEST];

pub(super) const fn finest(base: u64) -> Finest {
    let start = base << base.leading_zeros();
    let mut values = [(start as u128) << 64; 1 << FINEST];
    // 2, whose root is the first factor, does not fit: 2^128 · 2^127.
    let mut radicand = (1 << 127, 0);
    let mut bit = FINEST;
    while bit > 0 {
        bit -= 1;
        // 2^(1/2), 2^(1/4), and so on, for the bits of j from the top.
        let factor = root(radicand.0, radicand.1);
        radicand = (factor >> 1, factor << 127);
        let mut j = 0;
        while j < values.len() {
            if (j >> bit) & 1 == 1 {
                values[j] = times(values[j], factor);
            }
            j += 1;
        }
    }
    let mut mantissas = [start; 1 << FINEST];
    let mut j = 1;
    while j < values.len() {
        // Seven factors, each too small by less than 2 in 2^127, and seven
        // products, each by less than 2: the value is too small by less than 64.
        assert!(values[j] as u64 <= u64::MAX - 64, "too near to an integer to round down");
        mantissas[j] = (values[j] >> 64) as u64;
        j += 1;
    }
    mantissas
}

/// How many boundaries have a smaller mantissa than the base has.
pub(super) const fn rank(finest: &Finest, scale: u32) -> usize {
    let mut rank = 0;
    let mut j = 0;
    while j < finest.len() {
        rank += (finest[j] < finest[0]) as usize;
        j += 1 << (FINEST - scale);
    }
    rank
}

/// The mantissas of a scale's boundaries, in ascending order.
pub(super) const fn bounds<const N: usize>(finest: &Finest) -> [u64; N] {
    let rank = rank(finest, N.trailing_zeros());
    let mut bounds = [0; N];
    let mut j = 0;
    while j < N {
        bounds[(j + rank) % N] = finest[j * (finest.len() / N)];
        j += 1;
    }
    let mut j = 1;
    while j < N {
        assert!(bounds[j - 1] < bounds[j]);
        j += 1;
    }
    bounds
}

/// The look-up table: with twice as many cells as boundaries, none holds two.
pub(super) const fn cells<const N: usize, const CELLS: usize>(bounds: &[u64; N]) -> [Cell; CELLS] {
    assert!(CELLS == 2 * N);
    let shift = 63 - CELLS.trailing_zeros();
    let mut cells = [Cell { bound: u64::MAX, before: 0 }; CELLS];
    let mut next = 0;
    let mut cell = 0;
    while cell < CELLS {
        cells[cell].before = next;
        if next < N && (bounds[next] >> shift) as usize == CELLS + cell {
            cells[cell].bound = bounds[next];
            next += 1;
        }
        cell += 1;
    }
    // A second boundary in a cell would have been left behind.
    assert!(next == N);
    cells
}

#[cfg(all(test, not(bellwether_modelled)))]
mod tests {
    use core::hint::black_box;

    use super::*;

    /// They are constants: here they run, for whoever looks at what tests run.
    #[test]
    fn are_at_run_time_what_they_are_at_compile_time() {
        const ONES: Finest = finest(1);
        const SECONDS: Finest = finest(1_000_000_000);
        assert_eq!(finest(black_box(1)), ONES);
        assert_eq!(finest(black_box(1_000_000_000)), SECONDS);
        assert_eq!((rank(&ONES, black_box(7)), rank(&SECONDS, black_box(0))), (0, 0));
        const BOUNDS: [u64; 8] = bounds(&SECONDS);
        assert_eq!(bounds(black_box(&SECONDS)), BOUNDS);
        const CELLS: [Cell; 16] = cells(&BOUNDS);
        let table: [Cell; 16] = cells(black_box(&BOUNDS));
        let parts = |cells: [Cell; 16]| cells.map(|cell| (cell.bound, cell.before));
        assert_eq!(parts(table), parts(CELLS));
    }

    #[test]
    fn a_mantissa_is_a_root() {
        let ones = finest(black_box(1));
        // The root of 2, and that root's root squared: rounded down.
        let (half, quarter) = (u128::from(ones[64]), u128::from(ones[32]));
        assert!(half * half <= 1 << 127 && (half + 1) * (half + 1) > 1 << 127);
        assert!(quarter * quarter <= (half + 1) << 63);
        assert!((quarter + 1) * (quarter + 1) > half << 63);
    }

    #[test]
    fn a_table_finds_its_bound() {
        let bounds: [u64; 8] = bounds(black_box(&finest(1_000_000_000)));
        let table: [Cell; 16] = cells(black_box(&bounds));
        for (n, &bound) in bounds.iter().enumerate() {
            let cell = &table[(bound >> 59) as usize & 15];
            assert_eq!((cell.bound, cell.before), (bound, n), "no cell has two");
        }
        assert!(bounds.is_sorted());
    }
}
