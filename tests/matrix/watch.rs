//! Hooks of which each is a callback, and whose spans are in the books: a begin without
//! its end is a leak, and an end without its begin cannot be written.

use super::world::{Ledger, Value, inject};
use bellwether::{EvictReason, InitOutcome, OnceHooks, ReplayHooks, WaitOutcome};

#[derive(Debug)]
pub(crate) struct Watch(Ledger);

/// Between a begin and its end.
#[derive(Debug)]
pub(crate) struct Span(Value);

impl Watch {
    pub(crate) fn new(ledger: &Ledger) -> Self {
        Self(ledger.clone())
    }

    fn begin(&self, callback: &'static str) -> Span {
        inject(callback);
        Span(Value::named(&self.0, "span.drop", 0))
    }

    fn end(&self, span: Span, callback: &'static str) {
        span.0.check();
        inject(callback);
    }
}

impl Clone for Watch {
    fn clone(&self) -> Self {
        inject("hooks.clone");
        Self(self.0.clone())
    }
}

impl OnceHooks for Watch {
    type Span = Span;
    type Site = ();

    fn wait_begin(&self, (): ()) -> Span {
        self.begin("OnceHooks::wait_begin")
    }
    fn wait_end(&self, span: Span, _: WaitOutcome) {
        self.end(span, "OnceHooks::wait_end");
    }
    fn init_begin(&self) -> Span {
        self.begin("OnceHooks::init_begin")
    }
    fn init_end(&self, span: Span, _: InitOutcome, _: usize) {
        self.end(span, "OnceHooks::init_end");
    }
}

impl ReplayHooks for Watch {
    type Span = Span;
    type Site = ();

    fn published(&self, _: u64, _: u64) {
        inject("ReplayHooks::published");
    }
    fn evicted(&self, _: u64, _: EvictReason) {
        inject("ReplayHooks::evicted");
    }
    fn missed(&self, _: u64) {
        inject("ReplayHooks::missed");
    }
    fn delivered(&self, _: u64, _: u64) {
        inject("ReplayHooks::delivered");
    }
    fn wait_begin(&self, (): ()) -> Span {
        self.begin("ReplayHooks::wait_begin")
    }
    fn wait_end(&self, span: Span, _: WaitOutcome) {
        self.end(span, "ReplayHooks::wait_end");
    }
}
