//! The bytes that nobody retains, in a few pools, so that no counter is hot.
//!
//! | step | by whom | where |
//! |---|---|---|
//! | take credit | a buffer, before it retains bytes | its home pool |
//! | gather credit, if that has too little | the same | all pools, from home on |
//! | give credit back | a buffer that evicted bytes | its home pool |
//!
//! All pools begin with a like part of the cap. From then on credit is only moved, by
//! read-modify-writes, so what is in the pools and what was taken is always the cap.
//! Credit is held by retained bytes and by nobody else, but for the few instructions of
//! a take: so that none can be had means that the cap is used up, and that there is
//! something to evict.
//!
//! # Orderings
//!
//! All is Relaxed. Nobody can see buffers retain more than the cap, although they are
//! looked at one after the other under their locks: say that B took credit that A gave
//! after evicting, and that somebody saw B with it and then A without having evicted.
//! So this look at A came before A's visit, in the order of A's lock, and thus happens
//! before the giving; the taking happens before the look at B, by B's lock, and thus
//! before the look at A. Then the taking read a value from a write that happens after
//! it, which no ordering allows. The bytes themselves are guarded by the buffers' locks.

use crate::sync::{AtomicUsize, Relaxed};

/// A power of two. loom has two, so that models reach the end of them.
pub(super) const POOLS: usize = if cfg!(bellwether_modelled) { 2 } else { 16 };

/// On cache lines of its own, two by two: neighbouring lines are fetched in pairs.
#[repr(align(128))]
struct Pool(AtomicUsize);

/// Credit, in bytes.
pub(super) struct Credit {
    pools: [Pool; POOLS],
}

impl Credit {
    pub(super) fn new(bytes: usize) -> Self {
        let part = |at| bytes / POOLS + usize::from(at < bytes % POOLS);
        Self { pools: core::array::from_fn(|at| Pool(AtomicUsize::new(part(at)))) }
    }

    /// Takes credit for `bytes`, or none. It may fail although there is enough, if
    /// others give or gather at this moment.
    #[inline]
    pub(super) fn take(&self, home: usize, bytes: usize) -> bool {
        let all = |free| if free < bytes { 0 } else { bytes };
        self.pools[home % POOLS].take(all) == bytes || self.gather(home, bytes)
    }

    /// Gives back what was taken.
    #[inline]
    pub(super) fn give(&self, home: usize, bytes: usize) {
        if bytes != 0 {
            self.pools[home % POOLS].0.fetch_add(bytes, Relaxed);
        }
    }

    /// Takes from all pools, and from the last one half of what it has beyond that: the
    /// next takes find it at home.
    #[cold]
    #[inline(never)]
    fn gather(&self, home: usize, bytes: usize) -> bool {
        let mut got = 0;
        for at in 0..POOLS {
            let need = bytes - got;
            let pool = &self.pools[(home + at) % POOLS];
            got += pool.take(|free| free.min(need + free.saturating_sub(need) / 2));
            if got >= bytes {
                self.give(home, got - bytes);
                return true;
            }
        }
        self.give(home, got);
        false
    }

    /// What is in the pools; exact while nobody takes or gives.
    pub(super) fn free(&self) -> usize {
        // What moves on meanwhile may be met twice.
        self.pools.iter().fold(0, |sum, pool| sum.saturating_add(pool.0.load(Relaxed)))
    }
}

impl Pool {
    /// Takes what `part` says of what is there, and returns it.
    #[inline(always)]
    fn take(&self, part: impl Fn(usize) -> usize) -> usize {
        let mut free = self.0.load(Relaxed);
        loop {
            let taken = part(free);
            if taken == 0 {
                return 0;
            }
            match self.0.compare_exchange_weak(free, free - taken, Relaxed, Relaxed) {
                Ok(_) => return taken,
                Err(now) => free = now,
            }
        }
    }
}
