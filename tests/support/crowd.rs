//! Hooks that count who waits and who leads, so that a test can wait for that.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use bellwether::{InitOutcome, OnceHooks, WaitOutcome};

#[derive(Debug, Default)]
pub(crate) struct Crowd {
    waiting: AtomicUsize,
    led: AtomicUsize,
    succeeded: AtomicUsize,
}

impl Crowd {
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    /// Leaderships so far.
    pub(crate) fn led(&self) -> usize {
        self.led.load(SeqCst)
    }

    pub(crate) fn succeeded(&self) -> usize {
        self.succeeded.load(SeqCst)
    }

    /// Spins, politely, until so many wait.
    pub(crate) fn gather(&self, count: usize) {
        while self.waiting() < count {
            std::thread::yield_now();
        }
    }
}

impl OnceHooks for Crowd {
    type Span = ();
    type Site = ();

    fn wait_begin(&self, (): ()) {
        self.waiting.fetch_add(1, SeqCst);
    }

    fn wait_end(&self, (): (), _: WaitOutcome) {
        assert_ne!(self.waiting.fetch_sub(1, SeqCst), 0);
    }

    fn init_begin(&self) {
        assert_eq!(self.succeeded(), 0, "a leader after a success");
        self.led.fetch_add(1, SeqCst);
    }

    fn init_end(&self, (): (), outcome: InitOutcome, _: usize) {
        self.succeeded.fetch_add(usize::from(outcome == InitOutcome::Ok), SeqCst);
    }
}
