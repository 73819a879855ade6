//! Spans that were good, and those that were not, exactly: a histogram knows only
//! the bucket in which a threshold lies.

use core::time::Duration;

use crate::histogram::counter::Counter;
use crate::sync::{Relaxed, const_fn};

#[derive(Debug)]
pub(super) struct Objective {
    /// In nanoseconds.
    threshold: u64,
    good: Counter,
    bad: Counter,
}

impl Objective {
    const_fn! {
        /// No threshold: however long it took.
        pub(super) const fn new() -> Self {
            Self { threshold: u64::MAX, good: Counter::new(), bad: Counter::new() }
        }
    }

    pub(super) const fn set(&mut self, threshold: Duration) {
        let nanos = threshold.as_nanos();
        self.threshold = if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 };
    }

    pub(super) fn record(&self, nanos: u64, succeeded: bool) {
        let good = succeeded && nanos <= self.threshold;
        if good { &self.good } else { &self.bad }.add(1, Relaxed);
    }

    pub(super) fn attained(&self) -> Attained {
        let good = self.good.load(Relaxed);
        Attained { good, total: good.wrapping_add(self.bad.load(Relaxed)) }
    }
}

/// How many of a kind there were, and how many were good: what a service level
/// objective is computed from.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceCell, OnceMetrics};
/// use std::time::Duration;
///
/// static METRICS: OnceMetrics =
///     OnceMetrics::new("config").init_within(Duration::from_millis(50));
///
/// let cell = OnceCell::with_hooks(&METRICS);
/// let _: Result<_, &str> = cell.get_or_try_init_blocking(|| Err("no backend"));
/// cell.get_or_init_blocking(|| 7);
/// let inits = METRICS.init_objective();
/// assert_eq!(inits.total, 2);
/// assert!(inits.good <= 1); // 50 ms are not promised to an example
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attained {
    /// Those that succeeded within the threshold, inclusive.
    pub good: u64,
    /// All.
    pub total: u64,
}
