//! Small numbers for those who live: each takes the lowest that is free, and gives
//! it back. So the numbers follow the peak of those who live *at once*.
//!
//! | a bit of `words` | its number | changed by |
//! |---|---|---|
//! | 0 | is free | [`Pool::lease`], to 1 |
//! | 1 | has one holder | the holder's `Drop`, to 0 |
//!
//! All is Relaxed. What must hold is that a number has one holder at most, and that
//! follows from the order of changes of a single word: a bit is set by the one
//! read-modify-write that finds it unset, and unset by its holder alone. A number
//! protects no memory: holders of a shard change it by read-modify-writes, so there
//! is nothing that a former holder would have to publish to the next.
#![cfg_attr(not(bellwether_modelled), allow(unreachable_pub, reason = "public for the models"))]

use crate::sync::{AtomicUsize, Relaxed};

const BITS: usize = usize::BITS as usize;

/// `WORDS` words of numbers, from 0.
pub struct Pool<const WORDS: usize> {
    words: [AtomicUsize; WORDS],
    /// How many came when no number was free.
    beyond: AtomicUsize,
}

/// Holds a number, until it is dropped.
pub struct Lease<'a, const WORDS: usize> {
    pool: &'a Pool<WORDS>,
    id: usize,
    /// The number is another's; nothing is to be given back.
    shares: bool,
}

impl<const WORDS: usize> Pool<WORDS> {
    /// How many numbers there are.
    pub const IDS: usize = WORDS * BITS;

    /// All numbers are free.
    #[cfg(not(bellwether_modelled))]
    pub const fn new() -> Self {
        Self { words: [const { AtomicUsize::new(0) }; WORDS], beyond: AtomicUsize::new(0) }
    }

    /// All numbers are free.
    #[cfg(bellwether_modelled)]
    #[allow(clippy::new_without_default, reason = "for the models")]
    pub fn new() -> Self {
        let words = core::array::from_fn(|_| AtomicUsize::new(0));
        Self { words, beyond: AtomicUsize::new(0) }
    }

    /// The lowest number that is free. If there is none the lease shares one: the
    /// first to come too late that of 0, the next that of 1, and so on, around.
    pub fn lease(&self) -> Lease<'_, WORDS> {
        for (at, word) in self.words.iter().enumerate() {
            let mut taken = word.load(Relaxed);
            while taken != usize::MAX {
                let lowest = !taken & taken.wrapping_add(1);
                taken = word.fetch_or(lowest, Relaxed);
                if taken & lowest == 0 {
                    let id = at * BITS + lowest.trailing_zeros() as usize;
                    return Lease { pool: self, id, shares: false };
                }
            }
        }
        let id = self.beyond.fetch_add(1, Relaxed) % Self::IDS;
        Lease { pool: self, id, shares: true }
    }
}

impl<const WORDS: usize> Lease<'_, WORDS> {
    /// The number: less than [`Pool::IDS`].
    pub fn id(&self) -> usize {
        self.id
    }
}

impl<const WORDS: usize> Drop for Lease<'_, WORDS> {
    fn drop(&mut self) {
        if !self.shares {
            self.pool.words[self.id / BITS].fetch_and(!(1 << (self.id % BITS)), Relaxed);
        }
    }
}
