//! Waiting: the part of every future of the cell that may be parked.
//!
//! | node | span | the waiter |
//! |---|---|---|
//! | `IDLE` | uninitialised | has not waited, or is through |
//! | otherwise | initialised | waits; its end is reported exactly once |
//!
//! The node is touched by other threads while it is linked, the rest by the
//! owner only. Dropping a waiter takes its node out of the list first.

use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::OnceCell;
use super::guard::{Claim, InitGuard, Lead};
use super::state::Found;
use crate::hooks::{OnceHooks, WaitOutcome};
use crate::sync::shielded;
use crate::waiters::{ALIGN, Node, Role};

/// The node comes first, so that its alignment is the waiter's.
#[repr(C, align(16))]
pub(super) struct Waiter<'a, T, H: OnceHooks> {
    node: Node,
    cell: &'a OnceCell<T, H>,
    span: MaybeUninit<H::Span>,
}

const _: () = assert!(core::mem::offset_of!(Waiter<'_, (), ()>, node) == 0);
const _: () = assert!(align_of::<Waiter<'_, (), ()>>() >= ALIGN);

impl<'a, T, H: OnceHooks> Waiter<'a, T, H> {
    #[inline(always)]
    pub(super) fn new(cell: &'a OnceCell<T, H>, role: Role) -> Self {
        Self { node: Node::new(role), cell, span: MaybeUninit::uninit() }
    }

    #[inline(always)]
    pub(super) fn cell(&self) -> &'a OnceCell<T, H> {
        self.cell
    }

    /// The value, if it is there and nobody needs to be told of a wait.
    #[inline(always)]
    pub(super) fn ready_at_once(&self) -> Option<&'a T> {
        let value = self.cell.get()?;
        self.node.is_idle().then_some(value)
    }

    /// For an observer of the value.
    #[inline]
    pub(super) fn poll_wait(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a T> {
        let cell = self.cell;
        match self.poll(cx.waker()) {
            // SAFETY: found ready, and it stays so while the cell is borrowed.
            Found::Ready => Poll::Ready(unsafe { cell.value() }),
            Found::Busy | Found::Led => Poll::Pending,
        }
    }

    /// For a candidate: the value, or the lead.
    #[inline]
    pub(super) fn poll_lead(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Lead<'a, T, H>> {
        let cell = self.cell;
        match self.as_mut().poll(cx.waker()) {
            // SAFETY: found ready, and it stays so while the cell is borrowed.
            Found::Ready => Poll::Ready(Lead::Ready(unsafe { cell.value() })),
            Found::Busy => Poll::Pending,
            Found::Led => {
                // From here on a panic hands the lead over.
                let claim = Claim::new(&cell.state);
                self.end(WaitOutcome::TookOver);
                Poll::Ready(Lead::Leader(InitGuard::new(cell, claim)))
            }
        }
    }

    fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Found {
        if self.node.is_idle() {
            let found = match self.node.role() {
                Role::Candidate => self.cell.state.begin(),
                _ if self.cell.state.is_ready() => Found::Ready,
                _ => Found::Busy,
            };
            if found != Found::Busy {
                return found;
            }
            self.as_mut().begin(waker);
        }
        // SAFETY: aligned, as the node comes first in an aligned struct; pinned,
        // so that it stays where it is; and `drop` removes it.
        let found = unsafe { self.cell.state.poll(&self.node, waker) };
        if found == Found::Ready {
            self.end(WaitOutcome::Ready);
        }
        found
    }

    #[cold]
    fn begin(self: Pin<&mut Self>, waker: &Waker) {
        let waker = waker.clone();
        let span = self.cell.hooks.wait_begin();
        // SAFETY: nothing is moved out; the span is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        this.span.write(span);
        this.node.ready(waker);
    }

    /// The wait is over, if there was one. Runs hooks and wakers.
    #[inline]
    fn end(self: Pin<&mut Self>, outcome: WaitOutcome) {
        if !self.node.is_idle() {
            // SAFETY: nothing is moved out but the span, which is not pinned.
            unsafe { self.get_unchecked_mut() }.end_wait(outcome);
        }
    }

    #[cold]
    fn end_wait(&mut self, outcome: WaitOutcome) {
        let end = EndWait { waiter: self, outcome };
        end.waiter.cell.state.remove(&end.waiter.node);
    }
}

/// The node is out: reports so, also if removing it ran a waker that panicked.
struct EndWait<'w, 'a, T, H: OnceHooks> {
    waiter: &'w mut Waiter<'a, T, H>,
    outcome: WaitOutcome,
}

impl<T, H: OnceHooks> Drop for EndWait<'_, '_, T, H> {
    fn drop(&mut self) {
        let _waker = self.waiter.node.clear();
        // SAFETY: the node was not idle, so `begin` wrote the span; it is idle now.
        let span = unsafe { self.waiter.span.assume_init_read() };
        let hooks = &self.waiter.cell.hooks;
        shielded(|| hooks.wait_end(span, self.outcome));
    }
}

impl<T, H: OnceHooks> Drop for Waiter<'_, T, H> {
    #[inline]
    fn drop(&mut self) {
        if !self.node.is_idle() {
            self.end_wait(WaitOutcome::Cancelled);
        }
    }
}

/// Waits for the value, without ever initialising: see [`OnceCell::wait`].
#[must_use = "futures do nothing unless polled"]
pub struct Wait<'a, T, H: OnceHooks = ()>(Waiter<'a, T, H>);

/// Waits for the value or the lead: see [`OnceCell::lead`].
#[must_use = "futures do nothing unless polled"]
pub struct LeadFuture<'a, T, H: OnceHooks = ()>(Waiter<'a, T, H>);

impl<'a, T, H: OnceHooks> Wait<'a, T, H> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>) -> Self {
        Self(Waiter::new(cell, Role::Observer))
    }
}

impl<'a, T, H: OnceHooks> LeadFuture<'a, T, H> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>) -> Self {
        Self(Waiter::new(cell, Role::Candidate))
    }
}

impl<'a, T, H: OnceHooks> Future for Wait<'a, T, H> {
    type Output = &'a T;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a T> {
        if let Some(value) = self.0.ready_at_once() {
            return Poll::Ready(value);
        }
        // SAFETY: the only field, pinned with its owner.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.poll_wait(cx)
    }
}

impl<'a, T, H: OnceHooks> Future for LeadFuture<'a, T, H> {
    type Output = Lead<'a, T, H>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Lead<'a, T, H>> {
        // SAFETY: the only field, pinned with its owner.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.poll_lead(cx)
    }
}
