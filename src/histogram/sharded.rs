//! Several histograms side by side, so that those who record seldom meet.
//!
//! | step | by whom | where |
//! |---|---|---|
//! | choose a shard, once | a record | the [`ShardKey`] |
//! | the three steps of [`Histogram`] | a record | that shard |
//! | the steps of a snapshot, shard after shard | a snapshot | every shard |
//!
//! # Why a snapshot guarantees what one of a `Histogram` does
//!
//! The shards are loaded one after the other, each from its sum to its buckets.
//! No order between loads of *different* shards is needed:
//!
//! - A record lies in one shard with all its steps. So what is in the sum that was
//!   loaded of a shard is in the extremes and in the buckets that were loaded of
//!   the same shard, by that shard's orderings. Sums, and counts, are added, and
//!   extremes are compared, over all shards: the inclusion holds for each term, and
//!   so for the whole. A shard that nobody used has the neutral terms: no count, no
//!   sum, the maximum 0 and the minimum `u64::MAX`.
//! - The count is the sum over the added buckets, so it cannot differ from them.
//! - A record that happened before the snapshot began happened before every load of
//!   it, in whichever shard.
//! - Of two snapshots by one thread the later loads each word after the earlier
//!   did; a word never goes back for a reader (coherence), and each of the added
//!   terms only grows. So the whole does.
//!
//! What does not hold for one histogram does not hold here either: a snapshot may
//! contain a record and lack one, of another thread, that happened before it.
//!
//! Records are read-modify-writes, although shards are rarely shared: a signal
//! handler, a task that moves, and more threads than shards must lose nothing.

use core::fmt;

use super::{Grid, Histogram, Snapshot};

#[cfg(all(feature = "std", not(bellwether_modelled)))]
use super::Nanos;
#[cfg(all(feature = "std", not(bellwether_modelled)))]
pub use thread::ThreadShard;

#[cfg(feature = "std")]
mod pool;
#[cfg(all(feature = "std", not(bellwether_modelled)))]
mod thread;

#[cfg(bellwether_modelled)]
pub use pool::{Lease, Pool};

/// Says into which shard of a [`ShardedHistogram`] a record goes: the number of the
/// core, of the executor's worker, of the thread.
///
/// It is asked once for each record. It may answer anything, and something else
/// each time: the answer is taken modulo the number of shards, and a bad one costs
/// time, nothing else. If it panics, that record is not made.
///
/// ```
/// use bellwether::{Plain, ShardKey, ShardedHistogram};
///
/// struct Core;
///
/// impl ShardKey for Core {
///     fn shard(&self) -> usize {
///         # const CORE_ID: *const u32 = &0;
///         // SAFETY: the register may be read at any time.
///         unsafe { CORE_ID.read_volatile() as usize }
///     }
/// }
///
/// static LAG: ShardedHistogram<Plain, Core, 2> = ShardedHistogram::with_key(Core);
/// LAG.record(3);
/// assert_eq!(LAG.snapshot().max(), Some(3));
/// ```
pub trait ShardKey {
    /// Any number.
    fn shard(&self) -> usize;
}

/// One shard for all.
impl ShardKey for () {
    #[inline]
    fn shard(&self) -> usize {
        0
    }
}

/// A function that knows: of the core's number, for example.
///
/// A `static` histogram with such a key is not all zeroes, so that it takes its
/// whole size in the program's image; one with a zero-sized type of your own for a
/// key takes none.
impl ShardKey for fn() -> usize {
    #[inline]
    fn shard(&self) -> usize {
        self()
    }
}

/// On cache lines of its own, two by two: neighbouring lines are fetched in pairs.
#[repr(align(128))]
struct Shard<G: Grid>(Histogram<G>);

/// A [`Histogram`] for many threads that record all the time: each `record` goes to
/// one of `SHARDS` histograms, which the key `K` chooses, and a snapshot adds them
/// up.
///
/// # Which form to use
///
/// | form | for | memory, at scale 3 |
/// |---|---|---|
/// | [`Histogram`] | most: rare records, or few threads | 2728 bytes |
/// | `ShardedHistogram` | records on hot paths of several threads | 2816 bytes a shard: 22 528 for 8 |
/// | [`SingleWriter`](super::SingleWriter) | hot paths of workers that can each own one | 2816 bytes each |
///
/// Shards help where records *collide*: a locked addition to a cache line that
/// another core just wrote takes many times what one to an own line does. One thread
/// alone gains nothing. As many shards as cores are enough; with fewer, some
/// collide, and nothing is lost. A shard begins at a multiple of 128 bytes, so that
/// no two share a cache line. A key that is not zero-sized adds up to 128 bytes.
///
/// The parameters have defaults (`Nanos`, `ThreadShard`, 8) with the feature
/// `std`; without it, the grid and the key must be named.
///
/// # What a snapshot guarantees
///
/// The same as one of a [`Histogram`](Histogram#what-a-snapshot-guarantees), for all
/// shards together. It takes `SHARDS` times as long, and needs no memory besides
/// the snapshot.
///
/// # Without shards
///
/// That is [`Histogram`], and does not compile here:
///
/// ```compile_fail
/// use bellwether::{Nanos, ShardedHistogram};
///
/// fn core_id() -> usize {
///     0
/// }
/// static NONE: ShardedHistogram<Nanos, fn() -> usize, 0> = ShardedHistogram::with_key(core_id);
/// ```
#[cfg_attr(feature = "std", doc = "```")]
#[cfg_attr(not(feature = "std"), doc = "```compile_fail")]
/// use bellwether::ShardedHistogram;
///
/// static PUBLISH: ShardedHistogram = ShardedHistogram::new();
///
/// std::thread::scope(|threads| {
///     for _ in 0..4 {
///         threads.spawn(|| (1..=1000).for_each(|nanos| PUBLISH.record(nanos)));
///     }
/// });
/// let publish = PUBLISH.snapshot();
/// assert_eq!((publish.count(), publish.max()), (4000, Some(1000)));
/// ```
pub struct ShardedHistogram<
    #[cfg(all(feature = "std", not(bellwether_modelled)))] G: Grid = Nanos,
    #[cfg(not(all(feature = "std", not(bellwether_modelled))))] G: Grid,
    #[cfg(all(feature = "std", not(bellwether_modelled)))] K: ShardKey = ThreadShard,
    #[cfg(not(all(feature = "std", not(bellwether_modelled))))] K: ShardKey,
    const SHARDS: usize = 8,
> {
    shards: [Shard<G>; SHARDS],
    key: K,
}

#[cfg(all(feature = "std", not(bellwether_modelled)))]
impl<G: Grid, const SHARDS: usize> ShardedHistogram<G, ThreadShard, SHARDS> {
    /// An empty histogram, with a shard for each live thread, up to `SHARDS`.
    ///
    /// ```
    /// use bellwether::{Plain, ShardedHistogram, ThreadShard};
    ///
    /// static LAG: ShardedHistogram<Plain, ThreadShard, 16> = ShardedHistogram::new();
    /// assert!(LAG.snapshot().is_empty());
    /// ```
    pub const fn new() -> Self {
        Self::with_key(ThreadShard)
    }
}

impl<G: Grid, K: ShardKey, const SHARDS: usize> ShardedHistogram<G, K, SHARDS> {
    /// An empty histogram whose shards are chosen by `key`.
    ///
    /// ```
    /// use bellwether::{Nanos, ShardedHistogram};
    ///
    /// fn core_id() -> usize {
    ///     1
    /// }
    ///
    /// static ISR: ShardedHistogram<Nanos, fn() -> usize, 2> =
    ///     ShardedHistogram::with_key(core_id);
    /// ISR.record(120);
    /// assert_eq!(ISR.snapshot().count(), 1);
    /// ```
    #[cfg(not(bellwether_modelled))]
    pub const fn with_key(key: K) -> Self {
        const { assert!(SHARDS > 0, "a sharded histogram needs a shard") };
        Self { shards: [const { Shard(Histogram::new()) }; SHARDS], key }
    }

    /// An empty histogram whose shards are chosen by `key`.
    #[cfg(bellwether_modelled)]
    pub fn with_key(key: K) -> Self {
        Self { shards: core::array::from_fn(|_| Shard(Histogram::new())), key }
    }

    /// Counts one value. As [`Histogram::record`].
    ///
    /// ```
    /// # fn core_id() -> usize { 1 }
    /// # use bellwether::{Nanos, ShardedHistogram};
    /// # static HISTOGRAM: ShardedHistogram<Nanos, fn() -> usize> = ShardedHistogram::with_key(core_id);
    /// HISTOGRAM.record(12);
    /// assert_eq!(HISTOGRAM.snapshot().count(), 1);
    /// ```
    #[inline]
    pub fn record(&self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times. As [`Histogram::record_n`].
    ///
    /// ```
    /// # fn core_id() -> usize { 1 }
    /// # use bellwether::{Nanos, ShardedHistogram};
    /// # static HISTOGRAM: ShardedHistogram<Nanos, fn() -> usize> = ShardedHistogram::with_key(core_id);
    /// HISTOGRAM.record_n(12, 3);
    /// assert_eq!(HISTOGRAM.snapshot().sum(), 36);
    /// ```
    #[inline]
    pub fn record_n(&self, value: u64, n: u64) {
        self.shards[self.key.shard() % SHARDS].0.record_n(value, n);
    }

    /// What was recorded up to now, in all shards. This puts a snapshot (2.7 KiB at
    /// scale 3) on the stack: [`snapshot_into`](Self::snapshot_into) does not.
    ///
    /// ```
    /// # fn core_id() -> usize { 1 }
    /// # use bellwether::{Nanos, ShardedHistogram};
    /// # static HISTOGRAM: ShardedHistogram<Nanos, fn() -> usize> = ShardedHistogram::with_key(core_id);
    /// HISTOGRAM.record(5_000);
    /// assert_eq!(HISTOGRAM.snapshot().min(), Some(5_000));
    /// ```
    pub fn snapshot(&self) -> Snapshot<G> {
        let mut snapshot = Snapshot::new();
        self.snapshot_into(&mut snapshot);
        snapshot
    }

    /// As [`snapshot`](Self::snapshot), into memory of the caller's; what was in
    /// there is overwritten.
    ///
    /// ```
    /// # fn core_id() -> usize { 1 }
    /// # use bellwether::{Nanos, ShardedHistogram, Snapshot};
    /// # static HISTOGRAM: ShardedHistogram<Nanos, fn() -> usize> = ShardedHistogram::with_key(core_id);
    /// let mut snapshot = Snapshot::new();
    /// HISTOGRAM.record(7);
    /// HISTOGRAM.snapshot_into(&mut snapshot);
    /// assert_eq!(snapshot.count(), 1);
    /// ```
    pub fn snapshot_into(&self, snapshot: &mut Snapshot<G>) {
        snapshot.fill(self.shards.iter().map(|shard| &shard.0));
    }
}

impl<G: Grid, K: ShardKey + Default, const SHARDS: usize> Default
    for ShardedHistogram<G, K, SHARDS>
{
    fn default() -> Self {
        Self::with_key(K::default())
    }
}

/// As a snapshot's.
impl<G: Grid, K: ShardKey, const SHARDS: usize> fmt::Debug for ShardedHistogram<G, K, SHARDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ShardedHistogram").field(&format_args!("{}", self.snapshot())).finish()
    }
}
