//! Hooks: what a primitive tells an observer, at no cost when nobody looks.
//!
//! A hook is a type parameter with a zero-sized default. Its associated types are
//! what makes the default free: [`OnceHooks::Span`] and [`OnceHooks::Site`] are
//! `()`, so that futures keep their size, no clock is read, and no code for
//! dropping exists. A type selects the cost, a feature never does.
//!
//! | to have | use |
//! |---|---|
//! | histograms, counters, the worst wait | [`OnceMetrics`](crate::OnceMetrics), [`ReplayMetrics`](crate::ReplayMetrics) |
//! | a closure for one event | [`OnInitEnd`], [`OnWaitEnd`], [`OnEvicted`], [`OnMissed`] |
//! | one observer for many | a reference, or an `Arc` (feature `alloc`) |
//! | two observers for one | a pair: `(first, second)` |
//! | one that is chosen at run time | an `Option` |
//! | anything else | your own [`OnceHooks`] or [`ReplayHooks`] |
//!
//! ```
//! use bellwether::{OnceCell, OnceHooks, InitOutcome, WaitOutcome};
//! use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
//! use std::time::Instant;
//!
//! #[derive(Default)]
//! struct Slowest(AtomicUsize);
//!
//! impl OnceHooks for Slowest {
//!     type Span = Instant;
//!     type Site = (); // not interested in who waits
//!     fn wait_begin(&self, (): ()) -> Instant { Instant::now() }
//!     fn wait_end(&self, began: Instant, _: WaitOutcome) {
//!         self.0.fetch_max(began.elapsed().as_micros() as usize, Relaxed);
//!     }
//!     fn init_begin(&self) -> Instant { Instant::now() }
//!     fn init_end(&self, _: Instant, _: InitOutcome, _: usize) {}
//! }
//!
//! static SLOWEST: Slowest = Slowest(AtomicUsize::new(0));
//! // Many cells may share one observer.
//! static CELL: OnceCell<String, &Slowest> = OnceCell::with_hooks(&SLOWEST);
//! # assert!(CELL.set("ready".into()).is_ok());
//! ```

mod clock;
mod combine;
mod one;
mod replay;
mod site;

pub use clock::Clock;
#[cfg(feature = "std")]
pub use clock::InstantClock;
pub use one::{OnEvicted, OnInitEnd, OnMissed, OnWaitEnd};
pub use replay::{EvictReason, ReplayHooks};
pub use site::CallSite;

/// How a wait ended.
///
/// ```
/// use bellwether::WaitOutcome;
///
/// let label = |outcome| match outcome {
///     WaitOutcome::Ready => "ready",
///     WaitOutcome::TookOver => "took_over",
///     WaitOutcome::Cancelled => "cancelled",
///     _ => "other",
/// };
/// assert_eq!(label(WaitOutcome::TookOver), "took_over");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitOutcome {
    /// The value is there.
    Ready,
    /// The leader failed, and this waiter leads now.
    TookOver,
    /// The waiter was dropped.
    Cancelled,
}

/// How a leadership ended.
///
/// ```
/// use bellwether::InitOutcome;
///
/// let alarming = |outcome| !matches!(outcome, InitOutcome::Ok | InitOutcome::Cancelled);
/// assert!(alarming(InitOutcome::Panicked));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InitOutcome {
    /// The value was set.
    Ok,
    /// The initialiser returned an error.
    Failed,
    /// The initialiser panicked.
    Panicked,
    /// The leader was dropped before it had a value.
    Cancelled,
}

/// Observes a [`OnceCell`](crate::OnceCell).
///
/// Every `*_begin` is followed by exactly one `*_end` with its span, unless the
/// future or guard in between is leaked. Nothing is called on the ready path, by
/// [`set`](crate::OnceCell::set), or while the cell holds its list: a hook may use
/// the cell, take its time, or panic. A panic goes to the caller in whose name the
/// hook ran, and leaves the cell intact.
///
/// ```
/// use bellwether::{InitOutcome, OnceCell, OnceHooks, WaitOutcome};
/// use core::panic::Location;
///
/// struct Print;
///
/// impl OnceHooks for Print {
///     type Span = (); // nothing is kept from begin to end
///     type Site = &'static Location<'static>;
///     fn wait_begin(&self, site: Self::Site) {
///         println!("{site} waits");
///     }
///     fn wait_end(&self, (): (), outcome: WaitOutcome) {
///         println!("waited: {outcome:?}");
///     }
///     fn init_begin(&self) {}
///     fn init_end(&self, (): (), outcome: InitOutcome, waiters: usize) {
///         println!("initialised: {outcome:?}, {waiters} waited");
///     }
/// }
///
/// let cell = OnceCell::with_hooks(Print);
/// futures::executor::block_on(cell.get_or_init(|| async { 7 }));
/// ```
pub trait OnceHooks {
    /// What is kept between begin and end: an instant, or nothing.
    type Span;

    /// What is kept of the place in the source that waits: a
    /// [`Location`](core::panic::Location), for a word in each future of the cell,
    /// or nothing.
    type Site: CallSite;

    /// A caller, which called the cell at `site`, is about to be parked.
    fn wait_begin(&self, site: Self::Site) -> Self::Span;

    /// The caller goes on, or is gone.
    fn wait_end(&self, span: Self::Span, outcome: WaitOutcome);

    /// A caller leads: its initialiser runs next.
    fn init_begin(&self) -> Self::Span;

    /// The leadership ended, and those whom this concerns were woken. `waiters`
    /// is how many of them the leader woke itself: all, unless a waiter that was
    /// dropped at the same moment took some of the work.
    fn init_end(&self, span: Self::Span, outcome: InitOutcome, waiters: usize);
}

/// No hooks: the same size and the same machine code as if there were none.
impl OnceHooks for () {
    type Span = ();
    type Site = ();

    #[inline(always)]
    fn wait_begin(&self, (): ()) {}
    #[inline(always)]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    #[inline(always)]
    fn init_begin(&self) {}
    #[inline(always)]
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}
