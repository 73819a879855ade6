//! Hooks from hooks: a reference, an `Arc`, a pair, an option.
//!
//! A pair tells both, whatever panics: what the first was told to begin is told to
//! end, and if the first panics the second is told all the same.

use super::{EvictReason, InitOutcome, OnceHooks, ReplayHooks, WaitOutcome};
use crate::sync::shielded;

/// Runs on the way out, also by a panic.
struct OnExit<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnExit<F> {
    #[inline]
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            shielded(f);
        }
    }
}

/// Runs `first` and `second`, also if the first panics.
#[inline]
fn both(first: impl FnOnce(), second: impl FnOnce()) {
    let _second = OnExit(Some(second));
    first();
}

/// Begins both; if the second panics, the first is ended.
#[inline]
fn begin<A, B>(
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B,
    end_first: impl FnOnce(A),
) -> (A, B) {
    let mut span = Some(first());
    let mut end = OnExit(Some(|| {
        if let Some(span) = span.take() {
            end_first(span);
        }
    }));
    let second = second();
    end.0 = None;
    drop(end);
    (span.expect("taken by a panic only"), second)
}

/// Both observers: the first is told before the second.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{InitOutcome, OnceCell, OnceMetrics, hooks::OnInitEnd};
///
/// static METRICS: OnceMetrics = OnceMetrics::new("config");
///
/// let log = OnInitEnd(|outcome, _| eprintln!("{outcome:?}"));
/// let cell = OnceCell::with_hooks((&METRICS, log));
/// cell.get_or_init_blocking(|| 7);
/// assert_eq!(METRICS.init(InitOutcome::Ok).snapshot().count(), 1);
/// # }
/// ```
impl<A: OnceHooks, B: OnceHooks> OnceHooks for (A, B) {
    type Span = (A::Span, B::Span);
    type Site = (A::Site, B::Site);

    fn wait_begin(&self, (a, b): Self::Site) -> Self::Span {
        begin(
            || self.0.wait_begin(a),
            || self.1.wait_begin(b),
            |span| self.0.wait_end(span, WaitOutcome::Cancelled),
        )
    }
    fn wait_end(&self, (a, b): Self::Span, outcome: WaitOutcome) {
        both(|| self.0.wait_end(a, outcome), || self.1.wait_end(b, outcome));
    }
    fn init_begin(&self) -> Self::Span {
        begin(
            || self.0.init_begin(),
            || self.1.init_begin(),
            |span| self.0.init_end(span, InitOutcome::Panicked, 0),
        )
    }
    fn init_end(&self, (a, b): Self::Span, outcome: InitOutcome, waiters: usize) {
        both(|| self.0.init_end(a, outcome, waiters), || self.1.init_end(b, outcome, waiters));
    }
}

/// Both observers: the first is told before the second.
impl<A: ReplayHooks, B: ReplayHooks> ReplayHooks for (A, B) {
    type Span = (A::Span, B::Span);
    type Site = (A::Site, B::Site);

    fn published(&self, events: u64, bytes: u64) {
        both(|| self.0.published(events, bytes), || self.1.published(events, bytes));
    }
    fn evicted(&self, events: u64, reason: EvictReason) {
        both(|| self.0.evicted(events, reason), || self.1.evicted(events, reason));
    }
    fn missed(&self, events: u64) {
        both(|| self.0.missed(events), || self.1.missed(events));
    }
    fn delivered(&self, events: u64, lag: u64) {
        both(|| self.0.delivered(events, lag), || self.1.delivered(events, lag));
    }
    fn wait_begin(&self, (a, b): Self::Site) -> Self::Span {
        begin(
            || self.0.wait_begin(a),
            || self.1.wait_begin(b),
            |span| self.0.wait_end(span, WaitOutcome::Cancelled),
        )
    }
    fn wait_end(&self, (a, b): Self::Span, outcome: WaitOutcome) {
        both(|| self.0.wait_end(a, outcome), || self.1.wait_end(b, outcome));
    }
}

/// An observer if there is one: chosen at run time, for a test at each event.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceCell, OnceMetrics};
///
/// let metrics: Option<&OnceMetrics> = None;
/// let cell = OnceCell::with_hooks(metrics);
/// assert_eq!(cell.get_or_init_blocking(|| 7), &7);
/// # }
/// ```
impl<H: OnceHooks> OnceHooks for Option<H> {
    type Span = Option<H::Span>;
    type Site = H::Site;

    #[inline]
    fn wait_begin(&self, site: H::Site) -> Self::Span {
        self.as_ref().map(|hooks| hooks.wait_begin(site))
    }
    #[inline]
    fn wait_end(&self, span: Self::Span, outcome: WaitOutcome) {
        if let Some((hooks, span)) = self.as_ref().zip(span) {
            hooks.wait_end(span, outcome);
        }
    }
    #[inline]
    fn init_begin(&self) -> Self::Span {
        self.as_ref().map(H::init_begin)
    }
    #[inline]
    fn init_end(&self, span: Self::Span, outcome: InitOutcome, waiters: usize) {
        if let Some((hooks, span)) = self.as_ref().zip(span) {
            hooks.init_end(span, outcome, waiters);
        }
    }
}

/// An observer if there is one: chosen at run time, for a test at each event.
impl<H: ReplayHooks> ReplayHooks for Option<H> {
    type Span = Option<H::Span>;
    type Site = H::Site;

    #[inline]
    fn published(&self, events: u64, bytes: u64) {
        self.iter().for_each(|hooks| hooks.published(events, bytes));
    }
    #[inline]
    fn evicted(&self, events: u64, reason: EvictReason) {
        self.iter().for_each(|hooks| hooks.evicted(events, reason));
    }
    #[inline]
    fn missed(&self, events: u64) {
        self.iter().for_each(|hooks| hooks.missed(events));
    }
    #[inline]
    fn delivered(&self, events: u64, lag: u64) {
        self.iter().for_each(|hooks| hooks.delivered(events, lag));
    }
    #[inline]
    fn wait_begin(&self, site: H::Site) -> Self::Span {
        self.as_ref().map(|hooks| hooks.wait_begin(site))
    }
    #[inline]
    fn wait_end(&self, span: Self::Span, outcome: WaitOutcome) {
        if let Some((hooks, span)) = self.as_ref().zip(span) {
            hooks.wait_end(span, outcome);
        }
    }
}

macro_rules! pointers {
    ($($(#[$meta:meta])* $pointer:ty;)*) => {$(
        $(#[$meta])*
        impl<H: OnceHooks + ?Sized> OnceHooks for $pointer {
            type Span = H::Span;
            type Site = H::Site;

            #[inline]
            fn wait_begin(&self, site: H::Site) -> H::Span {
                (**self).wait_begin(site)
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

        $(#[$meta])*
        impl<H: ReplayHooks + ?Sized> ReplayHooks for $pointer {
            type Span = H::Span;
            type Site = H::Site;

            #[inline]
            fn published(&self, events: u64, bytes: u64) {
                (**self).published(events, bytes);
            }
            #[inline]
            fn evicted(&self, events: u64, reason: EvictReason) {
                (**self).evicted(events, reason);
            }
            #[inline]
            fn missed(&self, events: u64) {
                (**self).missed(events);
            }
            #[inline]
            fn delivered(&self, events: u64, lag: u64) {
                (**self).delivered(events, lag);
            }
            #[inline]
            fn wait_begin(&self, site: H::Site) -> H::Span {
                (**self).wait_begin(site)
            }
            #[inline]
            fn wait_end(&self, span: H::Span, outcome: WaitOutcome) {
                (**self).wait_end(span, outcome);
            }
        }
    )*};
}

pointers! {
    /// Many share one observer.
    &H;
    /// Many share one observer, which goes with the last of them.
    #[cfg(feature = "alloc")]
    alloc::sync::Arc<H>;
}
