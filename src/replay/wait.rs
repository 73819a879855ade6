//! Waiting for the next event: the only part of a subscriber that may be parked.
//!
//! | the future | its node |
//! |---|---|
//! | not polled, or woken | not in the list |
//! | pending | in the list, or taken out by who wakes it |
//! | ready, or dropped | not in the list |
//!
//! While it is parked it has no pin: it holds no event.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::log::Log;
use super::parked::Node;
use super::shared::Shared;
use super::store::Store;
use crate::hooks::{ReplayHooks, WaitOutcome};
use crate::sync::{in_order, shielded};

/// What a wait keeps. Its owner calls [`leave`](Self::leave) before it goes, and names
/// the same buffer each time.
pub(super) struct Wait<H: ReplayHooks> {
    site: H::Site,
    /// While it waits.
    span: Option<H::Span>,
    node: Node,
}

impl<H: ReplayHooks> Wait<H> {
    pub(super) fn new(site: H::Site) -> Self {
        Self { site, span: None, node: Node::new() }
    }

    #[cfg(feature = "futures-core")]
    pub(super) fn is_waiting(&self) -> bool {
        self.span.is_some()
    }

    /// Ready once the event at `at` is published or evicted, or the log closed.
    ///
    /// # Safety
    ///
    /// From the first call on it is always called with the same buffer, which lives
    /// until [`leave`](Self::leave) was called with it after the last; and that is
    /// called before this value goes.
    pub(super) unsafe fn poll<S: Store>(
        self: Pin<&mut Self>,
        shared: &Shared<S, H>,
        at: u64,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        // SAFETY: the node stays where it is; nothing else is pinned.
        let this = unsafe { self.get_unchecked_mut() };
        loop {
            if is_here(&shared.log, at) {
                this.leave(shared, WaitOutcome::Ready);
                return Poll::Ready(());
            }
            if this.span.is_none() {
                this.span = Some(shared.hooks.wait_begin(this.site));
            }
            // SAFETY: pinned, and as the caller promises.
            if unsafe { this.park(&shared.log, at, context.waker()) }.is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Sees to it that this waker is woken when there is something, or says that there
    /// is.
    ///
    /// # Safety
    ///
    /// As for [`poll`](Self::poll); and this is pinned.
    unsafe fn park<S: Store>(&self, log: &Log<S>, at: u64, waker: &Waker) -> Poll<()> {
        let fresh = waker.clone();
        let (old, outcome) = log.parked(|parked| {
            // SAFETY: it is linked into this list only.
            let (old, linked) = unsafe { parked.rearm(&self.node, fresh) };
            if linked {
                return (old, Poll::Pending);
            }
            let ((), here) = in_order!(log.announce(), is_here(log, at));
            match old {
                Some(fresh) if !here => {
                    // SAFETY: not linked; pinned; taken out by `leave`, which is called
                    // before the node or the log goes.
                    unsafe { parked.push(&self.node, at, fresh) };
                    (None, Poll::Pending)
                }
                old => (old, Poll::Ready(())),
            }
        });
        // Outside the lock.
        drop(old);
        outcome
    }

    /// Takes the node out, if it is still in, and tells how the wait ended.
    pub(super) fn leave<S: Store>(&mut self, shared: &Shared<S, H>, outcome: WaitOutcome) {
        let hooks = &shared.hooks;
        let told = self.span.take().map(|span| Told { hooks, span: Some(span), outcome });
        let waker = if self.node.is_linked() {
            // SAFETY: it is linked into this list only.
            shared.log.parked(|parked| unsafe { parked.remove(&self.node) })
        } else {
            self.node.take_waker()
        };
        shielded(|| drop(waker));
        drop(told);
    }
}

fn is_here<S: Store>(log: &Log<S>, at: u64) -> bool {
    log.tail() > at || log.is_closed()
}

/// Tells how a wait ended, also if the waker's drop panicked.
struct Told<'a, H: ReplayHooks> {
    hooks: &'a H,
    span: Option<H::Span>,
    outcome: WaitOutcome,
}

impl<H: ReplayHooks> Drop for Told<'_, H> {
    fn drop(&mut self) {
        if let Some(span) = self.span.take() {
            shielded(|| self.hooks.wait_end(span, self.outcome));
        }
    }
}

/// A wait as a future that borrows its buffer.
pub(super) struct Arrival<'a, S: Store, H: ReplayHooks> {
    shared: &'a Shared<S, H>,
    at: u64,
    wait: Wait<H>,
}

impl<'a, S: Store, H: ReplayHooks> Arrival<'a, S, H> {
    pub(super) fn new(shared: &'a Shared<S, H>, at: u64, site: H::Site) -> Self {
        Self { shared, at, wait: Wait::new(site) }
    }
}

impl<S: Store, H: ReplayHooks> Future for Arrival<'_, S, H> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // SAFETY: `wait` is pinned, and nothing else is.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: a part of what is pinned, which is not moved out of it.
        let wait = unsafe { Pin::new_unchecked(&mut this.wait) };
        // SAFETY: borrowed for as long as this lives; `drop` calls `leave`.
        unsafe { wait.poll(this.shared, this.at, context) }
    }
}

impl<S: Store, H: ReplayHooks> Drop for Arrival<'_, S, H> {
    fn drop(&mut self) {
        self.wait.leave(self.shared, WaitOutcome::Cancelled);
    }
}
