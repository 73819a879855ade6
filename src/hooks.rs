//! Hooks: what a primitive tells an observer, at no cost when nobody looks.
//!
//! A hook is a type parameter with a zero-sized default. The associated
//! [`OnceHooks::Span`] is what makes the default free: it is `()`, so that
//! futures keep their size, no clock is read, and no code for dropping exists.
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
//!     fn wait_begin(&self) -> Instant { Instant::now() }
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
///
/// struct Print;
///
/// impl OnceHooks for Print {
///     type Span = (); // nothing is kept from begin to end
///     fn wait_begin(&self) {}
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

    /// A caller is about to be parked.
    fn wait_begin(&self) -> Self::Span;

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

    #[inline(always)]
    fn wait_begin(&self) {}
    #[inline(always)]
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    #[inline(always)]
    fn init_begin(&self) {}
    #[inline(always)]
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

/// Many cells share one observer.
impl<H: OnceHooks + ?Sized> OnceHooks for &H {
    type Span = H::Span;

    #[inline]
    fn wait_begin(&self) -> H::Span {
        (**self).wait_begin()
    }
    #[inline]
    fn wait_end(&self, span: H::Span, outcome: WaitOutcome) {
        (**self).wait_end(span, outcome);
    }
    #[inline]
    fn init_begin(&self) -> H::Span {
        (**self).init_begin()
    }
    #[inline]
    fn init_end(&self, span: H::Span, outcome: InitOutcome, waiters: usize) {
        (**self).init_end(span, outcome, waiters);
    }
}
