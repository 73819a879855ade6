//! A counter of two words, for targets without 64-bit atomics. See the parent
//! module for its steps.

use crate::sync::{AtomicU32, Ordering, Relaxed, const_fn};

/// How often a reader looks again when the upper half changed under it.
const TRIES: usize = 4;

/// A counter of two words.
#[cfg_attr(test, allow(unreachable_pub, reason = "public where it is the counter"))]
#[derive(Debug)]
pub struct Pair {
    low: AtomicU32,
    high: AtomicU32,
}

impl Pair {
    const_fn! {
        /// It stands at zero.
        pub(crate) const fn new() -> Self {
            Self { low: AtomicU32::new(0), high: AtomicU32::new(0) }
        }
    }

    /// Adds, in two steps.
    #[inline]
    pub(crate) fn add<const ALONE: bool>(&self, n: u64, order: Ordering) {
        let old = add_word::<ALONE>(&self.low, n as u32, order);
        let (_, carry) = old.overflowing_add(n as u32);
        let upper = ((n >> 32) as u32).wrapping_add(u32::from(carry));
        if upper != 0 {
            add_word::<ALONE>(&self.high, upper, order);
        }
    }

    /// Too small by the second steps that are outstanding. If carries come faster
    /// than it can look, it gives up: then it may also pair a lower half with an
    /// upper half from up to a carry before or after.
    #[inline]
    pub(crate) fn load(&self, order: Ordering) -> u64 {
        let mut high = self.high.load(order);
        let mut low = self.low.load(order);
        for _ in 0..TRIES {
            let again = self.high.load(Relaxed);
            if again == high {
                break;
            }
            high = again;
            low = self.low.load(order);
        }
        (u64::from(high) << 32) | u64::from(low)
    }
}

/// Returns what was there before.
#[inline(always)]
fn add_word<const ALONE: bool>(word: &AtomicU32, n: u32, order: Ordering) -> u32 {
    if ALONE {
        let old = word.load(Relaxed);
        word.store(old.wrapping_add(n), order);
        old
    } else {
        word.fetch_add(n, order)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    fn carries<const ALONE: bool>() {
        let counter = Pair::new();
        let mut sum = 0_u64;
        for n in [0, 1, u64::from(u32::MAX), 1, 1 << 32, (7 << 32) - 1, 1 << 63, 12] {
            counter.add::<ALONE>(n, Relaxed);
            sum += n;
            assert_eq!(counter.load(Relaxed), sum);
        }
    }

    #[test]
    fn carries_are_added() {
        carries::<false>();
        carries::<true>();
    }

    #[test]
    fn threads_lose_nothing() {
        const EACH: u64 = 20_000;
        const N: u64 = (1 << 31) + 12_345;
        let counter = Pair::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..EACH).for_each(|_| counter.add::<false>(N, Relaxed)));
            }
        });
        assert_eq!(counter.load(Relaxed), 8 * EACH * N);
    }
}
