//! Quantiles: the only floating point of the histogram, and far from recording.

use core::fmt;

use super::{Grid, Snapshot};

/// A quantile below 0, above 1, or not a number.
///
/// ```
/// use bellwether::Histogram;
///
/// let histogram: Histogram = Histogram::new();
/// let error = histogram.snapshot().quantile(99.0).unwrap_err();
/// assert_eq!(error.to_string(), "quantile 99 is outside 0..=1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileError {
    /// What was asked for.
    pub asked: f64,
}

impl fmt::Display for QuantileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quantile {} is outside 0..=1", self.asked)
    }
}

impl core::error::Error for QuantileError {}

impl<G: Grid> Snapshot<G> {
    /// The value that a fraction `q` of the records does not exceed: the one whose
    /// rank is `q` · count, rounded up, at least 1. `None` if there are no records.
    ///
    /// It is off by at most (*b* - 1)/(*b* + 1), where *b* is the growth of the
    /// grid's buckets, relative to the recorded value: 4.34 % at scale 3, see
    /// [`Grid`] for the others. To that comes half a unit of rounding. The first
    /// and the last rank are the minimum and the maximum, without error.
    /// Among values that overflowed, the answer is the maximum, with no bound.
    ///
    /// # Errors
    ///
    /// If `q` is not in `0..=1`.
    ///
    /// ```
    /// use bellwether::{Histogram, Plain};
    ///
    /// let histogram: Histogram<Plain> = Histogram::new();
    /// (1..=1000).for_each(|value| histogram.record(value));
    /// let snapshot = histogram.snapshot();
    /// assert_eq!(snapshot.quantile(0.0)?, Some(1));
    /// assert_eq!(snapshot.quantile(1.0)?, Some(1000));
    /// assert!(snapshot.quantile(0.5)?.unwrap().abs_diff(500) <= 22);
    /// # Ok::<(), bellwether::QuantileError>(())
    /// ```
    pub fn quantile(&self, q: f64) -> Result<Option<u64>, QuantileError> {
        if !(0.0..=1.0).contains(&q) {
            return Err(QuantileError { asked: q });
        }
        let count = self.count();
        let (Some(min), Some(max)) = (self.min(), self.max()) else { return Ok(None) };
        let rank = rank(q, count);
        if rank == 1 {
            return Ok(Some(min));
        }
        if rank == count {
            return Ok(Some(max));
        }
        let mut below = 0_u64;
        for (slot, &here) in self.slots().iter().enumerate() {
            below = below.wrapping_add(here);
            if slot > G::BUCKETS {
                break;
            }
            if below >= rank {
                return Ok(Some(between(G::lower(slot).max(min), G::upper(slot).min(max))));
            }
        }
        // Overflowed.
        Ok(Some(max))
    }
}

/// `q · count`, rounded up, in `1..=count`.
fn rank(q: f64, count: u64) -> u64 {
    // `f64::ceil` needs `std`.
    let exact = q * count as f64;
    let floor = exact as u64;
    (floor + u64::from((floor as f64) < exact)).clamp(1, count)
}

/// The answer whose greatest relative error is least, for any value between the
/// two, inclusive: their harmonic mean.
fn between(low: u64, high: u64) -> u64 {
    if high == 0 {
        return 0;
    }
    let (low, high) = (u128::from(low), u128::from(high));
    ((2 * low * high + (low + high) / 2) / (low + high)) as u64
}
