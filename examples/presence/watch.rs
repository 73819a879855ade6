//! The cell's hooks, counted.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bellwether::{InitOutcome, OnceHooks, WaitOutcome};

/// Read it when all tasks have ended.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) waits: AtomicUsize,
    pub(crate) waits_ready: AtomicUsize,
    pub(crate) waits_took_over: AtomicUsize,
    pub(crate) waits_cancelled: AtomicUsize,
    pub(crate) leads: AtomicUsize,
    pub(crate) leads_ok: AtomicUsize,
    pub(crate) leads_failed: AtomicUsize,
    pub(crate) leads_cancelled: AtomicUsize,
}

fn bump(counter: &AtomicUsize) {
    counter.fetch_add(1, Relaxed);
}

impl OnceHooks for Watch {
    type Span = ();
    type Site = ();

    fn wait_begin(&self, (): ()) {
        bump(&self.waits);
    }

    fn wait_end(&self, (): (), outcome: WaitOutcome) {
        match outcome {
            WaitOutcome::Ready => bump(&self.waits_ready),
            WaitOutcome::TookOver => bump(&self.waits_took_over),
            WaitOutcome::Cancelled => bump(&self.waits_cancelled),
            // Not counted: the balance will show it.
            _ => {}
        }
    }

    fn init_begin(&self) {
        bump(&self.leads);
    }

    fn init_end(&self, (): (), outcome: InitOutcome, _: usize) {
        match outcome {
            InitOutcome::Ok => bump(&self.leads_ok),
            InitOutcome::Failed => bump(&self.leads_failed),
            InitOutcome::Cancelled => bump(&self.leads_cancelled),
            // A panic, which nobody planned: the balance will show it.
            _ => {}
        }
    }
}
