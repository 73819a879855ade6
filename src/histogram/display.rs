//! A snapshot in one line, for humans.

use core::fmt;

use super::grid::Layout;
use super::{Grid, Snapshot};

/// Count, quantiles and maximum, with units. Durations have three digits, or the
/// number that is given as precision: `{:.4}`.
///
/// ```
/// use bellwether::Histogram;
///
/// let histogram: Histogram = Histogram::new();
/// histogram.record_n(250_000, 999);
/// histogram.record(1_250_000_000);
/// let line = histogram.snapshot().to_string();
/// assert_eq!(line, "count 1000, p50 258 µs, p90 258 µs, p99 258 µs, p99.9 258 µs, max 1.25 s");
/// ```
impl<G: Grid> fmt::Display for Snapshot<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "count {}", self.count())?;
        for (name, q) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            if let Ok(Some(value)) = self.quantile(q) {
                write!(f, ", {name} ")?;
                <G as Layout>::write(value, f)?;
            }
        }
        if let Some(max) = self.max() {
            f.write_str(", max ")?;
            <G as Layout>::write(max, f)?;
        }
        Ok(())
    }
}

/// The same line.
impl<G: Grid> fmt::Debug for Snapshot<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Snapshot").field(&format_args!("{self}")).finish()
    }
}
