//! A histogram that can tell whether a snapshot is exact.
//!
//! It counts the records that have *ended* in a word of its own: the last step of
//! a record, and the first that a snapshot reads. All that had ended are in the
//! buckets then, and what is in the sum or the extremes is in the buckets too. So
//! if the buckets hold as many records as had ended, no other was seen anywhere.

use core::fmt;

use super::counter::Counter;
use super::{Grid, Histogram, Nanos, Snapshot};
use crate::sync::{Acquire, Release, const_fn};

/// A [`Histogram`] whose snapshots say whether they are exact, for one more
/// addition a record and 8 bytes more.
///
/// ```
/// use bellwether::{Consistency, ExactHistogram};
///
/// static PAYMENTS: ExactHistogram = ExactHistogram::new();
/// PAYMENTS.record(1_000);
/// PAYMENTS.record(3_000);
/// let (snapshot, consistency) = PAYMENTS.snapshot();
/// assert_eq!(consistency, Consistency::Exact);
/// assert_eq!(snapshot.sum() / snapshot.count(), 2_000);
/// ```
pub struct ExactHistogram<G: Grid = Nanos> {
    histogram: Histogram<G>,
    ended: Counter,
}

/// Whether a snapshot's parts belong together.
///
/// ```
/// use bellwether::Consistency;
///
/// let consistency = Consistency::Skewed { running: 2 };
/// assert_eq!(consistency.to_string(), "skewed: 2 records were running");
/// ```
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// Buckets, sum, minimum and maximum are of the same records.
    Exact,
    /// Some records ran while the snapshot was taken: they are counted, and may be
    /// lacking in the sum, the minimum and the maximum.
    Skewed {
        /// How many, at most: records that were counted, and had not ended when
        /// the snapshot began.
        running: u64,
    },
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => f.write_str("exact"),
            Self::Skewed { running: 1 } => f.write_str("skewed: 1 record was running"),
            Self::Skewed { running } => write!(f, "skewed: {running} records were running"),
        }
    }
}

impl<G: Grid> ExactHistogram<G> {
    /// How often [`snapshot`](Self::snapshot) tries.
    ///
    /// ```
    /// use bellwether::{ExactHistogram, Plain};
    ///
    /// assert_eq!(ExactHistogram::<Plain>::TRIES, 8);
    /// ```
    pub const TRIES: usize = if cfg!(bellwether_modelled) { 1 } else { 8 };

    const_fn! {
        /// An empty histogram.
        ///
        /// ```
        /// use bellwether::{ExactHistogram, Plain};
        ///
        /// static SIZES: ExactHistogram<Plain> = ExactHistogram::new();
        /// assert!(SIZES.snapshot().0.is_empty());
        /// ```
        pub const fn new() -> Self {
            Self { histogram: Histogram::new(), ended: Counter::new() }
        }
    }

    /// Counts one value. As [`Histogram::record`].
    ///
    /// ```
    /// use bellwether::ExactHistogram;
    ///
    /// let histogram: ExactHistogram = ExactHistogram::new();
    /// histogram.record(12);
    /// assert_eq!(histogram.snapshot().0.count(), 1);
    /// ```
    #[inline]
    pub fn record(&self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times. As [`Histogram::record_n`].
    ///
    /// ```
    /// use bellwether::ExactHistogram;
    ///
    /// let histogram: ExactHistogram = ExactHistogram::new();
    /// histogram.record_n(12, 3);
    /// assert_eq!(histogram.snapshot().0.sum(), 36);
    /// ```
    #[inline]
    pub fn record_n(&self, value: u64, n: u64) {
        self.histogram.record_n(value, n);
        // ORDERING: Release pairs with `snapshot_into`: all of an ended record is seen.
        self.ended.add(n, Release);
    }

    /// What was recorded, and whether its parts belong together. If they do not it
    /// tries again, [`TRIES`](Self::TRIES) times in all: a writer that is suspended
    /// in the middle of a record makes this skewed, never makes it wait.
    ///
    /// ```
    /// use bellwether::{Consistency, ExactHistogram};
    ///
    /// let histogram: ExactHistogram = ExactHistogram::new();
    /// let (snapshot, consistency) = histogram.snapshot();
    /// assert!(snapshot.is_empty() && consistency == Consistency::Exact);
    /// ```
    pub fn snapshot(&self) -> (Snapshot<G>, Consistency) {
        let mut snapshot = Snapshot::new();
        let consistency = self.snapshot_into(&mut snapshot);
        (snapshot, consistency)
    }

    /// As [`snapshot`](Self::snapshot), into memory of the caller's.
    ///
    /// ```
    /// use bellwether::{Consistency, ExactHistogram, Snapshot};
    ///
    /// let histogram: ExactHistogram = ExactHistogram::new();
    /// let mut snapshot = Snapshot::new();
    /// assert_eq!(histogram.snapshot_into(&mut snapshot), Consistency::Exact);
    /// ```
    pub fn snapshot_into(&self, snapshot: &mut Snapshot<G>) -> Consistency {
        let mut running = 0;
        for _ in 0..Self::TRIES {
            // ORDERING: Acquire pairs with `record_n`: all of an ended record is seen.
            let ended = self.ended.load(Acquire);
            self.histogram.snapshot_into(snapshot);
            running = snapshot.count().wrapping_sub(ended);
            if running == 0 {
                return Consistency::Exact;
            }
        }
        Consistency::Skewed { running }
    }
}

impl<G: Grid> Default for ExactHistogram<G> {
    fn default() -> Self {
        Self::new()
    }
}

/// As a snapshot's, with its consistency.
impl<G: Grid> fmt::Debug for ExactHistogram<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (snapshot, consistency) = self.snapshot();
        write!(f, "ExactHistogram({snapshot}, {consistency})")
    }
}
