//! The futures that initialise: wait for the value or the lead, and with the
//! lead run the initialiser.
//!
//! | stage | holds | next |
//! |---|---|---|
//! | `Fresh` | the closure | `Done` with the value, `Running` with the lead, or `Waiting` |
//! | `Waiting` | a waiter and the closure | `Done` with the value, or `Running` with the lead |
//! | `Running` | the closure's future, then the guard | `Done` |
//! | `Done` | nothing | – |
//!
//! The stages share their memory: a future pays for its waiter or for its
//! initialiser, whichever is larger. Fields drop in the order written: what the
//! initialiser owned is gone before the lead is handed over.

#![allow(clippy::type_complexity, reason = "projections name what they project")]

use core::convert::Infallible;
use core::mem;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, ready};

use super::guard::{InitGuard, Lead, TryLead};
use super::wait::Waiter;
use super::{OnceCell, reentry};
use crate::hooks::{InitOutcome, OnceHooks};
use crate::sync::{Shielded, in_order, shielded};
use crate::waiters::Role;

enum Stage<'a, T, H: OnceHooks, F, Fut> {
    Fresh {
        cell: &'a OnceCell<T, H>,
        site: H::Site,
        init: F,
    },
    /// The closure is taken with the lead.
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
    /// The value, if it is there at the first poll: the path of nearly all calls.
    #[inline(always)]
    fn ready_at_once(self: Pin<&mut Self>) -> Option<&'a T> {
        let (value, _, _init) = self.take_fresh(OnceCell::get)?;
        Some(value)
    }

    /// `Fresh` → `Done`, if `look` finds what it wants. Reads nothing of the
    /// future after that look, and leaves a constant behind: then the compiler
    /// sees that there is nothing to drop.
    #[inline(always)]
    fn take_fresh<R>(
        self: Pin<&mut Self>,
        look: impl FnOnce(&'a OnceCell<T, H>) -> Option<R>,
    ) -> Option<(R, H::Site, F)> {
        // SAFETY: nothing in a fresh stage is pinned, and no other is touched.
        let stage = unsafe { self.get_unchecked_mut() };
        let Self::Fresh { cell, site, init } = stage else { return None };
        let found = look(cell)?;
        let site = *site;
        // SAFETY: the stage is overwritten without dropping, so `init` is ours.
        let init = unsafe { ptr::read(init) };
        // SAFETY: the place is valid; its content was moved out, or is `Copy`.
        unsafe { ptr::write(stage, Self::Done) };
        Some((found, site, init))
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
        let (guard, init) = 'lead: {
            if let Some((cell, site, init)) = self.as_mut().take_fresh(Some) {
                // A waker's clone or a hook may panic.
                let mut init = Shielded::new(init);
                match cell.try_lead() {
                    TryLead::Ready(value) => return Poll::Ready(Ok(value)),
                    TryLead::Leader(guard) => {
                        break 'lead (guard, init.take().expect("not taken yet"));
                    }
                    TryLead::Busy => {
                        let waiter = Waiter::new(cell, Role::Candidate, site, cx.waker());
                        self.set(Self::Waiting { waiter, init: init.take() });
                    }
                }
            }
            let Some((waiter, init)) = self.as_mut().waiting() else {
                return self.resume(cx).map(|(output, attempt)| attempt.end_with(split(output)));
            };
            match ready!(waiter.poll_lead(cx.waker())) {
                Lead::Ready(value) => {
                    self.set(Self::Done);
                    return Poll::Ready(Ok(value));
                }
                Lead::Leader(guard) => (guard, init.take().expect("taken with the lead, once")),
            }
        };
        self.start(guard, init, cx).map(|(output, attempt)| attempt.end_with(split(output)))
    }

    /// With the lead: calls the closure, and polls its future for the first time.
    #[inline]
    fn start<'p>(
        self: Pin<&'p mut Self>,
        guard: InitGuard<'a, T, H>,
        init: F,
        cx: &mut Context<'_>,
    ) -> Poll<(Fut::Output, Attempt<'p, 'a, T, H, F, Fut>)>
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        let _entered = reentry::enter(guard.cell());
        let mut attempt = Attempt { stage: self, guard: Some(guard) };
        let future = init();
        attempt.stage.set(Self::Running { future, guard: None });
        attempt.poll(cx)
    }

    /// With the lead: polls the closure's future again.
    fn resume<'p>(
        mut self: Pin<&'p mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<(Fut::Output, Attempt<'p, 'a, T, H, F, Fut>)>
    where
        Fut: Future,
    {
        let guard = self.as_mut().running().1.take().expect("back after each poll");
        let _entered = reentry::enter(guard.cell());
        Attempt { stage: self, guard: Some(guard) }.poll(cx)
    }

    #[inline]
    fn waiting(self: Pin<&mut Self>) -> Option<(Pin<&mut Waiter<'a, T, H>>, &mut Option<F>)> {
        // SAFETY: nothing is moved out of a pinned field below.
        match unsafe { self.get_unchecked_mut() } {
            Self::Waiting { waiter, init } if !waiter.is_over() => {
                // SAFETY: the waiter is pinned with the stage; `init` never is.
                Some((unsafe { Pin::new_unchecked(waiter) }, init))
            }
            _ => None,
        }
    }

    #[inline]
    fn running(self: Pin<&mut Self>) -> (Pin<&mut Fut>, &mut Option<InitGuard<'a, T, H>>) {
        // SAFETY: nothing is moved out of a pinned field below.
        match unsafe { self.get_unchecked_mut() } {
            // SAFETY: the future is pinned with the stage; the guard never is.
            Self::Running { future, guard } => (unsafe { Pin::new_unchecked(future) }, guard),
            _ => panic!("a future was polled after it had completed"),
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
    /// Polls the closure's future, which is in the stage.
    #[inline]
    fn poll(mut self, cx: &mut Context<'_>) -> Poll<(Fut::Output, Self)>
    where
        Fut: Future,
    {
        let polled = self.stage.as_mut().running().0.poll(cx);
        if let Poll::Ready(output) = polled {
            return Poll::Ready((output, self));
        }
        let guard = self.guard.take();
        *self.stage.as_mut().running().1 = guard;
        mem::forget(self);
        Poll::Pending
    }

    /// The closure's future is ready with this.
    #[inline(always)]
    fn end_with<E>(mut self, result: Result<T, E>) -> Result<&'a T, E> {
        match result {
            Ok(value) => {
                // Others wait for the value: it is set before the future is dropped.
                let guard = self.guard.take().expect("held while the user's code runs");
                let value = guard.set(value);
                self.stage.set(Stage::Done);
                mem::forget(self);
                Ok(value)
            }
            Err(error) => {
                // The initialiser's drop, a waker or a hook may panic.
                let mut error = Shielded::new(error);
                self.end(InitOutcome::Failed);
                Err(error.take().expect("not taken yet"))
            }
        }
    }

    #[inline(always)]
    fn end(&mut self, outcome: InitOutcome) {
        let guard = self.guard.take();
        in_order!(
            // After a panic of the initialiser's, its drop may panic as well.
            shielded(|| self.stage.set(Stage::Done)),
            if let Some(guard) = guard {
                guard.fail(outcome);
            }
        );
    }
}

impl<T, H: OnceHooks, F, Fut> Drop for Attempt<'_, '_, T, H, F, Fut> {
    fn drop(&mut self) {
        self.end(InitOutcome::Panicked);
    }
}

/// Initialises with an async closure, or waits for whoever does: see
/// [`OnceCell::get_or_init`].
///
/// ```
/// use bellwether::OnceCell;
///
/// let cell = OnceCell::new();
/// let future = cell.get_or_init(|| async { 7 });
/// # #[cfg(target_pointer_width = "64")]
/// assert_eq!(size_of_val(&future), 64);
/// assert_eq!(futures::executor::block_on(future), &7);
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct GetOrInit<'a, T, H: OnceHooks, F, Fut>(Stage<'a, T, H, F, Fut>);

/// Initialises with a fallible async closure, or waits for whoever does: see
/// [`OnceCell::get_or_try_init`].
///
/// ```
/// use bellwether::OnceCell;
///
/// let cell: OnceCell<u32> = OnceCell::new();
/// let future = cell.get_or_try_init(|| async { Err("not today") });
/// assert_eq!(futures::executor::block_on(future), Err("not today"));
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct GetOrTryInit<'a, T, H: OnceHooks, F, Fut>(Stage<'a, T, H, F, Fut>);

impl<'a, T, H: OnceHooks, F, Fut> GetOrInit<'a, T, H, F, Fut> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, site: H::Site, init: F) -> Self {
        Self(Stage::Fresh { cell, site, init })
    }
}

impl<'a, T, H: OnceHooks, F, Fut> GetOrTryInit<'a, T, H, F, Fut> {
    #[inline]
    pub(super) fn new(cell: &'a OnceCell<T, H>, site: H::Site, init: F) -> Self {
        Self(Stage::Fresh { cell, site, init })
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
        // SAFETY: the only field, pinned with its owner.
        let mut stage = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        if let Some(value) = stage.as_mut().ready_at_once() {
            return Poll::Ready(value);
        }
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
        // SAFETY: the only field, pinned with its owner.
        let mut stage = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        if let Some(value) = stage.as_mut().ready_at_once() {
            return Poll::Ready(Ok(value));
        }
        stage.poll(cx, |output| output)
    }
}
