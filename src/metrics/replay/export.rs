//! The metrics of a replay buffer, for terminals and exporters.

use core::fmt;

use super::{REASONS, ReplayMetrics};
use crate::histogram::Grid;
use crate::hooks::Clock;
use crate::metrics::export::Unit::Count;
use crate::metrics::export::{Exporter, Metrics, Named};

impl<C: Clock + Sync, G: Grid> Metrics for ReplayMetrics<C, G> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn export(&self, exporter: &mut dyn Exporter) {
        let to = &mut Named { exporter, primitive: "replay", of: self.name };
        self.waits.export(to);
        let help = "Events that were stored.";
        to.counter("replay_published_total", help, Count, None, self.published_events());
        let help = "Bytes of the events that were stored.";
        to.counter("replay_published_bytes_total", help, Count, None, self.published_bytes());
        for (reason, label) in REASONS {
            let help = "Events that were let go.";
            let events = self.evicted_events(reason);
            to.counter("replay_evicted_total", help, Count, Some(("reason", label)), events);
        }
        let help = "Events that subscribers were told they missed.";
        to.counter("replay_missed_total", help, Count, None, self.missed_events());
        let help = "How many events subscribers were behind when they got one.";
        to.histogram("replay_lag_messages", help, Count, None, &self.lag.snapshot());
    }
}

/// A few lines, for a terminal.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{ReplayHooks, ReplayMetrics};
///
/// let metrics = ReplayMetrics::new("events");
/// metrics.published(2, 64);
/// assert_eq!(
///     metrics.to_string(),
///     "events: waiting 0\n  published  2 events, 64 bytes\n  missed     0 events"
/// );
/// # }
/// ```
impl<C: Clock, G: Grid> fmt::Display for ReplayMetrics<C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: waiting {}", self.name, self.waits.in_progress())?;
        let (events, bytes) = (self.published_events(), self.published_bytes());
        write!(f, "\n  {:<10} {events} events, {bytes} bytes", "published")?;
        for (reason, name) in REASONS {
            let events = self.evicted_events(reason);
            if events > 0 {
                write!(f, "\n  {:<10} {events} events, by {name}", "evicted")?;
            }
        }
        write!(f, "\n  {:<10} {} events", "missed", self.missed_events())?;
        let lag = self.lag.snapshot();
        if !lag.is_empty() {
            write!(f, "\n  {:<10} {lag}", "lag")?;
        }
        let waits = self.waits.times().snapshot();
        if !waits.is_empty() {
            write!(f, "\n  {:<10} {waits}", "waits")?;
        }
        Ok(())
    }
}

/// The same lines.
impl<C: Clock, G: Grid> fmt::Debug for ReplayMetrics<C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReplayMetrics").field(&format_args!("{self}")).finish()
    }
}
