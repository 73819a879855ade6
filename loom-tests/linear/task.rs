//! Futures, driven by the thread that has them.

use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, PoisonError};
use std::task::Wake;

use crate::under_test::{Condvar, Mutex};

/// A waker that a thread can wait for. A wake-up that is lost is a deadlock, which
/// models report. They run all threads on one of the system's, so that locks are
/// poisoned while any of them unwinds, which means nothing.
struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

impl Bell {
    fn new() -> Arc<Self> {
        Arc::new(Self { rung: Mutex::new(false), ring: Condvar::new() })
    }

    fn wait(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !*rung {
            rung = self.ring.wait(rung).unwrap_or_else(PoisonError::into_inner);
        }
        *rung = false;
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ring.notify_one();
    }
}

/// Polls when woken.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let bell = Bell::new();
    let waker = Waker::from(bell.clone());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        bell.wait();
    }
}

/// Runs to its first `Pending`, and is dropped there.
pub(crate) fn poll_and_drop<F: Future>(future: F) -> Option<F::Output> {
    let waker = Waker::from(Bell::new());
    match pin!(future).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Is `Pending` once, and woken at once.
pub(crate) struct Suspend(pub(crate) bool);

impl Future for Suspend {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if core::mem::take(&mut self.0) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}
