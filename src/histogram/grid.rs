//! Grids: which values share a bucket. All arithmetic is in integers, and exact.
//!
//! A bucket has a *key* `k`, an integer. It holds the values above
//! `base · 2^((k-1)/N)` and up to `base · 2^(k/N)`, inclusive, where `N = 2^scale`
//! and `base` is 10⁹ (a second, in nanoseconds) or 1.
//!
//! A counter lies in a *slot*:
//!
//! | slot | holds |
//! |---|---|
//! | 0 | underflow: the value 0 |
//! | 1 up to the number of buckets | the bucket with key `FIRST_KEY + slot - 1` |
//! | the last | overflow |
//!
//! To find it, a value is shifted until its top bit is set. The bits below that
//! one choose a cell of a table, which knows how many of the octave's `N`
//! boundaries lie before the cell and where the one inside it lies: one table
//! look-up, one comparison. This is how OpenTelemetry's exponential histograms
//! are mapped in Dynatrace's and New Relic's libraries, with the table rotated
//! from powers of two to seconds.

use core::fmt;

mod tables;

use super::counter::Counter;
use super::units;
use tables::{Cell, Finest, bounds, cells, finest, rank};

/// Octaves between the smallest and the greatest bucket. Models have one.
const OCTAVES: u32 = if cfg!(bellwether_modelled) { 1 } else { 42 };

/// A grid: which values share a bucket. Implemented by [`Nanos`] and [`Plain`] at
/// scales 0 to 7, and sealed.
///
/// Base-2 exponential, as OpenTelemetry's [exponential histograms] and
/// Prometheus' [native histograms] have it: the same scale (there, *schema*) and
/// the same keys, so that exporting loses nothing. A bucket's upper bound is
/// 2<sup>1/2<sup>scale</sup></sup> times its lower bound:
///
/// | scale | bucket growth | a quantile is off by at most | buckets | memory |
/// |---|---|---|---|---|
/// | 0 | 100 % | 33.4 % | 42 | 0.4 KiB |
/// | 1 | 41.5 % | 17.2 % | 84 | 0.7 KiB |
/// | 2 | 19.0 % | 8.65 % | 168 | 1.4 KiB |
/// | 3 (default) | 9.06 % | 4.34 % | 336 | 2.7 KiB |
/// | 4 | 4.43 % | 2.17 % | 672 | 5.3 KiB |
/// | 5 | 2.19 % | 1.09 % | 1344 | 10.5 KiB |
/// | 6 | 1.09 % | 0.55 % | 2688 | 21.0 KiB |
/// | 7 | 0.55 % | 0.28 % | 5376 | 42.0 KiB |
///
/// [`Plain`] has one bucket more.
///
/// ```
/// use bellwether::{Grid, Nanos, Plain};
///
/// assert_eq!(<Nanos as Grid>::SCALE, 3);
/// assert_eq!(<Nanos as Grid>::BUCKETS, 336);
/// assert_eq!(<Plain<0> as Grid>::BUCKETS, 43);
/// ```
///
/// [exponential histograms]: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
/// [native histograms]: https://prometheus.io/docs/specs/native_histograms/
pub trait Grid: Layout {
    /// Each octave has 2<sup>`SCALE`</sup> buckets.
    const SCALE: u8;
    /// How many buckets there are, besides underflow and overflow.
    const BUCKETS: usize;
    /// The finest grid of the same kind. A snapshot can be
    /// [downscaled](crate::Snapshot::downscale) to grids of its own kind.
    type Finest: Grid;
    /// The grid for counts that has the same scale.
    type Plain: Grid;
}

/// Durations in nanoseconds, on a grid whose boundaries are those of *seconds*:
/// one of them is 1 s, exactly.
///
/// Monitoring exports seconds. 10⁹ is not a power of two, so a power-of-two grid
/// on nanoseconds has other boundaries and can only be exported approximately.
///
/// Buckets cover 2⁻³⁰ s (0.93 ns) to 2¹² s (68 minutes). 0 ns is underflow; more
/// than 4096 s is overflow.
///
/// ```
/// use bellwether::{Histogram, Nanos};
///
/// static FINE: Histogram<Nanos<5>> = Histogram::new();
/// FINE.record(1_000_000_000);
/// let (_, second) = FINE.snapshot().buckets().enumerate().find(|(_, b)| b.count == 1).unwrap();
/// assert_eq!(second.upper, 1_000_000_000);
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Nanos<const SCALE: u8 = 3> {}

/// Counts: lag, waiters, batch sizes. Powers of two are boundaries.
///
/// Buckets cover 1 to 2⁴²; the first holds 1 alone. 0 is underflow; more than 2⁴²
/// is overflow.
///
/// ```
/// use bellwether::{Histogram, Plain};
///
/// static LAG: Histogram<Plain> = Histogram::new();
/// LAG.record(0);
/// LAG.record(1);
/// LAG.record(1 << 50);
/// let lag = LAG.snapshot();
/// assert_eq!((lag.underflow(), lag.overflow(), lag.count()), (1, 1, 3));
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Plain<const SCALE: u8 = 3> {}

/// What a grid is made of. Public in a private module: this seals [`Grid`].
pub trait Layout: Copy + fmt::Debug + 'static {
    /// The key of slot 1.
    const FIRST_KEY: i32;
    /// The unit of the values.
    const UNIT: &'static str;
    /// The counters, one a slot.
    type Counters: AsRef<[Counter]> + fmt::Debug + Send + Sync;
    /// What a snapshot has of them.
    type Counts: AsRef<[u64]> + AsMut<[u64]> + Clone + Eq + fmt::Debug + Send + Sync;
    /// Zeroes.
    const NO_COUNTS: Self::Counts;
    /// Counters that stand at zero.
    #[cfg(not(bellwether_modelled))]
    const NEW: Self::Counters;
    /// Counters that stand at zero.
    #[cfg(bellwether_modelled)]
    fn new_counters() -> Self::Counters;

    /// The slot of a value: always one of `Counters`.
    fn slot(value: u64) -> usize;
    /// The greatest integer of a slot.
    fn upper(slot: usize) -> u64;
    /// Writes a value for humans.
    ///
    /// # Errors
    ///
    /// Those of the formatter.
    fn write(value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// The least integer of a slot. Narrow buckets of small values hold no
    /// integer: there this is more than [`Self::upper`].
    fn lower(slot: usize) -> u64 {
        if slot == 0 { 0 } else { Self::upper(slot - 1) + 1 }
    }
}

/// The slot of a value, before it is limited to the last.
#[inline(always)]
fn slot<const CELLS: usize>(value: u64, shift: usize, table: &[Cell; CELLS]) -> usize {
    let zeros = value.leading_zeros();
    let mantissa = value << zeros;
    let cell = table[(mantissa >> (63 - CELLS.trailing_zeros())) as usize & (CELLS - 1)];
    let octave = (63 - zeros as usize) * (CELLS / 2);
    octave + shift + cell.before + usize::from(mantissa > cell.bound)
}

/// The greatest integer of a bucket's slot: its upper bound, rounded down.
fn upper<const N: usize>(slot: usize, shift: usize, bounds: &[u64; N]) -> u64 {
    // One octave up, since the first bounds of a grid may be below 1.
    let boundary = slot + N - shift;
    (bounds[boundary % N] >> 1) >> (63 - boundary / N)
}

/// What is added to the slot: slot 1 is for `first_key`, and `base` has key 0.
const fn shift(base: u64, finest: &Finest, scale: u32, first_key: i32) -> usize {
    let one = (1 - first_key) as usize;
    one - ((base.ilog2() as usize) << scale) - rank(finest, scale)
}

const SECONDS: Finest = finest(1_000_000_000);
const ONES: Finest = finest(1);

macro_rules! grids {
    ($grid:ident, unit $unit:literal, base $base:literal $finest:ident, first $first:expr, last $last:expr, $write:path;
     $($scale:literal)*) => {$(
        impl Grid for $grid<$scale> {
            const SCALE: u8 = $scale;
            const BUCKETS: usize = (($last << $scale) - Self::FIRST_KEY + 1) as usize;
            type Finest = $grid<7>;
            type Plain = Plain<$scale>;
        }

        impl Layout for $grid<$scale> {
            const FIRST_KEY: i32 = $first($scale);
            const UNIT: &'static str = $unit;
            type Counters = [Counter; Self::BUCKETS + 2];
            type Counts = [u64; Self::BUCKETS + 2];
            const NO_COUNTS: Self::Counts = [0; Self::BUCKETS + 2];
            #[cfg(not(bellwether_modelled))]
            #[allow(clippy::declare_interior_mutable_const, reason = "an initial value")]
            const NEW: Self::Counters = [const { Counter::new() }; Self::BUCKETS + 2];
            #[cfg(bellwether_modelled)]
            fn new_counters() -> Self::Counters {
                core::array::from_fn(|_| Counter::new())
            }

            #[inline(always)]
            fn slot(value: u64) -> usize {
                const SHIFT: usize = shift($base, &$finest, $scale, $grid::<$scale>::FIRST_KEY);
                static CELLS: [Cell; 2 << $scale] = cells(&bounds::<{ 1 << $scale }>(&$finest));
                if value == 0 {
                    return 0;
                }
                slot(value, SHIFT, &CELLS).min(Self::BUCKETS + 1)
            }

            fn upper(at: usize) -> u64 {
                const SHIFT: usize = shift($base, &$finest, $scale, $grid::<$scale>::FIRST_KEY);
                static BOUNDS: [u64; 1 << $scale] = bounds(&$finest);
                match at {
                    0 => 0,
                    _ if at > Self::BUCKETS => u64::MAX,
                    _ => upper(at, SHIFT, &BOUNDS),
                }
            }

            fn write(value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $write(value, f)
            }
        }
    )*};
}

/// A value of 2⁻³⁰ s or less is 0 ns.
const fn first_nanos(scale: u32) -> i32 {
    (-30 << scale) + 1
}

/// The bucket of 1.
const fn first_plain(_scale: u32) -> i32 {
    0
}

grids! {
    Nanos, unit "ns", base 1_000_000_000 SECONDS, first first_nanos, last (OCTAVES as i32 - 30), units::duration;
    0 1 2 3 4 5 6 7
}

grids! {
    Plain, unit "1", base 1 ONES, first first_plain, last (OCTAVES as i32), units::plain;
    0 1 2 3 4 5 6 7
}

#[cfg(all(test, not(bellwether_modelled)))]
mod tests {
    use core::hint::black_box;

    use super::*;

    /// What is a constant elsewhere: slot 1 has the first key, and key 0 the base.
    #[test]
    fn keys_have_their_slots() {
        assert_eq!((first_nanos(black_box(3)), first_plain(black_box(3))), (-239, 0));
        assert_eq!(shift(1, &ONES, black_box(3), 0), 1);
        let shift = shift(1_000_000_000, &SECONDS, black_box(3), first_nanos(3));
        // A second is 29 octaves above 1 ns, and has 7 boundaries more below it.
        assert_eq!(shift, 240 - (29 << 3) - rank(&SECONDS, 3));
        assert_eq!(Nanos::<3>::slot(1_000_000_000), 240);
        assert_eq!(Plain::<3>::slot(1), 1);
    }
}
