//! Snapshots from snapshots: merged, subtracted, brought to a coarser grid.

use core::fmt;

use super::{Grid, Snapshot};

/// A snapshot that was given as the earlier one is not: it counts more, somewhere.
/// They were exchanged, or are of two histograms.
///
/// ```
/// use bellwether::Histogram;
///
/// let histogram: Histogram = Histogram::new();
/// let earlier = histogram.snapshot();
/// histogram.record(0);
/// let later = histogram.snapshot();
/// let error = earlier.delta_since(&later).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the snapshot given as the earlier one counts 1 up to 0, and the later one only 0"
/// );
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeltaError {
    /// The upper bound of the bucket where they contradict each other.
    pub upper: u64,
    /// What the snapshot given as the earlier one counts there.
    pub earlier: u64,
    /// What the later one counts there.
    pub later: u64,
}

impl fmt::Display for DeltaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { upper, earlier, later } = self;
        write!(
            f,
            "the snapshot given as the earlier one counts {earlier} up to {upper}, and the \
             later one only {later}"
        )
    }
}

impl core::error::Error for DeltaError {}

impl<G: Grid> Snapshot<G> {
    /// Adds another snapshot's records. Exact, and the order does not matter.
    ///
    /// ```
    /// # let (one, two) = (bellwether::Histogram::<bellwether::Nanos>::new(), bellwether::Histogram::new());
    /// one.record(10);
    /// two.record(20);
    /// let mut both = one.snapshot();
    /// both.merge(&two.snapshot());
    /// assert_eq!((both.count(), both.min(), both.max()), (2, Some(10), Some(20)));
    /// ```
    pub fn merge(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        let slots = self.slots.as_mut().iter_mut().zip(other.slots());
        slots.for_each(|(slot, &more)| *slot = slot.wrapping_add(more));
        self.settle(self.least().min(other.least()), self.max.max(other.max));
    }

    /// What was recorded since an earlier snapshot of the same histogram. Counts
    /// and sum are exact. The extremes are if they are extremes of both spans;
    /// otherwise they are bounds of the buckets in which they lie.
    ///
    /// # Errors
    ///
    /// If `earlier` counts more than this in some bucket, and so is not earlier; for
    /// an exception see [without 64-bit
    /// atomics](crate::Histogram#without-64-bit-atomics).
    ///
    /// ```
    /// # let histogram: bellwether::Histogram = bellwether::Histogram::new();
    /// histogram.record(10);
    /// let earlier = histogram.snapshot();
    /// histogram.record(20);
    /// let since = histogram.snapshot().delta_since(&earlier)?;
    /// assert_eq!((since.count(), since.sum(), since.max()), (1, 20, Some(20)));
    /// # Ok::<(), bellwether::DeltaError>(())
    /// ```
    pub fn delta_since(&self, earlier: &Self) -> Result<Self, DeltaError> {
        let mut delta = Self::new();
        delta.sum = self.sum.wrapping_sub(earlier.sum);
        let both = self.slots().iter().zip(earlier.slots());
        for ((at, slot), (&later, &earlier)) in
            delta.slots.as_mut().iter_mut().enumerate().zip(both)
        {
            *slot = later.checked_sub(earlier).ok_or_else(|| DeltaError {
                upper: G::upper(at),
                earlier,
                later,
            })?;
        }
        delta.settle(self.least(), self.max);
        Ok(delta)
    }

    /// The same records on a coarser grid of the same kind: exactly what a histogram
    /// on that grid would hold.
    ///
    /// A finer grid is refused when the call is compiled:
    ///
    /// ```compile_fail
    /// use bellwether::{Histogram, Nanos};
    ///
    /// let histogram: Histogram<Nanos<3>> = Histogram::new();
    /// histogram.snapshot().downscale::<Nanos<4>>();
    /// ```
    ///
    /// ```
    /// use bellwether::{Histogram, Nanos};
    ///
    /// let histogram: Histogram<Nanos<3>> = Histogram::new();
    /// histogram.record(1_500);
    /// let coarse = histogram.snapshot().downscale::<Nanos<0>>();
    /// assert_eq!((coarse.buckets().len(), coarse.sum()), (42, 1_500));
    /// ```
    pub fn downscale<To: Grid<Finest = G::Finest>>(&self) -> Snapshot<To> {
        const { assert!(To::SCALE <= G::SCALE, "a snapshot cannot be made finer") };
        let by = G::SCALE - To::SCALE;
        let mut coarse = Snapshot::<To>::new();
        let slots: &mut [u64] = coarse.slots.as_mut();
        slots[0] = self.underflow();
        slots[To::BUCKETS + 1] = self.overflow();
        for bucket in self.buckets() {
            // Upper bounds are inclusive: the key is rounded up.
            let key = (bucket.key + (1 << by) - 1) >> by;
            let slot = &mut slots[(key - To::FIRST_KEY + 1) as usize];
            *slot = slot.wrapping_add(bucket.count);
        }
        coarse.sum = self.sum;
        coarse.settle(self.least(), self.max);
        coarse
    }
}
