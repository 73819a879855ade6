//! A snapshot's buckets, with their keys and bounds.

use core::ops::Range;

use super::grid::Layout;
use super::{Grid, Nanos, Snapshot};

/// One bucket of a [`Snapshot`]: the values above `lower` and up to `upper`.
///
/// ```
/// use bellwether::{Histogram, Plain};
///
/// let histogram: Histogram<Plain<1>> = Histogram::new();
/// histogram.record(7);
/// let bucket = histogram.snapshot().buckets().find(|bucket| bucket.count > 0).unwrap();
/// // 7 lies between 2^(5/2) and 2^(6/2).
/// assert_eq!((bucket.key, bucket.lower, bucket.upper), (6, 5, 8));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The bucket's number, for export. In Prometheus' native histograms it is
    /// the bucket's index, in OpenTelemetry's exponential histograms the index is
    /// one less; for durations, both in seconds.
    pub key: i32,
    /// The lower bound, exclusive, rounded down to an integer.
    pub lower: u64,
    /// The upper bound, inclusive, rounded down to an integer. Equal to `lower` if
    /// no integer lies in the bucket.
    pub upper: u64,
    /// How many records.
    pub count: u64,
}

impl<G: Grid> Snapshot<G> {
    /// All buckets from the lowest, also the empty ones; not underflow and overflow.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(1_000);
    /// let snapshot = histogram.snapshot();
    /// assert_eq!(snapshot.buckets().len(), 336);
    /// assert_eq!(snapshot.buckets().filter(|bucket| bucket.count > 0).count(), 1);
    /// ```
    pub fn buckets(&self) -> Buckets<'_, G> {
        Buckets { snapshot: self, slots: 1..G::BUCKETS + 1 }
    }
}

/// The buckets of a [`Snapshot`], from the lowest.
///
/// ```
/// use bellwether::{Buckets, Plain, Snapshot};
///
/// let snapshot = Snapshot::<Plain>::new();
/// let mut buckets: Buckets<'_, Plain> = snapshot.buckets();
/// assert_eq!(buckets.next().unwrap().upper, 1);
/// assert_eq!(buckets.next_back().unwrap().upper, 1 << 42);
/// ```
#[derive(Debug)]
pub struct Buckets<'a, G: Grid = Nanos> {
    snapshot: &'a Snapshot<G>,
    slots: Range<usize>,
}

impl<G: Grid> Buckets<'_, G> {
    fn bucket(&self, slot: usize) -> Bucket {
        Bucket {
            key: <G as Layout>::FIRST_KEY + slot as i32 - 1,
            lower: G::upper(slot - 1),
            upper: G::upper(slot),
            count: self.snapshot.slots()[slot],
        }
    }
}

impl<G: Grid> Iterator for Buckets<'_, G> {
    type Item = Bucket;

    fn next(&mut self) -> Option<Bucket> {
        self.slots.next().map(|slot| self.bucket(slot))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl<G: Grid> DoubleEndedIterator for Buckets<'_, G> {
    fn next_back(&mut self) -> Option<Bucket> {
        self.slots.next_back().map(|slot| self.bucket(slot))
    }
}

impl<G: Grid> ExactSizeIterator for Buckets<'_, G> {}
impl<G: Grid> core::iter::FusedIterator for Buckets<'_, G> {}
