//! The metrics of a cell, for terminals and exporters.

use core::fmt;

use super::{OUTCOMES, OnceMetrics};
use crate::histogram::{Grid, units};
use crate::hooks::Clock;
use crate::metrics::export::Unit::{Count, Nanos};
use crate::metrics::export::{Exporter, Metrics, Named};

impl<C: Clock + Sync, G: Grid> Metrics for OnceMetrics<C, G> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn export(&self, exporter: &mut dyn Exporter) {
        let to = &mut Named { exporter, primitive: "once", of: self.name };
        self.waits.export(to);
        for (outcome, label) in OUTCOMES {
            let times = self.init(outcome).snapshot();
            let label = Some(("outcome", label));
            let help = "How long initialisations took.";
            to.histogram("once_init_duration_seconds", help, Nanos, label, &times);
        }
        let inits = self.init_objective();
        let help = "Initialisations that ended.";
        to.counter("once_inits_total", help, Count, None, inits.total);
        let help = "Initialisations that succeeded within the threshold.";
        to.counter("once_inits_good_total", help, Count, None, inits.good);
        let help = "Initialisations that run.";
        to.gauge("once_initializing", help, self.initializing().count);
        let help = "Waiters that each successful initialisation released.";
        let coalesced = self.coalesced.snapshot();
        to.histogram("once_init_waiters", help, Count, None, &coalesced);
        let help = "Time that the released would have spent on initialising, themselves.";
        to.counter("once_saved_seconds_total", help, Nanos, None, self.saved_nanos());
    }
}

/// A few lines, for a terminal: what goes on, each outcome's times, waits, and what
/// was saved.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceCell, OnceMetrics};
///
/// let metrics = OnceMetrics::new("config");
/// OnceCell::with_hooks(&metrics).get_or_init_blocking(|| 7);
/// let shown = metrics.to_string();
/// assert!(shown.starts_with("config: initializing 0, waiting 0\n  ok         count 1, p50 "));
/// assert!(shown.ends_with("\n  coalesced  0 calls, 0 ns saved"));
/// # }
/// ```
impl<C: Clock, G: Grid> fmt::Display for OnceMetrics<C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (initializing, waiting) = (self.initializing(), self.waits.in_progress());
        write!(f, "{}: initializing {initializing}, waiting {waiting}", self.name)?;
        for (outcome, name) in OUTCOMES {
            let times = self.init(outcome).snapshot();
            if !times.is_empty() {
                write!(f, "\n  {name:<10} {times}")?;
            }
        }
        let waits = self.waits.times().snapshot();
        if !waits.is_empty() {
            write!(f, "\n  {:<10} {waits}", "waits")?;
        }
        write!(f, "\n  {:<10} {} calls, ", "coalesced", self.coalesced.snapshot().sum())?;
        units::duration(self.saved_nanos(), f)?;
        f.write_str(" saved")
    }
}

/// The same lines.
impl<C: Clock, G: Grid> fmt::Debug for OnceMetrics<C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnceMetrics").field(&format_args!("{self}")).finish()
    }
}
