//! Spans by a clock that may run backwards.

use core::panic::Location;

use crate::histogram::counter::Counter;
use crate::hooks::Clock;
use crate::metrics::in_progress::{InProgress, Running};
use crate::sync::{Relaxed, const_fn};

/// What metrics keep from the begin of a span to its end.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceHooks, OnceMetrics, hooks::CallSite};
/// use bellwether::metrics::Span;
///
/// let metrics = OnceMetrics::new("config");
/// let span: Span = metrics.wait_begin(CallSite::here());
/// metrics.wait_end(span, bellwether::WaitOutcome::Ready);
/// assert_eq!(metrics.waits().times().snapshot().count(), 1);
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a span that does not end stays in progress"]
pub struct Span {
    start: u64,
    /// Whether it is in the word of those in progress.
    counted: bool,
    pub(super) site: Option<&'static Location<'static>>,
}

/// A clock, and how often it ran backwards.
#[derive(Debug)]
pub(super) struct Stopwatch<C> {
    clock: C,
    reversals: Counter,
}

impl<C: Clock> Stopwatch<C> {
    const_fn! {
        pub(super) const fn new(clock: C) -> Self {
            Self { clock, reversals: Counter::new() }
        }
    }

    pub(super) fn begin(
        &self,
        running: &Running,
        site: Option<&'static Location<'static>>,
    ) -> Span {
        let start = self.clock.now();
        Span { start, counted: running.begin(start), site }
    }

    /// How many nanoseconds it took.
    pub(super) fn end(&self, running: &Running, span: &Span) -> u64 {
        if span.counted {
            running.end(span.start);
        }
        self.clock.now().checked_sub(span.start).unwrap_or_else(|| {
            self.reversals.add(1, Relaxed);
            0
        })
    }

    pub(super) fn in_progress(&self, running: &Running) -> InProgress {
        running.read(|| self.clock.now())
    }

    pub(super) fn reversals(&self) -> u64 {
        self.reversals.load(Relaxed)
    }
}
