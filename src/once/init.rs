//! The futures that initialise: wait for the value or the lead, and with the
//! lead run the initialiser.
//!
//! | stage | holds | next |
//! |---|---|---|
//! | `Waiting` | a waiter and the closure | `Running` with the lead; stays if the value is there |
//! | `Running` | the closure's future, then the guard | `Done` |
//! | `Done` | nothing | – |
//!
//! The stages share their memory: a future pays for its waiter or for its
//! initialiser, whichever is larger. Fields drop in the order written: what the
//! initialiser owned is gone before the lead is handed over.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use super::guard::{InitGuard, Lead};
use super::wait::Waiter;
use super::{OnceCell, reentry};
use crate::hooks::{InitOutcome, OnceHooks};
use crate::waiters::Role;

enum Stage<'a, T, H: OnceHooks, F, Fut> {
    Waiting {
        waiter: Waiter<'a, T, H>,
        init: Option<F>,
    },
    /// The guard is out while the future is polled.
    Running {
        future: Fut,
        guard: Option<InitGuard<'a, T, H>>,
    },
    Done,
}

impl<'a, T, H: OnceHooks, F, Fut> Stage<'a, T, H, F, Fut> {
    #[inline(always)]
    fn new(cell: &'a OnceCell<T, H>, init: F) -> Self {
        Self::Waiting { waiter: Waiter::new(cell, Role::Candidate), init: Some(init) }
    }

    #[inline(always)]
    fn ready_at_once(&self) -> Option<&'a T> {
        match self {
            Self::Waiting { waiter, .. } => waiter.ready_at_once(),
            _ => None,
        }
    }

    /// `split` says what the initialiser's output means.
    #[inline(never)]
    fn poll<E>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        split: impl FnOnce(Fut::Output) -> Result<T, E>,
    ) -> Poll<Result<&'a T, E>>
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        if let Some((waiter, init)) = self.as_mut().waiting() {
            let cell = waiter.cell();
            let guard = match ready!(waiter.poll_lead(cx)) {
                Lead::Ready(value) => return Poll::Ready(Ok(value)),
                Lead::Leader(guard) => guard,
            };
            let init = init.take();
            let _entered = reentry::enter(cell);
            let mut attempt = Attempt { stage: self.as_mut(), guard: Some(guard) };
            let future = init.map(|init| init()).expect("taken with the lead, and the stage left");
            let guard = attempt.guard.take();
            attempt.stage.set(Stage::Running { future, guard });
            core::mem::forget(attempt);
        }

        let guard = self.as_mut().running().and_then(|(_, guard)| guard.take());
        let guard = guard.expect("an initialiser's future was polled after it had completed");
        let _entered = reentry::enter(guard.cell());
        let mut attempt = Attempt { stage: self, guard: Some(guard) };
        let (future, slot) = attempt.stage.as_mut().running().expect("looked at above");
        match future.poll(cx) {
            Poll::Pending => {
                *slot = attempt.guard.take();
                core::mem::forget(attempt);
                Poll::Pending
            }
            Poll::Ready(output) => Poll::Ready(match split(output) {
                Ok(value) => Ok(attempt.succeed(value)),
                Err(error) => {
                    attempt.give_up(InitOutcome::Failed);
                    Err(error)
                }
            }),
        }
    }

    #[inline]
    #[allow(clippy::type_complexity, reason = "a projection, used above only")]
    fn waiting(self: Pin<&mut Self>) -> Option<(Pin<&mut Waiter<'a, T, H>>, &mut Option<F>)> {
        // SAFETY: nothing is moved out of a pinned field below.
        match unsafe { self.get_unchecked_mut() } {
            // SAFETY: the waiter is pinned with the stage; `init` never is.
            Self::Waiting { waiter, init } => Some((unsafe { Pin::new_unchecked(waiter) }, init)),
            _ => None,
        }
    }

    #[inline]
    #[allow(clippy::type_complexity, reason = "a projection, used above only")]
    fn running(self: Pin<&mut Self>) -> Option<(Pin<&mut Fut>, &mut Option<InitGuard<'a, T, H>>)> {
        // SAFETY: nothing is moved out of a pinned field below.
        match unsafe { self.get_unchecked_mut() } {
            // SAFETY: the future is pinned with the stage; the guard never is.
            Self::Running { future, guard } => Some((unsafe { Pin::new_unchecked(future) }, guard)),
            _ => None,
        }
    }
}

/// The user's code runs. Dropped, also by its panic, this drops what the
/// initialiser owned, and only then hands the lead over.
struct Attempt<'p, 'a, T, H: OnceHooks, F, Fut> {
    stage: Pin<&'p mut Stage<'a, T, H, F, Fut>>,
    guard: Option<InitGuard<'a, T, H>>,
}

impl<'a, T, H: OnceHooks, F, Fut> Attempt<'_, 'a, T, H, F, Fut> {
    fn succeed(mut self, value: T) -> &'a T {
        // Others wait for the value: it comes first.
        self.guard.take().expect("out while the future is polled").set(value)
    }

    fn give_up(&mut self, outcome: InitOutcome) {
        let guard = self.guard.take();
        self.stage.set(Stage::Done);
        if let Some(guard) = guard {
            guard.fail(outcome);
        }
    }
}

impl<T, H: OnceHooks, F, Fut> Drop for Attempt<'_, '_, T, H, F, Fut> {
    fn drop(&mut self) {
        self.give_up(InitOutcome::Panicked);
    }
}

/// Initialises with an async closure, or waits for whoever does: see
/// [`OnceCell::get_or_init`].
#[must_use = "futures do nothing unless polled"]
pub struct GetOrInit<'a, T, H: OnceHooks, F, Fut>(Stage<'a, T, H, F, Fut>);

/// Initialises with a fallible async closure, or waits for whoever does: see
/// [`OnceCell::get_or_try_init`].
#[must_use = "futures do nothing unless polled"]
pub struct GetOrTryInit<'a, T, H: OnceHooks, F, Fut>(Stage<'a, T, H, F, Fut>);

impl<'a, T, H: OnceHooks, F, Fut> GetOrInit<'a, T, H, F, Fut> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, init: F) -> Self {
        Self(Stage::new(cell, init))
    }
}

impl<'a, T, H: OnceHooks, F, Fut> GetOrTryInit<'a, T, H, F, Fut> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, init: F) -> Self {
        Self(Stage::new(cell, init))
    }
}

impl<'a, T, H, F, Fut> Future for GetOrInit<'a, T, H, F, Fut>
where
    H: OnceHooks,
    F: FnOnce() -> Fut,
    Fut: Future<Output = T>,
{
    type Output = &'a T;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a T> {
        if let Some(value) = self.0.ready_at_once() {
            return Poll::Ready(value);
        }
        // SAFETY: the only field, pinned with its owner.
        let stage = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        stage.poll(cx, Ok::<T, Infallible>).map(|Ok(value)| value)
    }
}

impl<'a, T, H, E, F, Fut> Future for GetOrTryInit<'a, T, H, F, Fut>
where
    H: OnceHooks,
    F: FnOnce() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    type Output = Result<&'a T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<&'a T, E>> {
        if let Some(value) = self.0.ready_at_once() {
            return Poll::Ready(Ok(value));
        }
        // SAFETY: the only field, pinned with its owner.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.poll(cx, |output| output)
    }
}
