//! A counter of 64 bits that any thread adds to and any thread reads.
//!
//! One word where there are 64-bit atomics; elsewhere two, see `counter/pair.rs`.
//!
//! A writer that is `ALONE` adds with loads and stores, in the same order: where two
//! add so at once, one addition is lost.

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
        #[cfg_attr(bellwether_modelled, track_caller)]
        pub(crate) fn add(&self, n: u64, order: Ordering) {
            self.write::<false>(n, order);
        }

        #[inline(always)]
        #[cfg_attr(bellwether_modelled, track_caller)]
        pub(crate) fn write<const ALONE: bool>(&self, n: u64, order: Ordering) {
            if ALONE {
                self.0.store(self.0.load(Relaxed).wrapping_add(n), order);
            } else {
                self.0.fetch_add(n, order);
            }
        }

        /// For a writer that is alone, and knows that it stands at `_from`.
        #[inline(always)]
        #[cfg_attr(bellwether_modelled, track_caller)]
        pub(crate) fn advance(&self, _from: u64, to: u64, order: Ordering) {
            self.0.store(to, order);
        }

        #[inline(always)]
        #[cfg_attr(bellwether_modelled, track_caller)]
        pub(crate) fn load(&self, order: Ordering) -> u64 {
            self.0.load(order)
        }
    }
}

without_u64! {
    #[cfg(not(test))]
    mod pair;
    pub(crate) use pair::Pair as Counter;

    impl Counter {
        /// For a writer that is alone, and knows that it stands at `from`.
        pub(crate) fn advance(&self, from: u64, to: u64, order: crate::sync::Ordering) {
            self.write::<true>(to.wrapping_sub(from), order);
        }
    }
}

// Where it is not used, it is still tested and modelled.
#[cfg(any(test, bellwether_modelled))]
pub(super) mod pair;
