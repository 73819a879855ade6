//! A histogram of atomic counters: a fixed grid, no allocation, no lock.
//!
//! A record is three steps, a snapshot the same in the opposite direction:
//!
//! | a record writes | ordering | a snapshot reads | ordering |
//! |---|---|---|---|
//! | 1. the bucket | Relaxed | 4. the buckets | Relaxed |
//! | 2. the maximum and the minimum, if exceeded | Release | 3., 2. | Acquire |
//! | 3. the sum | Release | 1. the sum | Acquire |
//!
//! Whatever a snapshot sees of a later step, it sees the earlier steps of the same
//! record too: what is in the sum is in the extremes, and what is in the extremes
//! is in a bucket. There is no second count that could differ: a snapshot's count
//! is the sum over its buckets.
//!
//! Nobody waits for anybody: a record does two additions and at most two updates
//! of a maximum, a snapshot only loads.
//!
//! | form | a record's steps are | who may record |
//! |---|---|---|
//! | [`Histogram`] | read-modify-writes | all |
//! | [`ShardedHistogram`] | read-modify-writes, of one shard | all |
//! | [`SingleWriter`] | loads and stores | its one [`Recorder`] |
//!
//! A record costs what its two additions cost, and that takes two precautions.
//! Whether the extremes are exceeded is read before the first addition, beside the
//! index's table: between two locked instructions a load would be waited for. And
//! the extremes, which everybody reads and hardly anybody writes, are as far as
//! possible from the sum, which everybody writes: in its cache line each record
//! would fetch that line twice.

mod algebra;
mod buckets;
pub(crate) mod counter;
mod display;
mod exact;
pub(crate) mod extreme;
mod grid;
mod plot;
mod quantile;
#[cfg(feature = "serde")]
mod serde;
mod sharded;
mod single_writer;
mod snapshot;
pub(crate) mod units;

use core::fmt;

use crate::sync::{Acquire, Ordering, Relaxed, Release};
use counter::Counter;
use extreme::Extreme;

pub use algebra::DeltaError;
pub use buckets::{Bucket, Buckets};
#[cfg(bellwether_modelled)]
pub use counter::pair::Pair;
pub use exact::{Consistency, ExactHistogram};
pub use grid::{Grid, Nanos, Plain};
pub use plot::Plot;
pub use quantile::QuantileError;
#[cfg(all(feature = "std", not(bellwether_modelled)))]
pub use sharded::ThreadShard;
#[cfg(bellwether_modelled)]
pub use sharded::{Lease, Pool};
pub use sharded::{ShardKey, ShardedHistogram};
pub use single_writer::{Recorder, SingleWriter};
pub use snapshot::Snapshot;

/// Counts values in buckets whose width is proportional to the values, from any
/// thread, task or interrupt.
///
/// `record` is wait-free and does not allocate; it uses integers only. `new` is
/// `const`, and a new histogram is all zeroes, so a `static` one costs no space in
/// a program's image. At the default grid, [`Nanos<3>`](Nanos), it covers 1 ns to
/// 68 minutes with quantiles off by 4.34 % at most, in 2728 bytes; [`Grid`] has
/// the other scales. Values outside are counted in underflow or overflow: nothing
/// is dropped.
///
/// # What a snapshot guarantees
///
/// Taking one neither stops nor slows those who record. It contains every record
/// that happened before it began; of a record that runs beside it, it contains
/// all, or nothing, or what follows:
///
/// - the count is the sum over the buckets with underflow and overflow, always;
/// - the sum, the minimum and the maximum contain no value that is not counted;
///   they may lack values that are counted, of records that have not ended yet;
/// - no value that is in the sum is outside the minimum and maximum;
/// - of two snapshots by one thread, the later contains the earlier.
///
/// [`ExactHistogram`] can tell whether anything was lacking. Where many threads record
/// all the time, [`ShardedHistogram`] and [`SingleWriter`] cost them less:
/// [which to use](ShardedHistogram#which-form-to-use).
///
/// # Without 64-bit atomics
///
/// On such targets (and without a `portable-atomic` backend that has them) each
/// counter is two words of 32 bits with a carry between them, and each extreme is
/// one word, so that a histogram is 8 bytes smaller; a snapshot is as large as
/// elsewhere. All of the above holds, with these differences:
///
/// - A snapshot that interrupts a carry does it in its head. Only where *two*
///   records stand in the middle of a carry of the same counter at once, 2³¹
///   apart, it sees that counter too small by 2³², until one of them goes on. Then,
///   and only then, a later snapshot may lack what an earlier one contains, and
///   [`delta_since`](Snapshot::delta_since) may refuse, or the sum of what it
///   returns have wrapped.
/// - The sum may contain a part of a value that is still being recorded.
/// - Counters and the sum wrap at 2⁶³.
/// - The extremes are kept with 27 significant bits, and rounded outwards: off by
///   less than one in 10⁷, and exact below 2²⁷.
///
/// # Bounds
///
/// A counter wraps at 2⁶⁴; so does the sum, which is 584 years in nanoseconds.
///
/// ```
/// use bellwether::Histogram;
///
/// static LATENCY: Histogram = Histogram::new();
///
/// for millis in 1..=100 {
///     LATENCY.record(millis * 1_000_000);
/// }
/// let latency = LATENCY.snapshot();
/// assert_eq!(latency.count(), 100);
/// assert_eq!(latency.sum(), 5_050_000_000);
/// assert_eq!(latency.max(), Some(100_000_000));
/// let p90 = latency.quantile(0.9)?.unwrap() as f64;
/// assert!((p90 / 90_000_000.0 - 1.0).abs() < 0.0434);
/// # Ok::<(), bellwether::QuantileError>(())
/// ```
// The order keeps the slots between the sum and the extremes.
#[repr(C)]
pub struct Histogram<G: Grid = Nanos> {
    sum: Counter,
    slots: G::Counters,
    max: Extreme,
    min: Extreme,
}

impl<G: Grid> Histogram<G> {
    /// An empty histogram.
    ///
    /// ```
    /// use bellwether::{Histogram, Plain};
    ///
    /// static BATCHES: Histogram<Plain<1>> = Histogram::new();
    /// assert!(BATCHES.snapshot().is_empty());
    /// ```
    #[cfg(not(bellwether_modelled))]
    pub const fn new() -> Self {
        Self { sum: Counter::new(), max: Extreme::new(), min: Extreme::new(), slots: G::NEW }
    }

    /// An empty histogram.
    #[cfg(bellwether_modelled)]
    pub fn new() -> Self {
        let slots = G::new_counters();
        Self { sum: Counter::new(), max: Extreme::new(), min: Extreme::new(), slots }
    }

    /// Counts one value: nanoseconds, for the grid [`Nanos`].
    ///
    /// ```
    /// use std::time::Instant;
    /// use bellwether::Histogram;
    ///
    /// let histogram: Histogram = Histogram::new();
    /// let start = Instant::now();
    /// histogram.record(start.elapsed().as_nanos() as u64);
    /// assert_eq!(histogram.snapshot().count(), 1);
    /// ```
    #[inline]
    pub fn record(&self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times, at the cost of once.
    ///
    /// ```
    /// use bellwether::Histogram;
    ///
    /// let histogram: Histogram = Histogram::new();
    /// histogram.record_n(250, 4);
    /// assert_eq!(histogram.snapshot().sum(), 1000);
    /// ```
    #[inline]
    pub fn record_n(&self, value: u64, n: u64) {
        self.write::<false>(value, n);
    }

    /// The steps of a record. `ALONE`: nobody else writes to this histogram until
    /// they are done, so that they need no read-modify-writes.
    #[inline(always)]
    fn write<const ALONE: bool>(&self, value: u64, n: u64) {
        if n == 0 {
            return;
        }
        let (new_max, new_min) = (self.max.is_below(value), self.min.is_above(value));
        self.slots.as_ref()[G::slot(value)].write::<ALONE>(n, Relaxed);
        if new_max {
            self.max.raise::<ALONE>(value);
        }
        if new_min {
            self.min.lower::<ALONE>(value);
        }
        // ORDERING: Release pairs with `add_to`: what is in the sum is counted.
        self.sum.write::<ALONE>(value.wrapping_mul(n), Release);
    }

    /// What was recorded up to now. See [above](Self#what-a-snapshot-guarantees)
    /// for what it contains of records that run meanwhile.
    ///
    /// A snapshot has the histogram's size, so that this puts 2.7 KiB on the stack
    /// (42 KiB at scale 7): [`snapshot_into`](Self::snapshot_into) does not.
    ///
    /// ```
    /// use bellwether::Histogram;
    ///
    /// let histogram: Histogram = Histogram::new();
    /// histogram.record(5_000);
    /// assert_eq!(histogram.snapshot().min(), Some(5_000));
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
    /// use bellwether::{Histogram, Snapshot};
    ///
    /// static HISTOGRAM: Histogram = Histogram::new();
    /// let mut snapshot = Snapshot::new();
    /// HISTOGRAM.record(7);
    /// HISTOGRAM.snapshot_into(&mut snapshot);
    /// assert_eq!(snapshot.count(), 1);
    /// ```
    pub fn snapshot_into(&self, snapshot: &mut Snapshot<G>) {
        snapshot.fill([self]);
    }

    /// The steps of a snapshot: adds what was recorded up to now to the sum and the
    /// counts. Returns the minimum and the maximum.
    fn add_to(&self, sum: &mut u64, counts: &mut [u64]) -> (u64, u64) {
        // ORDERING: Acquire pairs with `write`: what is in the sum is counted.
        *sum = sum.wrapping_add(self.sum.load(Acquire));
        let extremes = (self.min.min(), self.max.max());
        for (count, counter) in counts.iter_mut().zip(self.slots.as_ref()) {
            *count = count.wrapping_add(counter.load(Relaxed));
        }
        extremes
    }
}

impl<G: Grid> Histogram<G> {
    /// The sum alone, as a snapshot's.
    #[cfg_attr(bellwether_modelled, track_caller)]
    pub(crate) fn sum(&self, order: Ordering) -> u64 {
        self.sum.load(order)
    }
}

impl<G: Grid> Default for Histogram<G> {
    fn default() -> Self {
        Self::new()
    }
}

/// As a snapshot's.
impl<G: Grid> fmt::Debug for Histogram<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Histogram").field(&format_args!("{}", self.snapshot())).finish()
    }
}
