//! A counter of 64 bits that any thread adds to and any thread reads.
//!
//! One word where there are 64-bit atomics. Elsewhere two words of 32 bits:
//!
//! | step of an addition | low | high |
//! |---|---|---|
//! | 1 | + the lower half, which may wrap | |
//! | 2, if there is anything to add | | + the upper half, + 1 if low wrapped |
//!
//! Between the steps the counter reads too small, by the second step's addition:
//! 2³² for a carry. Nothing is ever lost: once the writer has done its second
//! step, the counter is exact. The order is passed to both steps.
//!
//! A writer that is `ALONE` adds with a load and a store to each word, in the same
//! order: where two add so at once, one addition is lost.

use crate::sync::{with_u64, without_u64};

with_u64! {
    use crate::sync::{AtomicU64, Ordering, Relaxed, const_fn};

    /// A counter of one word.
    #[derive(Debug)]
    pub struct Counter(AtomicU64);

    impl Counter {
        const_fn! {
            pub(crate) const fn new() -> Self {
                Self(AtomicU64::new(0))
            }
        }

        #[inline(always)]
        #[cfg_attr(bellwether_loom, track_caller)]
        pub(crate) fn add<const ALONE: bool>(&self, n: u64, order: Ordering) {
            if ALONE {
                self.0.store(self.0.load(Relaxed).wrapping_add(n), order);
            } else {
                self.0.fetch_add(n, order);
            }
        }

        #[inline(always)]
        #[cfg_attr(bellwether_loom, track_caller)]
        pub(crate) fn load(&self, order: Ordering) -> u64 {
            self.0.load(order)
        }
    }
}

without_u64! {
    #[cfg(not(test))]
    mod pair;
    pub use pair::Pair as Counter;
}

// Where it is not used, it is still tested.
#[cfg(all(test, not(bellwether_loom)))]
mod pair;
