//! The peer that people write: a queue of numbered events under a lock, and a
//! notification.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use super::{Batch, Event, Got, Replaying, Subscriber};

/// Bounded by count. Whoever reads holds the lock, also while cloning.
#[derive(Debug)]
pub struct ByHand<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T> {
    log: Mutex<Log<T>>,
    more: Notify,
    capacity: usize,
}

#[derive(Debug)]
struct Log<T> {
    events: VecDeque<(u64, T)>,
    next: u64,
    is_closed: bool,
}

impl<T> Shared<T> {
    #[inline(always)]
    fn log(&self) -> MutexGuard<'_, Log<T>> {
        self.log.lock().expect("nobody panics")
    }
}

impl<T> Log<T> {
    /// Where the event lies that comes next, or why it does not.
    #[inline(always)]
    fn find(&self, next: &mut u64) -> Result<usize, Got<T>> {
        let oldest = self.events.front().map_or(self.next, |(number, _)| *number);
        match next.checked_sub(oldest) {
            None => {
                let missed = oldest - *next;
                *next = oldest;
                Err(Got::Missed(missed))
            }
            Some(at) if *next < self.next => Ok(at as usize),
            _ if self.is_closed => Err(Got::Closed),
            _ => Err(Got::Empty),
        }
    }
}

impl<T: Event> Replaying<T> for ByHand<T> {
    const NAME: &'static str = "Mutex<VecDeque> + Notify";
    type Subscriber = Cursor<T>;

    fn new(capacity: usize) -> Self {
        let events = VecDeque::with_capacity(capacity);
        let log = Mutex::new(Log { events, next: 0, is_closed: false });
        Self(Arc::new(Shared { log, more: Notify::new(), capacity }))
    }
    fn subscribe(&self) -> Cursor<T> {
        let next = self.0.log().next;
        Cursor { shared: Arc::clone(&self.0), next }
    }
    #[inline(always)]
    fn publish(&self, event: T) {
        let mut log = self.0.log();
        let is_full = log.events.len() == self.0.capacity;
        let evicted = if is_full { log.events.pop_front() } else { None };
        let number = log.next;
        log.events.push_back((number, event));
        log.next += 1;
        drop(log);
        self.0.more.notify_waiters();
        drop(evicted);
    }
    fn close(self) {
        self.0.log().is_closed = true;
        self.0.more.notify_waiters();
    }
}

/// A subscriber's place.
#[derive(Debug)]
pub struct Cursor<T> {
    shared: Arc<Shared<T>>,
    next: u64,
}

impl<T: Event> Cursor<T> {
    /// Calls the closure under the lock, which suits clones.
    #[inline(always)]
    fn read(
        shared: &Shared<T>,
        next: &mut u64,
        max: usize,
        look: impl FnMut(&T),
    ) -> Result<usize, Got<T>> {
        let log = shared.log();
        let at = log.find(next)?;
        let end = log.events.len().min(at + max);
        log.events.range(at..end).map(|(_, event)| event).for_each(look);
        *next += (end - at) as u64;
        Ok(end - at)
    }

    #[inline(always)]
    fn one(shared: &Shared<T>, next: &mut u64) -> Result<T, Got<T>> {
        let log = shared.log();
        let at = log.find(next)?;
        *next += 1;
        Ok(log.events[at].1.clone())
    }

    /// Reads once there is something.
    #[inline(always)]
    async fn wait<R>(
        &mut self,
        mut read: impl FnMut(&Shared<T>, &mut u64) -> Result<R, Got<T>>,
    ) -> Result<R, Got<T>> {
        let Self { shared, next } = self;
        match read(shared, next) {
            Err(Got::Empty) => {}
            other => return other,
        }
        loop {
            // Is told of what is published from here on, so look again.
            let more = shared.more.notified();
            match read(shared, next) {
                Err(Got::Empty) => more.await,
                other => return other,
            }
        }
    }
}

fn batch<T>(events: Result<usize, Got<T>>) -> Batch {
    match events {
        Ok(events) => Batch { events, ..Batch::default() },
        Err(other) => Batch::end(0, &other),
    }
}

impl<T: Event> Subscriber<T> for Cursor<T> {
    const HAS_BATCHES: bool = true;
    type Item = T;

    #[inline(always)]
    fn try_recv(&mut self) -> Got<T> {
        Self::one(&self.shared, &mut self.next).map_or_else(|other| other, Got::Event)
    }
    #[inline(always)]
    async fn recv(&mut self) -> Got<T> {
        self.wait(Self::one).await.map_or_else(|other| other, Got::Event)
    }
    #[inline(always)]
    fn for_each_ready(&mut self, max: usize, look: impl FnMut(&T)) -> Batch {
        batch(Self::read(&self.shared, &mut self.next, max, look))
    }
    #[inline(always)]
    async fn recv_many(&mut self, into: &mut Vec<T>, max: usize) -> Batch {
        let clone = |shared: &_, next: &mut _| {
            Self::read(shared, next, max, |event| into.push(event.clone()))
        };
        batch(self.wait(clone).await)
    }
}
