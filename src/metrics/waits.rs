//! Waits: those that have ended, those that have not, and the worst.
//!
//! A wait leaves the word of those in progress before it enters the histogram, and
//! [`Waits::total_nanos`] reads them in the opposite order: it counts none twice.

use core::panic::Location;

use super::export::Named;
use super::export::Unit::{Count, Nanos as Nanoseconds};
use super::in_progress::{InProgress, Running};
use super::objective::{Attained, Objective};
use super::stopwatch::{Span, Stopwatch};
use super::worst::{Worst, WorstSoFar};
use crate::histogram::counter::Counter;
use crate::histogram::extreme::Extreme;
use crate::histogram::{Grid, Histogram, Nanos};
#[cfg(feature = "std")]
use crate::hooks::InstantClock;
use crate::hooks::{Clock, WaitOutcome};
use crate::sync::{Acquire, Relaxed, const_fn};

/// The waits of [`OnceMetrics`](crate::OnceMetrics) and
/// [`ReplayMetrics`](crate::ReplayMetrics).
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::OnceMetrics;
///
/// static METRICS: OnceMetrics = OnceMetrics::new("config");
/// let waits = METRICS.waits();
/// println!("{}, and {} go on", waits.times().snapshot(), waits.in_progress());
/// # }
/// ```
#[derive(Debug)]
pub struct Waits<
    #[cfg(feature = "std")] C = InstantClock,
    #[cfg(not(feature = "std"))] C,
    G: Grid = Nanos,
> {
    pub(super) stopwatch: Stopwatch<C>,
    contentions: Counter,
    running: Running,
    times: Histogram<G>,
    pub(super) objective: Objective,
    /// The greatest total that was shown.
    shown: Extreme,
    worst: WorstSoFar,
}

impl<C: Clock, G: Grid> Waits<C, G> {
    const_fn! {
        pub(super) const fn new(clock: C) -> Self {
            Self {
                stopwatch: Stopwatch::new(clock),
                contentions: Counter::new(),
                running: Running::new(),
                times: Histogram::new(),
                objective: Objective::new(),
                shown: Extreme::new(),
                worst: WorstSoFar::new(),
            }
        }
    }

    pub(super) fn begin(&self, site: &'static Location<'static>) -> Span {
        self.contentions.add(1, Relaxed);
        self.stopwatch.begin(&self.running, Some(site))
    }

    pub(super) fn end(&self, span: Span, outcome: WaitOutcome) {
        let nanos = self.stopwatch.end(&self.running, &span);
        self.times.record(nanos);
        self.objective.record(nanos, outcome == WaitOutcome::Ready);
        self.worst.raise(nanos, span.site);
    }

    pub(super) fn export(&self, to: &mut Named<'_>) {
        let help = "How long waits took that ended.";
        let times = self.times.snapshot();
        to.histogram("sync_wait_duration_seconds", help, Nanoseconds, None, &times);
        let help = "Time waited, also by those who wait still.";
        to.counter("sync_wait_seconds_total", help, Nanoseconds, None, self.total_nanos());
        let help = "How often a caller had to wait.";
        to.counter("sync_contentions_total", help, Count, None, self.contentions());
        let help = "Callers that wait.";
        to.gauge("sync_waiters", help, self.in_progress().count);
        let objective = self.objective();
        let help = "Waits that ended.";
        to.counter("sync_waits_total", help, Count, None, objective.total);
        let help = "Waits that ended with what was waited for, within the threshold.";
        to.counter("sync_waits_good_total", help, Count, None, objective.good);
        let help = "How often the clock ran backwards.";
        to.counter("sync_clock_reversals_total", help, Count, None, self.stopwatch.reversals());
    }

    /// How often a caller had to wait.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().contentions(), 0);
    /// # }
    /// ```
    pub fn contentions(&self) -> u64 {
        self.contentions.load(Relaxed)
    }

    /// How long waits took that have ended, however they did.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert!(bellwether::OnceMetrics::new("config").waits().times().snapshot().is_empty());
    /// # }
    /// ```
    pub fn times(&self) -> &Histogram<G> {
        &self.times
    }

    /// Waits that have not ended. While somebody is stuck this grows; the histogram
    /// shows it only when it is over.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().in_progress().count, 0);
    /// # }
    /// ```
    pub fn in_progress(&self) -> InProgress {
        self.stopwatch.in_progress(&self.running)
    }

    /// The time that callers have waited, all together, in nanoseconds: waits that
    /// ended and those that have not. Never decreases: its rate is the number of
    /// callers that wait, on average.
    ///
    /// It may lack a wait that ends at this moment. Without 64-bit atomics it is
    /// rounded up by one part in sixty million.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().total_nanos(), 0);
    /// # }
    /// ```
    pub fn total_nanos(&self) -> u64 {
        // ORDERING: Acquire pairs with `Histogram::record_n`: what is in the sum has
        // left the word of those in progress, and is not counted twice.
        let ended = self.times.sum(Acquire);
        self.shown.raise::<false>(ended.wrapping_add(self.in_progress().nanos));
        self.shown.max()
    }

    /// The longest wait that ended since this was called last, by anyone, and where
    /// the cell or buffer was called; `None` if there was none of 16 ns or more.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().take_worst(), None);
    /// # }
    /// ```
    pub fn take_worst(&self) -> Option<Worst> {
        self.worst.take()
    }

    /// How many waits ended with what was waited for, within the threshold. One that
    /// was cancelled, or that took over, is not good.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().objective().total, 0);
    /// # }
    /// ```
    pub fn objective(&self) -> Attained {
        self.objective.attained()
    }
}
