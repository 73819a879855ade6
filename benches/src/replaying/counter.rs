//! The floor of delivery: a number in the place of a buffer. What is left are the threads
//! or tasks, their turns and their wake-ups.

use core::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::Arc;

use tokio::sync::Notify;

use super::{Batch, Got, Replaying, Subscriber, one_by_one};

/// How many events there are: event n is the number n. For one publisher, whose events are
/// numbered from 0.
#[derive(Debug)]
pub struct Counter(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    published: AtomicU64,
    is_closed: AtomicBool,
    more: Notify,
}

impl Replaying<u64> for Counter {
    const NAME: &'static str = "floor";
    type Subscriber = Place;

    fn new(_: usize) -> Self {
        Self(Arc::default())
    }
    fn subscribe(&self) -> Place {
        let next = self.0.published.load(Relaxed);
        Place { shared: self.0.clone(), next, first: next }
    }
    #[inline(always)]
    fn publish(&self, _: u64) {
        // ORDERING: Release, with the Acquire of `try_recv`: as a buffer's events need it.
        self.0.published.store(self.0.published.load(Relaxed) + 1, Release);
        self.0.more.notify_waiters();
    }
    fn close(self) {
        // ORDERING: Release, with the Acquire of `try_recv`: all events come first.
        self.0.is_closed.store(true, Release);
        self.0.more.notify_waiters();
    }
}

/// Whose numbers begin with 0 where it subscribed.
#[derive(Debug)]
pub struct Place {
    shared: Arc<Shared>,
    next: u64,
    first: u64,
}

impl Shared {
    #[inline(always)]
    fn look(&self, next: &mut u64, first: u64) -> Got<u64> {
        // ORDERING: Acquire, with the Release of `close`; looked at first, so that nothing
        // that was published before is left behind.
        let is_closed = self.is_closed.load(Acquire);
        // ORDERING: Acquire, with the Release of `publish`.
        if *next < self.published.load(Acquire) {
            *next += 1;
            return Got::Event(*next - 1 - first);
        }
        if is_closed { Got::Closed } else { Got::Empty }
    }
}

impl Subscriber<u64> for Place {
    type Item = u64;

    #[inline(always)]
    fn try_recv(&mut self) -> Got<u64> {
        self.shared.look(&mut self.next, self.first)
    }
    #[inline(always)]
    async fn recv(&mut self) -> Got<u64> {
        let Self { shared, next, first } = self;
        loop {
            match shared.look(next, *first) {
                Got::Empty => {}
                other => return other,
            }
            // Is told of what is published from here on, so look again.
            let more = shared.more.notified();
            match shared.look(next, *first) {
                Got::Empty => more.await,
                other => return other,
            }
        }
    }
    #[inline(always)]
    async fn recv_many(&mut self, into: &mut Vec<u64>, max: usize) -> Batch {
        one_by_one(self, into, max).await
    }
}
