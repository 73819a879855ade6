//! The greatest value seen; of complements, the least.
//!
//! It starts at zero, so that a histogram lies in zeroed memory: that is why the
//! minimum is kept as the greatest complement. Where there are no 64-bit atomics
//! the value is kept as a [`code`] of 32 bits.

use crate::sync::{Acquire, Relaxed, Release, const_fn, with_u64, without_u64};

with_u64! {
    pub(crate) use crate::sync::AtomicU64 as Atomic;

    pub(crate) type Word = u64;

    pub(crate) fn word(value: u64) -> Word {
        value
    }
    pub(crate) fn least(word: Word) -> u64 {
        word
    }
    fn greatest(word: Word) -> u64 {
        word
    }
}

without_u64! {
    pub(crate) use crate::sync::AtomicU32 as Atomic;

    pub(crate) type Word = u32;

    use code::greatest;
    pub(crate) use code::{least, word};
    #[cfg(not(test))]
    mod code;
}

#[cfg(all(test, not(bellwether_modelled)))]
mod code;

#[derive(Debug)]
pub(crate) struct Extreme(Atomic);

impl Extreme {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self(Atomic::new(0))
        }
    }

    /// Whether this maximum is exceeded. Most often it is not, and a load costs less
    /// than an update. Who sees a value here, and then is seen himself, shows it to
    /// others too: to read this early is as good as to read it late.
    #[inline(always)]
    pub(crate) fn is_below(&self, value: u64) -> bool {
        word(value) > self.0.load(Relaxed)
    }

    /// The same of a minimum.
    #[inline(always)]
    pub(crate) fn is_above(&self, value: u64) -> bool {
        !word(value) > self.0.load(Relaxed)
    }

    /// A maximum becomes at least this value.
    #[inline(always)]
    pub(crate) fn raise<const ALONE: bool>(&self, value: u64) {
        self.update::<ALONE>(word(value));
    }

    /// A minimum becomes at most this value.
    #[inline(always)]
    pub(crate) fn lower<const ALONE: bool>(&self, value: u64) {
        self.update::<ALONE>(!word(value));
    }

    /// Alone, only if it is exceeded.
    #[inline(always)]
    fn update<const ALONE: bool>(&self, word: Word) {
        if ALONE {
            // ORDERING: Release pairs with `max` and `min`: the value was counted.
            self.0.store(word, Release);
        } else {
            // ORDERING: Release pairs with `max` and `min`: the value was counted.
            self.0.fetch_max(word, Release);
        }
    }

    /// 0 if there was none.
    pub(crate) fn max(&self) -> u64 {
        // ORDERING: Acquire pairs with `update`: the value was counted.
        greatest(self.0.load(Acquire))
    }

    /// `u64::MAX` if there was none.
    pub(crate) fn min(&self) -> u64 {
        // ORDERING: Acquire pairs with `update`: the value was counted.
        least(!self.0.load(Acquire))
    }
}
