//! Waiting: the part of every future of the cell that may be parked.
//!
//! | future | `Fresh` | `Waiting` | `Done` |
//! |---|---|---|---|
//! | [`Wait`] | not polled yet | an observer is in the list | returned the value |
//! | [`LeadFuture`] | not polled yet | a candidate is in the list | returned the value or the lead |
//!
//! A [`Waiter`] exists only while somebody waits. Its node is touched by other
//! threads while it is linked, the rest by the owner only; dropping it takes the
//! node out of the list first.

use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use super::OnceCell;
use super::guard::{Claim, InitGuard, Lead, TryLead};
use super::state::{Found, State};
use crate::hooks::{OnceHooks, WaitOutcome};
use crate::sync::{Shielded, shielded};
use crate::waiters::{ALIGN, Node, Role};

/// The node comes first, so that its alignment is the waiter's.
#[repr(C, align(16))]
pub(super) struct Waiter<'a, T, H: OnceHooks> {
    node: Node,
    cell: &'a OnceCell<T, H>,
    /// Taken when the node is cleared.
    span: ManuallyDrop<H::Span>,
}

const _: () = assert!(core::mem::offset_of!(Waiter<'_, (), ()>, node) == 0);
const _: () = assert!(align_of::<Waiter<'_, (), ()>>() >= ALIGN);

impl<'a, T, H: OnceHooks> Waiter<'a, T, H> {
    /// Not in the list yet: the first poll pushes it.
    #[inline(always)]
    pub(super) fn new(cell: &'a OnceCell<T, H>, role: Role, site: H::Site, waker: &Waker) -> Self {
        // The hook may panic.
        let mut waker = Shielded::new(waker.clone());
        let span = ManuallyDrop::new(cell.hooks.wait_begin(site));
        Self { node: Node::new(role, waker.take()), cell, span }
    }

    /// Whether the wait has ended; a hook may have panicked then, and the future
    /// that holds this waiter be polled again.
    pub(super) fn is_over(&self) -> bool {
        self.node.is_cleared()
    }

    /// For an observer: the value.
    fn poll_wait(self: Pin<&mut Self>, waker: &Waker) -> Poll<&'a T> {
        let cell = self.cell;
        match self.poll(waker) {
            // SAFETY: found ready, and it stays so while the cell is borrowed.
            Found::Ready => Poll::Ready(unsafe { cell.value() }),
            Found::Busy | Found::Led => Poll::Pending,
        }
    }

    /// For a candidate: the value, or the lead.
    pub(super) fn poll_lead(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<Lead<'a, T, H>> {
        let cell = self.cell;
        match self.as_mut().poll(waker) {
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
        // SAFETY: aligned, as the node comes first in an aligned struct; pinned,
        // so that it stays where it is; and `drop` removes it.
        let found = unsafe { self.cell.state.poll(&self.node, waker) };
        if found == Found::Ready {
            self.as_mut().end(WaitOutcome::Ready);
        }
        found
    }

    /// The wait is over. Runs hooks and wakers.
    #[inline(always)]
    fn end(self: Pin<&mut Self>, outcome: WaitOutcome) {
        // SAFETY: nothing is moved out but the span, which is not pinned.
        let end = EndWait { waiter: unsafe { self.get_unchecked_mut() }, outcome };
        leave(&end.waiter.cell.state, &end.waiter.node);
    }
}

/// Takes the node out, if it is still in, and clears it. Runs wakers, and knows
/// nothing of hooks: what they cost is in `end`, where the compiler sees all of it.
fn leave(state: &State, node: &Node) {
    let _last = LastWaker(node);
    state.remove(node);
}

/// Clears the node, also if removing it ran a waker that panicked.
struct LastWaker<'n>(&'n Node);

impl Drop for LastWaker<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(waker) = self.0.clear() {
            shielded(|| drop(waker));
        }
    }
}

/// The node is out, and cleared: reports so, also if a waker panicked.
struct EndWait<'w, 'a, T, H: OnceHooks> {
    waiter: &'w mut Waiter<'a, T, H>,
    outcome: WaitOutcome,
}

impl<T, H: OnceHooks> Drop for EndWait<'_, '_, T, H> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: once only: `end` is called before the node is cleared, and clears it.
        let span = unsafe { ManuallyDrop::take(&mut self.waiter.span) };
        let hooks = &self.waiter.cell.hooks;
        shielded(|| hooks.wait_end(span, self.outcome));
    }
}

impl<T, H: OnceHooks> Drop for Waiter<'_, T, H> {
    #[inline]
    fn drop(&mut self) {
        if !self.node.is_cleared() {
            // SAFETY: it was pinned, if it was ever polled, and is not moved before it is gone.
            unsafe { Pin::new_unchecked(self) }.end(WaitOutcome::Cancelled);
        }
    }
}

enum Stage<'a, T, H: OnceHooks> {
    Fresh(&'a OnceCell<T, H>, H::Site),
    Waiting(Waiter<'a, T, H>),
    Done,
}

impl<'a, T, H: OnceHooks> Stage<'a, T, H> {
    fn waiting(self: Pin<&mut Self>) -> Pin<&mut Waiter<'a, T, H>> {
        // SAFETY: nothing is moved out of the pinned field below.
        match unsafe { self.get_unchecked_mut() } {
            // SAFETY: the waiter is pinned with the stage.
            Self::Waiting(waiter) if !waiter.is_over() => unsafe { Pin::new_unchecked(waiter) },
            _ => panic!("a future was polled after it had completed"),
        }
    }
}

/// Waits for the value, without ever initialising: see [`OnceCell::wait`].
///
/// ```
/// use bellwether::{OnceCell, Wait};
///
/// struct Client<'a> {
///     configured: Wait<'a, String>, // named, so that it may be a field
/// }
/// let cell = OnceCell::with_value("configured".to_string());
/// let client = Client { configured: cell.wait() };
/// assert_eq!(futures::executor::block_on(client.configured), "configured");
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Wait<'a, T, H: OnceHooks = ()>(Stage<'a, T, H>);

/// Waits for the value or the lead: see [`OnceCell::lead`].
///
/// ```
/// use bellwether::{Lead, LeadFuture, OnceCell};
///
/// let cell: OnceCell<u32> = OnceCell::new();
/// let lead: LeadFuture<'_, u32> = cell.lead();
/// assert!(matches!(futures::executor::block_on(lead), Lead::Leader(_)));
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct LeadFuture<'a, T, H: OnceHooks = ()>(Stage<'a, T, H>);

impl<'a, T, H: OnceHooks> Wait<'a, T, H> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, site: H::Site) -> Self {
        Self(Stage::Fresh(cell, site))
    }
}

impl<'a, T, H: OnceHooks> LeadFuture<'a, T, H> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, site: H::Site) -> Self {
        Self(Stage::Fresh(cell, site))
    }
}

impl<'a, T, H: OnceHooks> Future for Wait<'a, T, H> {
    type Output = &'a T;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a T> {
        // SAFETY: the only field, pinned with its owner.
        let mut stage = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        if let Stage::Fresh(cell, site) = *stage {
            if let Some(value) = cell.get() {
                stage.set(Stage::Done);
                return Poll::Ready(value);
            }
            stage.set(Stage::Waiting(Waiter::new(cell, Role::Observer, site, cx.waker())));
        }
        let value = ready!(stage.as_mut().waiting().poll_wait(cx.waker()));
        stage.set(Stage::Done);
        Poll::Ready(value)
    }
}

impl<'a, T, H: OnceHooks> Future for LeadFuture<'a, T, H> {
    type Output = Lead<'a, T, H>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Lead<'a, T, H>> {
        // SAFETY: the only field, pinned with its owner.
        let mut stage = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        if let Stage::Fresh(cell, site) = *stage {
            stage.set(Stage::Done);
            match cell.try_lead() {
                TryLead::Ready(value) => return Poll::Ready(Lead::Ready(value)),
                TryLead::Leader(guard) => return Poll::Ready(Lead::Leader(guard)),
                TryLead::Busy => {
                    let waiter = Waiter::new(cell, Role::Candidate, site, cx.waker());
                    stage.set(Stage::Waiting(waiter));
                }
            }
        }
        let lead = ready!(stage.as_mut().waiting().poll_lead(cx.waker()));
        stage.set(Stage::Done);
        Poll::Ready(lead)
    }
}
