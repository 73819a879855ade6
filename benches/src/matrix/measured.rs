//! What a run measured: distributions, in this crate's own histograms, and counts.

use core::fmt;
use std::collections::BTreeMap;

use bellwether::{Histogram, Nanos, Snapshot};

/// Buckets that are 0.54 % wide.
pub type Fine = Nanos<7>;

/// By the name of what was measured.
#[derive(Debug, Default)]
pub struct Measured {
    /// Nanoseconds.
    pub times: BTreeMap<&'static str, Snapshot<Fine>>,
    /// How often something happened.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Measured {
    /// Records times, in nanoseconds.
    pub fn record(&mut self, what: &'static str, nanos: impl IntoIterator<Item = u64>) {
        let all = Histogram::<Fine>::new();
        nanos.into_iter().for_each(|nanos| all.record(nanos));
        self.times.entry(what).or_default().merge(&all.snapshot());
    }

    /// Adds to a count.
    pub fn count(&mut self, what: &'static str, n: u64) {
        *self.counts.entry(what).or_default() += n;
    }

    /// Takes another's samples.
    pub fn add(&mut self, other: &Self) {
        for (what, times) in &other.times {
            self.times.entry(what).or_default().merge(times);
        }
        other.counts.iter().for_each(|(what, n)| self.count(what, *n));
    }

    /// The share of the times that are no longer, in nanoseconds; `None` without any.
    ///
    /// # Panics
    ///
    /// If the share is none.
    #[must_use]
    pub fn quantile(&self, what: &str, share: f64) -> Option<u64> {
        self.times.get(what)?.quantile(share).expect("a share")
    }

    /// A line for each that was measured, without its end: see [`HEAD`].
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let times = self.times.iter().map(|(what, times)| Row::Times(what, times));
        times.chain(self.counts.iter().map(|(what, n)| Row::Count(what, *n)))
    }
}

/// The names of a [`Row`]'s values.
pub const HEAD: &str = "metric,unit,count,min,p50,p90,p99,p99.9,max";

/// A line of what was measured, by `Display`.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A distribution.
    Times(&'static str, &'a Snapshot<Fine>),
    /// A count.
    Count(&'static str, u64),
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Times(what, times) => {
                let at = |share| times.quantile(share).expect("a share").unwrap_or(0);
                let (min, max) = (times.min().unwrap_or(0), times.max().unwrap_or(0));
                let [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map(at);
                write!(f, "{what},ns,{},{min},{p50},{p90},{p99},{p999},{max}", times.count())
            }
            Self::Count(what, n) => write!(f, "{what},1,1,{n},{n},{n},{n},{n},{n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distributions that the report shows are those that another library has, up to
    /// the width of a bucket of each.
    #[test]
    fn hdrhistogram_agrees() {
        let mut theirs = hdrhistogram::Histogram::<u64>::new(3).unwrap();
        let mut measured = Measured::default();
        let mut state = 1_u64;
        let draw = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            // From 200 ns to 3 s, all octaves alike.
            (200.0 * (1.5e7_f64).powf((state >> 11) as f64 / (1_u64 << 53) as f64)) as u64
        };
        let all: Vec<u64> = core::iter::repeat_with(draw).take(100_000).collect();
        all.iter().for_each(|nanos| theirs.record(*nanos).unwrap());
        measured.record("call", all.iter().copied());
        for share in [0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let (a, b) =
                (measured.quantile("call", share).unwrap(), theirs.value_at_quantile(share));
            let off = (a as f64 / b as f64 - 1.0).abs();
            assert!(off < 0.0065, "{share}: {a} and {b}");
        }
    }

    #[test]
    fn rows_have_the_heads_columns() {
        let mut measured = Measured::default();
        measured.record("call", [1_000, 2_000, 4_000]);
        measured.count("inits", 1);
        let rows: Vec<_> = measured.rows().map(|row| row.to_string()).collect();
        assert_eq!(rows.len(), 2);
        let columns = |row: &str| row.split(',').count();
        assert!(rows.iter().all(|row| columns(row) == columns(HEAD)), "{rows:?}");
        assert!(rows[0].starts_with("call,ns,3,1000,"), "{rows:?}");
        assert!(rows[1].starts_with("inits,1,1,1,"), "{rows:?}");
    }
}
