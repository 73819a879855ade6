//! Closures as hooks, for one event each.

use super::{EvictReason, InitOutcome, OnceHooks, ReplayHooks, WaitOutcome};

/// Calls a closure when a leadership has ended, with its outcome and the number of
/// waiters that were woken.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{InitOutcome, OnceCell, hooks::OnInitEnd};
///
/// fn report(outcome: InitOutcome, waiters: usize) {
///     eprintln!("initialised: {outcome:?}, {waiters} waited");
/// }
/// static CELL: OnceCell<u32, OnInitEnd<fn(InitOutcome, usize)>> =
///     OnceCell::with_hooks(OnInitEnd(report));
/// CELL.get_or_init_blocking(|| 7);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OnInitEnd<F>(pub F);

impl<F: Fn(InitOutcome, usize)> OnceHooks for OnInitEnd<F> {
    type Span = ();
    type Site = ();

    #[inline]
    fn wait_begin(&self, (): ()) {}
    #[inline]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    #[inline]
    fn init_begin(&self) {}
    #[inline]
    fn init_end(&self, (): (), outcome: InitOutcome, waiters: usize) {
        (self.0)(outcome, waiters);
    }
}

/// Calls a closure when a wait has ended, with its outcome.
///
/// ```
/// use bellwether::{OnceCell, WaitOutcome, hooks::OnWaitEnd};
/// use std::cell::Cell;
///
/// let cancelled = Cell::new(0);
/// let count = |outcome| cancelled.set(cancelled.get() + u32::from(outcome == WaitOutcome::Cancelled));
/// let cell: OnceCell<u32, _> = OnceCell::with_hooks(OnWaitEnd(count));
/// # futures::executor::block_on(async {
/// let mut wait = Box::pin(cell.wait());
/// assert!(futures::poll!(&mut wait).is_pending());
/// drop(wait);
/// # });
/// assert_eq!(cancelled.get(), 1);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OnWaitEnd<F>(pub F);

impl<F: Fn(WaitOutcome)> OnceHooks for OnWaitEnd<F> {
    type Span = ();
    type Site = ();

    #[inline]
    fn wait_begin(&self, (): ()) {}
    #[inline]
    fn wait_end(&self, (): (), outcome: WaitOutcome) {
        (self.0)(outcome);
    }
    #[inline]
    fn init_begin(&self) {}
    #[inline]
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

/// Calls a closure when a replay buffer let go of events: how many, and why.
///
/// ```
/// use bellwether::{EvictReason, ReplayHooks, hooks::OnEvicted};
///
/// let hook = OnEvicted(|events, reason| println!("{events} went, by {reason:?}"));
/// hook.evicted(3, EvictReason::Count);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OnEvicted<F>(pub F);

impl<F: Fn(u64, EvictReason)> ReplayHooks for OnEvicted<F> {
    type Span = ();
    type Site = ();

    #[inline]
    fn published(&self, _: u64, _: u64) {}
    #[inline]
    fn evicted(&self, events: u64, reason: EvictReason) {
        (self.0)(events, reason);
    }
    #[inline]
    fn missed(&self, _: u64) {}
    #[inline]
    fn delivered(&self, _: u64, _: u64) {}
    #[inline]
    fn wait_begin(&self, (): ()) {}
    #[inline]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}

/// Calls a closure when a subscriber was told how many events it missed.
///
/// ```
/// use bellwether::{ReplayHooks, hooks::OnMissed};
///
/// let hook = OnMissed(|events| eprintln!("a subscriber missed {events}"));
/// hook.missed(3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OnMissed<F>(pub F);

impl<F: Fn(u64)> ReplayHooks for OnMissed<F> {
    type Span = ();
    type Site = ();

    #[inline]
    fn published(&self, _: u64, _: u64) {}
    #[inline]
    fn evicted(&self, _: u64, _: EvictReason) {}
    #[inline]
    fn missed(&self, events: u64) {
        (self.0)(events);
    }
    #[inline]
    fn delivered(&self, _: u64, _: u64) {}
    #[inline]
    fn wait_begin(&self, (): ()) {}
    #[inline]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}
