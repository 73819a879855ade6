//! Hooks that write down what they are told, match begins with ends, and may
//! panic.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use bellwether::{InitOutcome, OnceHooks, WaitOutcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    WaitBegin,
    WaitEnd(WaitOutcome),
    InitBegin,
    InitEnd(InitOutcome, usize),
}

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    calls: Mutex<Vec<Call>>,
    /// The call that panics.
    panics_at: Option<usize>,
    made: AtomicUsize,
    /// Its strong count is one more than there are open spans.
    open: Arc<()>,
}

/// On the heap, so that one that is used twice or never does not go unseen.
#[derive(Debug)]
pub(crate) struct Span {
    begun_by: Box<Call>,
    _open: Arc<()>,
}

impl Recorder {
    pub(crate) fn panicking_at(call: usize) -> Self {
        Self { panics_at: Some(call), ..Self::default() }
    }

    /// The calls since this was last asked.
    pub(crate) fn calls(&self) -> Vec<Call> {
        core::mem::take(&mut self.calls.lock().unwrap())
    }

    /// How many calls there were.
    pub(crate) fn made(&self) -> usize {
        self.made.load(Relaxed)
    }

    /// Begins without their end.
    pub(crate) fn open(&self) -> usize {
        Arc::strong_count(&self.open) - 1
    }

    fn call(&self, call: Call) {
        self.calls.lock().unwrap().push(call);
        let index = self.made.fetch_add(1, Relaxed);
        assert!(self.panics_at != Some(index), "hook {index}: {call:?}");
    }

    fn begin(&self, call: Call) -> Span {
        self.call(call);
        Span { begun_by: Box::new(call), _open: self.open.clone() }
    }
}

impl OnceHooks for Recorder {
    type Span = Span;
    type Site = ();

    fn wait_begin(&self, (): ()) -> Span {
        self.begin(Call::WaitBegin)
    }

    fn wait_end(&self, span: Span, outcome: WaitOutcome) {
        assert_eq!(*span.begun_by, Call::WaitBegin);
        self.call(Call::WaitEnd(outcome));
    }

    fn init_begin(&self) -> Span {
        self.begin(Call::InitBegin)
    }

    fn init_end(&self, span: Span, outcome: InitOutcome, waiters: usize) {
        assert_eq!(*span.begun_by, Call::InitBegin);
        self.call(Call::InitEnd(outcome, waiters));
    }
}
