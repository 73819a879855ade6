//! A snapshot: plain numbers, which nobody else changes.
//!
//! Its extremes always lie in its outermost buckets that are not empty. Where they
//! are not known better (a record was running, or two snapshots were subtracted)
//! they are the bounds of those buckets.

use super::{Grid, Histogram, Nanos};

/// What a [`Histogram`](crate::Histogram) held at some moment: plain numbers.
///
/// Snapshots of one grid can be merged and subtracted. Those of different grids
/// are different types, so mixing them does not compile:
///
/// ```compile_fail
/// use bellwether::{Histogram, Nanos, Plain};
///
/// let waits: Histogram<Nanos> = Histogram::new();
/// let lags: Histogram<Plain> = Histogram::new();
/// waits.snapshot().merge(&lags.snapshot());
/// ```
///
/// Those of two scales can be brought to the coarser one:
///
/// ```
/// use bellwether::{Histogram, Nanos};
///
/// let coarse: Histogram<Nanos<2>> = Histogram::new();
/// let fine: Histogram<Nanos<5>> = Histogram::new();
/// coarse.record(1_000);
/// fine.record(2_000);
/// let mut all = coarse.snapshot();
/// all.merge(&fine.snapshot().downscale());
/// assert_eq!((all.count(), all.sum()), (2, 3_000));
/// ```
///
/// A snapshot is as large as its histogram and 8 bytes (16 without 64-bit atomics). A new
/// one is all zeroes, so that a `static` one costs no space in a program's image.
pub struct Snapshot<G: Grid = Nanos> {
    count: u64,
    pub(super) sum: u64,
    /// `!min`: 0 if empty, so that a new one is all zeroes.
    not_min: u64,
    /// 0 if empty.
    pub(super) max: u64,
    pub(super) slots: G::Counts,
}

impl<G: Grid> Snapshot<G> {
    /// Of nothing.
    ///
    /// ```
    /// use bellwether::{Nanos, Snapshot};
    ///
    /// assert_eq!(Snapshot::<Nanos>::new().max(), None);
    /// ```
    pub const fn new() -> Self {
        Self { count: 0, sum: 0, not_min: 0, max: 0, slots: G::NO_COUNTS }
    }

    /// Overwrites all with what the parts hold together.
    pub(super) fn fill<'a>(&mut self, parts: impl IntoIterator<Item = &'a Histogram<G>>)
    where
        G: 'a,
    {
        self.sum = 0;
        self.slots.as_mut().fill(0);
        let (mut min, mut max) = (u64::MAX, 0);
        for part in parts {
            let (least, greatest) = part.add_to(&mut self.sum, self.slots.as_mut());
            (min, max) = (min.min(least), max.max(greatest));
        }
        self.settle(min, max);
    }

    /// Counts, and puts the extremes where they must lie.
    pub(super) fn settle(&mut self, min: u64, max: u64) {
        let slots = self.slots.as_ref();
        self.count = slots.iter().fold(0, |sum, &n| sum.wrapping_add(n));
        let first = slots.iter().position(|&n| n > 0);
        let last = slots.iter().rposition(|&n| n > 0);
        let (min, max) = match (first, last) {
            (Some(first), Some(last)) => {
                let max = max.clamp(G::lower(last), G::upper(last));
                // Of a record that was running, one may be known and the other not.
                (min.clamp(G::lower(first), G::upper(first)).min(max), max)
            }
            _ => (u64::MAX, 0),
        };
        (self.not_min, self.max) = (!min, max);
    }

    /// As [`min`](Self::min); `u64::MAX` if empty.
    pub(super) fn least(&self) -> u64 {
        !self.not_min
    }

    pub(super) fn slots(&self) -> &[u64] {
        self.slots.as_ref()
    }

    /// Records, with underflow and overflow.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record_n(9, 3);
    /// assert_eq!(histogram.snapshot().count(), 3);
    /// ```
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether there are no records.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// assert!(histogram.snapshot().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The sum of all values, exact, modulo 2⁶⁴.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(400);
    /// histogram.record(1);
    /// assert_eq!(histogram.snapshot().sum(), 401);
    /// ```
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The least value, exact; `None` if there are no records. If a record was
    /// running, or after [`delta_since`](Self::delta_since), it may be another value
    /// of the first bucket that is not empty. It is never above the maximum.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(401);
    /// assert_eq!(histogram.snapshot().min(), Some(401));
    /// ```
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.least())
    }

    /// The greatest value, exact; `None` if there are no records. If a record was
    /// running, or after [`delta_since`](Self::delta_since), it may be another value
    /// of the last bucket that is not empty.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(u64::MAX);
    /// assert_eq!(histogram.snapshot().max(), Some(u64::MAX));
    /// ```
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// How many values were too small for the grid: zeroes.
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(0);
    /// assert_eq!(histogram.snapshot().underflow(), 1);
    /// ```
    pub fn underflow(&self) -> u64 {
        self.slots()[0]
    }

    /// How many values were too great for the grid: for durations more than 4096 s,
    /// for counts more than 2⁴².
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(4_096_000_000_000);
    /// histogram.record(4_096_000_000_001);
    /// assert_eq!(histogram.snapshot().overflow(), 1);
    /// ```
    pub fn overflow(&self) -> u64 {
        self.slots()[G::BUCKETS + 1]
    }
}

impl<G: Grid> Default for Snapshot<G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<G: Grid> Clone for Snapshot<G> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), ..*self }
    }
}

impl<G: Grid> PartialEq for Snapshot<G> {
    fn eq(&self, other: &Self) -> bool {
        (self.sum, self.not_min, self.max) == (other.sum, other.not_min, other.max)
            && self.slots == other.slots
    }
}

impl<G: Grid> Eq for Snapshot<G> {}
