//! A counter of two words, for targets without 64-bit atomics.
//!
//! | word | holds |
//! |---|---|
//! | low | the lower 32 bits |
//! | high | how many times 2³¹ the counter has reached |
//!
//! Bit 31 is in both, as the top of `low` and the bottom of `high`: the counter has
//! 63 bits. An addition is in `low` at once, and then carries to `high` if it
//! crossed a multiple of 2³¹. A reader that comes between these two steps finds
//! that the bits differ, and does the carry in its head. So it is right as long as
//! no *two* additions stand between their steps, 2³¹ apart. With two it reads
//! too small by 2³², until one of them goes on.
//!
//! What is added is taken apart so that no step crosses more than one multiple:
//! multiples of 2³² need no carry, 2³¹ and the rest are added one after the other.
//! A reader may see the first parts only; never a later one without an earlier.

use crate::sync::{Acquire, AtomicU32, Ordering, Relaxed, Release, const_fn};

/// The bit that is in both words.
const HALF: u32 = 1 << 31;

/// A counter of two words.
#[cfg_attr(test, allow(unreachable_pub, reason = "public where it is the counter"))]
#[derive(Debug)]
pub struct Pair {
    low: AtomicU32,
    high: AtomicU32,
}

#[cfg_attr(test, allow(unreachable_pub, reason = "models use it"))]
#[cfg_attr(bellwether_modelled, allow(clippy::new_without_default, reason = "models use it"))]
impl Pair {
    const_fn! {
        /// It stands at zero.
        pub const fn new() -> Self {
            Self { low: AtomicU32::new(0), high: AtomicU32::new(0) }
        }
    }

    /// Adds, in up to five steps, modulo 2⁶³; most often in one. Each step is a
    /// Release at least, whatever the order asked for.
    #[inline]
    pub fn add(&self, n: u64, order: Ordering) {
        self.write::<false>(n, order);
    }

    /// Adds; if this writer is `ALONE`, without a read-modify-write.
    #[inline]
    pub fn write<const ALONE: bool>(&self, n: u64, _: Ordering) {
        let upper = (n >> 32) as u32;
        if upper != 0 {
            // ORDERING: Release pairs with `load`: what was before it is seen, as asked.
            add_word::<ALONE>(&self.high, upper.wrapping_mul(2), Release);
        }
        let lower = n as u32;
        if lower & HALF != 0 {
            self.step::<ALONE>(HALF);
        }
        let rest = lower & !HALF;
        if rest != 0 {
            self.step::<ALONE>(rest);
        }
    }

    /// Adds at most 2³¹.
    #[inline]
    fn step<const ALONE: bool>(&self, n: u32) {
        // ORDERING: Release pairs with `load`: who sees it sees earlier carries.
        let old = add_word::<ALONE>(&self.low, n, Release);
        if (old ^ old.wrapping_add(n)) & HALF != 0 {
            // ORDERING: Release pairs with `load`: who sees the carry sees what is carried.
            add_word::<ALONE>(&self.high, 1, Release);
        }
    }

    /// What it was at some moment of the call; see the module for the exception.
    /// It looks twice at most. Each load is an Acquire, whatever the order asked for.
    #[inline]
    pub fn load(&self, _: Ordering) -> u64 {
        // ORDERING: Acquire pairs with `step`: who sees the carry sees what is carried.
        let first = self.high.load(Acquire);
        let mut high = first;
        loop {
            // ORDERING: Acquire pairs with `step`: who sees it sees earlier carries.
            let low = self.low.load(Acquire);
            // ORDERING: Acquire pairs with `step`, for another turn, and with `add`.
            let again = self.high.load(Acquire);
            if again == high {
                let carry = (low >> 31) ^ (high & 1);
                let high = u64::from(high.wrapping_add(carry) & !1);
                return (high << 31) + u64::from(low);
            }
            // Two multiples were reached meanwhile: it was one carry above `first`
            // at most when this began, and so was exactly this after that.
            if again.wrapping_sub(first) >= 2 {
                return u64::from(again) << 31;
            }
            high = again;
        }
    }
}

/// Returns what was there before.
#[inline(always)]
#[cfg_attr(bellwether_modelled, track_caller)]
fn add_word<const ALONE: bool>(word: &AtomicU32, n: u32, order: Ordering) -> u32 {
    if ALONE {
        let old = word.load(Relaxed);
        word.store(old.wrapping_add(n), order);
        old
    } else {
        word.fetch_add(n, order)
    }
}

#[cfg(all(test, not(bellwether_modelled)))]
mod tests {
    extern crate std;

    use super::*;

    const MODULUS: u64 = u64::MAX >> 1;

    #[test]
    fn carries() {
        carries_in::<true>();
        carries_in::<false>();
    }

    fn carries_in<const ALONE: bool>() {
        let counter = Pair::new();
        let mut sum = 0_u64;
        for n in [
            0,
            1,
            u64::from(u32::MAX),
            1,
            1 << 32,
            (7 << 32) - 1,
            1 << 31,
            (1 << 31) - 1,
            1 << 62,
            12,
            u64::MAX,
        ] {
            for _ in 0..3 {
                counter.write::<ALONE>(n, Relaxed);
                sum = sum.wrapping_add(n);
                assert_eq!(counter.load(Relaxed), sum & MODULUS);
            }
        }
    }

    /// As an interrupt between the steps would find it.
    #[test]
    fn a_carry_that_is_outstanding_is_read() {
        for multiple in 1..6_u64 {
            let reached = multiple << 31;
            for (before, n) in [(1, 1), (1, 7), (1 << 30, 1 << 31), ((1 << 31) - 1, (1 << 31) - 1)]
            {
                let counter = Pair::new();
                counter.add(reached - before, Relaxed);
                counter.low.fetch_add(n, Relaxed);
                assert_eq!(counter.load(Relaxed), reached - before + u64::from(n));
                // An addition of another's, up to the next multiple.
                let room = (reached + (1 << 31)) - counter.load(Relaxed) - 1;
                counter.add(room, Relaxed);
                assert_eq!(counter.load(Relaxed), reached + (1 << 31) - 1);
                counter.high.fetch_add(1, Relaxed);
                assert_eq!(counter.load(Relaxed), reached + (1 << 31) - 1);
            }
        }
    }

    #[test]
    fn threads_lose_nothing() {
        const EACH: u64 = 20_000;
        const N: u64 = (1 << 31) + 12_345;
        let counter = Pair::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..EACH).for_each(|_| counter.add(N, Relaxed)));
            }
        });
        assert_eq!(counter.load(Relaxed), 8 * EACH * N);
    }

    /// One writer: it has never two carries outstanding.
    #[test]
    fn never_goes_back() {
        let counter = Pair::new();
        let total = 300_000 * ((1 << 29) + 3);
        std::thread::scope(|scope| {
            scope.spawn(|| (0..300_000).for_each(|_| counter.add((1 << 29) + 3, Relaxed)));
            let mut last = 0;
            while last < total {
                let now = counter.load(Relaxed);
                assert!(now >= last, "{last:#x}, then {now:#x}");
                last = now;
            }
        });
        assert_eq!(counter.load(Relaxed), total);
    }
}
