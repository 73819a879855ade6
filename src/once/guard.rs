//! Leading: who holds an [`InitGuard`] runs the one initialiser there is.
//!
//! | end | word | told to the hooks |
//! |---|---|---|
//! | `set` | complete | `Ok` |
//! | dropped | fail | `Cancelled`, or `Panicked` while its thread unwinds |
//! | the cell's own initialisers | fail | `Failed`, `Panicked` or `Cancelled` |

use core::mem::ManuallyDrop;

use super::OnceCell;
use super::state::State;
use crate::hooks::{InitOutcome, OnceHooks};
use crate::sync::{panicking, shielded};

/// What [`OnceCell::lead`] found.
///
/// ```
/// use bellwether::{Lead, OnceCell};
///
/// # futures::executor::block_on(async {
/// let cell = OnceCell::with_value(7);
/// assert!(matches!(cell.lead().await, Lead::Ready(&7)));
/// # });
/// ```
#[derive(Debug)]
pub enum Lead<'a, T, H: OnceHooks = ()> {
    /// The cell has a value.
    Ready(&'a T),
    /// It has none, and the caller is the one to provide it.
    Leader(InitGuard<'a, T, H>),
}

/// What [`OnceCell::try_lead`] found.
///
/// ```
/// use bellwether::{OnceCell, TryLead};
///
/// let cell = OnceCell::new();
/// let guard = match cell.try_lead() {
///     TryLead::Ready(value) => panic!("{value} was here first"),
///     TryLead::Leader(guard) => guard,
///     TryLead::Busy => panic!("somebody else leads"),
/// };
/// guard.set(7);
/// ```
#[derive(Debug)]
pub enum TryLead<'a, T, H: OnceHooks = ()> {
    /// The cell has a value.
    Ready(&'a T),
    /// It has none, and the caller is the one to provide it.
    Leader(InitGuard<'a, T, H>),
    /// Somebody else leads.
    Busy,
}

/// The lead of a cell: [`set`](Self::set) it, or drop the guard to hand the lead
/// over to any waiter that is polled.
///
/// The guard may be held across functions, tasks and threads, and across
/// `.await`. A leaked guard leaves the cell initialising for ever; only
/// [`take`](OnceCell::take) and [`into_inner`](OnceCell::into_inner), which own
/// the cell, recover it.
///
/// ```
/// use bellwether::{OnceCell, Status, TryLead};
///
/// let cell = OnceCell::new();
/// let TryLead::Leader(guard) = cell.try_lead() else { unreachable!() };
/// assert_eq!(cell.status(), Status::Initializing);
/// assert!(matches!(cell.try_lead(), TryLead::Busy));
/// drop(guard); // changed our mind
///
/// let TryLead::Leader(guard) = cell.try_lead() else { unreachable!() };
/// assert_eq!(guard.set(7), &7);
/// ```
#[must_use = "dropping the guard hands the lead over"]
pub struct InitGuard<'a, T, H: OnceHooks = ()> {
    cell: &'a OnceCell<T, H>,
    span: ManuallyDrop<H::Span>,
}

/// `RUNNING` is ours, and nobody was told yet.
pub(super) struct Claim<'a>(&'a State);

impl<'a> Claim<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self(state)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        hand_over(self.0);
    }
}

impl<'a, T, H: OnceHooks> InitGuard<'a, T, H> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, claim: Claim<'a>) -> Self {
        let span = ManuallyDrop::new(cell.hooks.init_begin());
        core::mem::forget(claim);
        Self { cell, span }
    }

    /// Sets the value, and releases everybody who waits for it.
    ///
    /// # Panics
    ///
    /// With the panic of a waker or a hook, after the value was set and every
    /// other waiter was woken.
    ///
    /// # Memory
    ///
    /// Nothing is allocated. In an interrupt: a few instructions, and the wakers
    /// of those who wait.
    ///
    /// ```
    /// use bellwether::{OnceCell, TryLead};
    ///
    /// let cell = OnceCell::new();
    /// let TryLead::Leader(guard) = cell.try_lead() else { unreachable!() };
    /// let value = std::thread::scope(|threads| {
    ///     threads.spawn(|| guard.set(7)).join().unwrap() // by another thread
    /// });
    /// assert_eq!(value, &7);
    /// ```
    #[inline]
    pub fn set(self, value: T) -> &'a T {
        let (cell, mut end) = self.into_end(InitOutcome::Ok);
        // SAFETY: the guard is the leader, which alone may write, once: `self` is gone.
        end.waiters = unsafe { cell.publish(value) };
        drop(end);
        // SAFETY: complete, and it stays so while the cell is borrowed.
        unsafe { cell.value() }
    }

    pub(super) fn cell(&self) -> &'a OnceCell<T, H> {
        self.cell
    }

    #[inline(always)]
    pub(super) fn fail(self, outcome: InitOutcome) {
        let (cell, mut end) = self.into_end(outcome);
        end.waiters = hand_over(&cell.state);
    }

    #[inline(always)]
    fn into_end(self, outcome: InitOutcome) -> (&'a OnceCell<T, H>, End<'a, T, H>) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not dropped and not used again: the span is taken once.
        let span = unsafe { ManuallyDrop::take(&mut this.span) };
        (this.cell, End { cell: this.cell, span: Some(span), outcome, waiters: 0 })
    }
}

impl<T, H: OnceHooks> Drop for InitGuard<'_, T, H> {
    #[cold]
    fn drop(&mut self) {
        // SAFETY: dropped once, and `into_end` forgets the guard.
        let span = unsafe { ManuallyDrop::take(&mut self.span) };
        // If a waker panics below, this thread was not unwinding before.
        let outcome = InitOutcome::Cancelled;
        let mut end = End { cell: self.cell, span: Some(span), outcome, waiters: 0 };
        let unwinding;
        (end.waiters, unwinding) = abandon(&self.cell.state);
        if unwinding {
            end.outcome = InitOutcome::Panicked;
        }
    }
}

impl<T, H: OnceHooks> core::fmt::Debug for InitGuard<'_, T, H> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InitGuard").finish_non_exhaustive()
    }
}

/// Ends a leadership without a value. Returns how many were woken.
///
/// Not part of its callers, and of no type: what hooks cost is left in those,
/// where the compiler sees all of it.
#[cold]
#[inline(never)]
fn hand_over(state: &State) -> usize {
    state.fail()
}

/// As [`hand_over`]; and whether this thread unwinds. Then no waker's panic comes out.
#[cold]
#[inline(never)]
fn abandon(state: &State) -> (usize, bool) {
    (hand_over(state), panicking())
}

/// The end of a leadership: `drop` tells the hooks, also if a waker panics.
struct End<'a, T, H: OnceHooks> {
    cell: &'a OnceCell<T, H>,
    span: Option<H::Span>,
    outcome: InitOutcome,
    waiters: usize,
}

impl<T, H: OnceHooks> Drop for End<'_, T, H> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(span) = self.span.take() {
            shielded(|| self.cell.hooks.init_end(span, self.outcome, self.waiters));
        }
    }
}
