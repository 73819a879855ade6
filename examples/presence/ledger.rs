//! What the initialisers did, written down by themselves: a witness that is
//! independent of the cell and of its hooks.

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How a run of an initialiser ended.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// It was dropped, or its patience was over, before its backend answered.
    GivenUp,
    /// It has an error, and this is the text.
    Failed(String),
    /// It has the value.
    Succeeded,
}

/// One run: by which task, when, and how it ended.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) task: usize,
    pub(crate) began: Duration,
    pub(crate) ended: Option<(Duration, End)>,
}

impl Run {
    pub(crate) fn end(&self) -> Option<&End> {
        self.ended.as_ref().map(|(_, end)| end)
    }
}

pub(crate) struct Ledger {
    start: Instant,
    running: AtomicUsize,
    most: AtomicUsize,
    runs: Mutex<Vec<Run>>,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            runs: Mutex::new(Vec::new()),
        }
    }

    /// A run begins. It ends with the entry.
    pub(crate) fn begin(&self, task: usize) -> Entry<'_> {
        let running = self.running.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(running, SeqCst);
        let mut runs = self.lock();
        runs.push(Run { task, began: self.start.elapsed(), ended: None });
        Entry { ledger: self, index: runs.len() - 1, end: End::GivenUp }
    }

    pub(crate) fn start(&self) -> Instant {
        self.start
    }

    /// The most initialisers that ever ran at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.load(SeqCst)
    }

    /// How many began.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(crate) fn runs(&self) -> Vec<Run> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that goes on; given up, if it is dropped without an end.
pub(crate) struct Entry<'a> {
    ledger: &'a Ledger,
    index: usize,
    end: End,
}

impl Entry<'_> {
    /// The first run is number 1.
    pub(crate) fn number(&self) -> usize {
        self.index + 1
    }

    pub(crate) fn end(mut self, end: End) {
        self.end = end;
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let end = (self.ledger.start.elapsed(), self.end.clone());
        if let Some(run) = self.ledger.lock().get_mut(self.index) {
            run.ended = Some(end);
        }
        self.ledger.running.fetch_sub(1, SeqCst);
    }
}
