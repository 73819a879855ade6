//! What the models of the replay buffer publish, and how they read.
//!
//! Chunks have one slot up to a capacity of 3, and two from 4 on.
//!
//! Reading an event that another writes is a race that loom sees, one that is not
//! dropped is a leak that it sees, and one that is dropped twice or read after its drop
//! is seen by the number that is left in it.

use bellwether_loom::{ReplayBuffer, ReplayHandle, Start, Subscriber, TryRecvError};
use loom::cell::UnsafeCell;
use loom::sync::Arc;

/// An event with a number, which is overwritten when it is dropped.
pub(crate) struct Marked {
    number: UnsafeCell<u64>,
    /// A leak is seen by loom.
    _leak: Arc<()>,
}

// SAFETY: what loom checks: no read beside the write of the drop.
unsafe impl Sync for Marked {}
// SAFETY: as above.
unsafe impl Send for Marked {}

const GONE: u64 = 99;

impl Marked {
    pub(crate) fn new(number: u64) -> Self {
        Self { number: UnsafeCell::new(number), _leak: Arc::new(()) }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number.with(|number| {
            // SAFETY: loom fails the model if somebody writes.
            unsafe { *number }
        })
    }
}

impl Clone for Marked {
    fn clone(&self) -> Self {
        Self::new(self.number())
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        let number = self.number.with_mut(|number| {
            // SAFETY: loom fails the model if somebody reads or writes.
            unsafe { number.replace(GONE) }
        });
        assert_ne!(number, GONE, "dropped twice");
    }
}

/// Needs no drop, and notices a race.
pub(crate) struct Plain(UnsafeCellNumber);
type UnsafeCellNumber = core::mem::ManuallyDrop<UnsafeCell<u64>>;

// SAFETY: what loom checks.
unsafe impl Sync for Plain {}
// SAFETY: as above.
unsafe impl Send for Plain {}

impl Plain {
    pub(crate) fn new(number: u64) -> Self {
        Self(core::mem::ManuallyDrop::new(UnsafeCell::new(number)))
    }
    pub(crate) fn number(&self) -> u64 {
        self.0.with(|number| {
            // SAFETY: loom fails the model if somebody writes.
            unsafe { *number }
        })
    }
}

/// Handles are counted by the system's `Arc`, so that a handle orders nothing.
pub(crate) type Shared<T> = std::sync::Arc<ReplayBuffer<T>>;

pub(crate) fn buffer<T>(capacity: usize) -> Shared<T> {
    std::sync::Arc::new(ReplayBuffer::builder().capacity(capacity).build().unwrap())
}

pub(crate) fn check<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
    assert!(receipt.published < 10, "pending is not negative");
}

/// Receives what is there; every event has its sequence number as its number.
pub(crate) fn drain<B: ReplayHandle<Event = Marked>>(subscriber: &mut Subscriber<B>) -> Vec<u64> {
    let mut seen = vec![];
    let mut next = subscriber.token().seq + 1;
    loop {
        check(subscriber);
        match subscriber.try_recv() {
            Ok(event) => {
                assert_eq!(event.seq, event.value.number());
                assert_eq!(event.seq, next);
                next += 1;
                seen.push(event.seq);
            }
            Err(TryRecvError::Missed(missed)) => {
                assert_eq!(missed.from, next);
                assert!(missed.to > missed.from);
                next = missed.to;
            }
            Err(_) => return seen,
        }
    }
}

pub(crate) fn publish(buffer: &ReplayBuffer<Marked>, number: u64) {
    assert_eq!(buffer.publish(Marked::new(number)).unwrap(), number);
}

/// The buffer, and one who reads it from its beginning.
pub(crate) fn buffer_and_reader<T>(capacity: usize) -> (Shared<T>, Subscriber<Shared<T>>) {
    let shared = buffer(capacity);
    let subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (shared, subscriber)
}

/// Checks that the account is closed, and how it came out.
pub(crate) fn settled<B: ReplayHandle>(subscriber: &Subscriber<B>, published: u64) {
    check(subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, published));
}
