//! What a thread asked, what it was answered, and when.
//!
//! Models run one thread at a time, so that a counter which loom knows nothing of tells
//! the time and orders nothing. A counter that loom does know orders whoever looks at
//! it, which hides what the primitive fails to order, but makes its time a real one:
//! an operation that returned before another was called is one that the other must see.

use core::sync::atomic::{AtomicUsize, Ordering::AcqRel, Ordering::Relaxed};
use std::sync::Arc;

use super::check::{Entry, Time};
use crate::under_test;

/// Tells the time.
pub(crate) enum Clock {
    /// Orders nothing.
    Silent(AtomicUsize),
    /// Orders those who look at it.
    Heard(under_test::AtomicUsize),
}

impl Clock {
    /// A clock whose time may be used so.
    pub(crate) fn new(time: Time) -> Arc<Self> {
        Arc::new(match time {
            Time::Synchronised => Self::Silent(AtomicUsize::new(0)),
            Time::Real => Self::Heard(under_test::AtomicUsize::new(0)),
        })
    }

    /// Later than all times before it.
    fn now(&self) -> usize {
        match self {
            Self::Silent(ticks) => ticks.fetch_add(1, Relaxed),
            // ORDERING: all who come later see what was done before.
            Self::Heard(ticks) => ticks.fetch_add(1, AcqRel),
        }
    }
}

/// What one thread did. Threads share nothing but the clock while they run.
pub(crate) struct Log<O, R> {
    thread: usize,
    clock: Arc<Clock>,
    pub(crate) entries: Vec<Entry<O, R>>,
}

impl<O, R> Log<O, R> {
    pub(crate) fn new(thread: usize, clock: Arc<Clock>) -> Self {
        Self { thread, clock, entries: vec![] }
    }

    /// Writes down one call, which may be as much as several operations, or none.
    pub(crate) fn record(&mut self, call: impl FnOnce() -> Vec<(O, R)>) {
        let began = self.clock.now();
        let answers = call();
        let (thread, end) = (self.thread, self.clock.now());
        let entries =
            answers.into_iter().map(|(op, ret)| Entry { thread, op, ret, call: began, end });
        self.entries.extend(entries);
    }
}
