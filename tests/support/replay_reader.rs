//! A subscriber whose account is checked at each call, hooks that lap it, and how the
//! threads that lap it know when to stop.
#![allow(dead_code, reason = "each test binary uses a part")]

use bellwether::{
    EvictReason, ReplayBuffer, ReplayHandle, ReplayHooks, Subscriber, TryRecvError, WaitOutcome,
};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{OnceLock, Weak};

pub(crate) fn balances<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
    assert!(receipt.published < 1 << 60, "pending is not negative");
}

/// What a subscriber gets, one call at a time: dense, and accounted for.
pub(crate) fn step<B: ReplayHandle<Event = u64>>(subscriber: &mut Subscriber<B>) {
    let (before, next) = (subscriber.receipt(), subscriber.token().seq + 1);
    let result = subscriber.try_recv();
    let (after, reached) = (subscriber.receipt(), subscriber.token().seq + 1);
    let (mut received, mut missed) = (before.received, before.missed);
    match result {
        Ok(event) => {
            assert_eq!((event.seq, event.value, reached), (next, next, next + 1));
            received += 1;
        }
        Err(TryRecvError::Missed(gap)) => {
            assert_eq!((gap.from, gap.to), (next, reached));
            assert!(gap.events() > 0);
            missed += gap.events();
        }
        Err(_) => assert_eq!(reached, next),
    }
    assert_eq!((after.received, after.missed), (received, missed));
    balances(subscriber);
}

/// Laps whoever is just being told of a gap, or just begins to wait.
#[derive(Default)]
pub(crate) struct Laps(pub(crate) OnceLock<Weak<ReplayBuffer<u64, Laps>>>);

impl Laps {
    pub(crate) fn lap(&self) {
        let buffer = self.0.get().and_then(Weak::upgrade).unwrap();
        let published = buffer.stats().published;
        (published + 1..=published + 20).for_each(|seq| assert_eq!(buffer.publish(seq), Ok(seq)));
    }
}

impl ReplayHooks for Laps {
    type Span = ();
    type Site = ();
    fn published(&self, _: u64, _: u64) {}
    fn evicted(&self, _: u64, _: EvictReason) {}
    fn delivered(&self, _: u64, _: u64) {}
    fn missed(&self, _: u64) {
        self.lap();
    }
    fn wait_begin(&self, (): ()) {
        self.lap();
    }
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}

/// Whoever has one is not done yet; also a panic makes an end.
pub(crate) struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    pub(crate) fn new(busy: &'a AtomicUsize) -> Self {
        busy.fetch_add(1, Relaxed);
        Self(busy)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
