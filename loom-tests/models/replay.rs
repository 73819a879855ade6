//! The replay buffer: publishing beside reading and evicting, with tiny capacities.
//! Chunks have one slot up to a capacity of 3, and two from 4 on.
//!
//! Events are [`Marked`]: reading one that another writes is a race that loom sees,
//! one that is not dropped is a leak that it sees, and one that is dropped twice or
//! read after its drop is seen by the count.

use bellwether_loom::{ReplayBuffer, ReplayHandle, Resume, Start, Subscriber, Token, TryRecvError};
use core::pin::pin;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::support::{Bell, Flag, Signal, block_on_with, poll_once};

/// An event with a number, which is overwritten when it is dropped.
pub(super) struct Marked {
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
    pub(super) fn new(number: u64) -> Self {
        Self { number: UnsafeCell::new(number), _leak: Arc::new(()) }
    }

    fn number(&self) -> u64 {
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

/// Handles are counted by the system's `Arc`, so that a handle orders nothing.
type Shared<T> = std::sync::Arc<ReplayBuffer<T>>;

fn buffer<T>(capacity: usize) -> Shared<T> {
    std::sync::Arc::new(ReplayBuffer::builder().capacity(capacity).build().unwrap())
}

fn check<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
    assert!(receipt.published < 10, "pending is not negative");
}

/// Receives what is there; every event has its sequence number as its number.
pub(super) fn drain<B: ReplayHandle<Event = Marked>>(subscriber: &mut Subscriber<B>) -> Vec<u64> {
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

fn publish(buffer: &ReplayBuffer<Marked>, number: u64) {
    assert_eq!(buffer.publish(Marked::new(number)).unwrap(), number);
}

/// One reads while another publishes `first..=last`.
fn publish_beside_read(capacity: usize, before: u64, last: u64) {
    let shared = buffer(capacity);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)))
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, last));
}

pub(crate) fn publish_beside_read_of_one() {
    publish_beside_read(1, 1, 3);
}

pub(crate) fn publish_beside_read_of_two() {
    publish_beside_read(2, 2, 3);
}

/// Chunks of two.
pub(crate) fn publish_beside_read_of_four() {
    publish_beside_read(4, 4, 6);
}

/// Events without a drop: a chunk is used again with nobody asking in between.
pub(crate) fn reuse_beside_read() {
    let shared = buffer::<Plain>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    shared.publish(Plain::new(1)).unwrap();
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || {
            shared.publish(Plain::new(2)).unwrap();
            shared.publish(Plain::new(3)).unwrap();
        })
    };
    for _ in 0..2 {
        let mut both = (0, 0);
        if subscriber.for_each_ready(1, |seq, event| both = (seq, event.number())).is_ok() {
            assert_eq!(both.0, both.1);
        }
        check(&subscriber);
    }
    publisher.join().unwrap();
}

/// Events without a drop are published in place where a chunk has room.
pub(crate) fn in_place_beside_read() {
    let shared = buffer::<Plain>(4);
    (1..=5).for_each(|number| assert_eq!(shared.publish(Plain::new(number)).unwrap(), number));
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let publisher = thread::spawn(move || {
        (6..=7).for_each(|number| assert_eq!(shared.publish(Plain::new(number)).unwrap(), number));
    });
    for _ in 0..2 {
        let _ = subscriber.for_each_ready(2, |seq, event| assert_eq!(seq, event.number()));
        check(&subscriber);
    }
    publisher.join().unwrap();
}

/// Nobody sleeps through an event that is published in place.
pub(crate) fn wait_beside_in_place() {
    let shared = buffer::<u64>(4);
    shared.publish(1).unwrap();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || assert_eq!(shared.publish(2), Ok(2)));
    let event = block_on_with::<Flag, _>(subscriber.recv()).unwrap();
    assert_eq!((event.seq, event.value), (2, 2));
    publisher.join().unwrap();
}

/// Needs no drop, and notices a race.
struct Plain(UnsafeCellNumber);
type UnsafeCellNumber = core::mem::ManuallyDrop<UnsafeCell<u64>>;

// SAFETY: what loom checks.
unsafe impl Sync for Plain {}
// SAFETY: as above.
unsafe impl Send for Plain {}

impl Plain {
    fn new(number: u64) -> Self {
        Self(core::mem::ManuallyDrop::new(UnsafeCell::new(number)))
    }
    fn number(&self) -> u64 {
        self.0.with(|number| {
            // SAFETY: loom fails the model if somebody writes.
            unsafe { *number }
        })
    }
}

/// A reader inside one chunk while another chunk takes its place in the directory, for
/// a second reader who looks for the first.
pub(crate) fn entry_beside_read() {
    let shared = buffer(1);
    let mut inside = Subscriber::new(shared.clone(), Start::Oldest);
    let mut beside = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut beside);
        beside
    });
    let seen = inside.for_each_ready(1, |_, event| {
        publish(&shared, 2);
        assert_eq!(event.number(), 1, "held");
    });
    assert_eq!(seen, Ok(1));
    let mut beside = reader.join().unwrap();
    drain(&mut beside);
    drain(&mut inside);
    assert_eq!((inside.receipt().received, beside.receipt().pending), (2, 0));
}

/// Who joins sees what is retained and what comes, without a gap or a duplicate.
pub(crate) fn join_beside_publish() {
    let shared = buffer(4);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (2..=3).for_each(|number| publish(&shared, number)))
    };
    let mut subscriber = Subscriber::new(shared, Start::Latest(1));
    let first = subscriber.token().seq + 1;
    let mut seen = drain(&mut subscriber);
    publisher.join().unwrap();
    seen.extend(drain(&mut subscriber));
    assert_eq!(seen, (first..=3).collect::<Vec<_>>());
}

/// Two publishers have one order.
pub(crate) fn publish_beside_publish() {
    let shared = buffer::<Marked>(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Marked::new(7)).unwrap())
    };
    let mine = shared.publish(Marked::new(8)).unwrap();
    let theirs = other.join().unwrap();
    assert_eq!(mine + theirs, 3);
    for seq in 1..=2 {
        let event = subscriber.try_recv().unwrap();
        let expected = if seq == mine { 8 } else { 7 };
        assert_eq!((event.seq, event.value.number()), (seq, expected));
    }
}

/// Two publishers carry events out beside a reader.
pub(crate) fn two_evict_beside_read() {
    let shared = buffer::<Marked>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let others = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Marked::new(7)).unwrap())
    });
    match subscriber.try_recv() {
        Ok(event) if event.seq == 1 => assert_eq!(event.value.number(), 1),
        Ok(event) => assert_eq!(event.value.number(), 7),
        Err(TryRecvError::Missed(missed)) => assert_eq!(missed.from, 1),
        Err(_) => panic!("one was there"),
    }
    check(&subscriber);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(subscriber.receipt().published, 3);
}

/// Two publishers beside a reader, all of whom meet in one chunk.
pub(crate) fn two_publish_beside_read() {
    let shared = buffer::<Plain>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let others = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Plain::new(1)).unwrap())
    });
    let _ = subscriber.for_each_ready(1, |_, event| assert_eq!(event.number(), 1));
    check(&subscriber);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(subscriber.receipt().published, 2);
}

/// Two readers, one of whom may hold what the other no longer finds.
pub(crate) fn publish_beside_two_reads() {
    let shared = buffer(1);
    let [mut mine, mut other] = [(); 2].map(|()| Subscriber::new(shared.clone(), Start::Oldest));
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut other);
        other
    });
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    drain(&mut mine);
    publisher.join().unwrap();
    let mut other = reader.join().unwrap();
    for reader in [&mut mine, &mut other] {
        drain(reader);
        assert_eq!((reader.receipt().published, reader.receipt().pending), (2, 0));
    }
}

/// A receiver parks while another publishes.
pub(crate) fn wait_beside_publish() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || publish(&shared, 1));
    let event = block_on_with::<Flag, _>(subscriber.recv()).unwrap();
    assert_eq!((event.seq, event.value.number()), (1, 1));
    publisher.join().unwrap();
}

/// Two receivers, one batch of wakers each.
pub(crate) fn two_wait_beside_publish() {
    let shared = buffer::<Marked>(2);
    let others = [(); 2].map(|()| {
        let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
        thread::spawn(move || {
            let event = block_on_with::<Bell, _>(subscriber.recv()).unwrap();
            assert_eq!((event.seq, event.value.number()), (1, 1));
        })
    });
    publish(&shared, 1);
    for other in others {
        other.join().unwrap();
    }
}

/// A waiter is dropped while another publishes.
pub(crate) fn cancel_beside_publish() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let mut first = Subscriber::new(shared.clone(), Start::Live);
    let (bell, signal) = (Bell::new(), Bell::new());
    let mut kept = pin!(first.recv());
    let publisher = {
        let mut waits = Box::pin(subscriber.recv());
        assert!(poll_once(waits.as_mut(), &signal).is_pending());
        assert!(poll_once(kept.as_mut(), &bell).is_pending());
        let shared = shared.clone();
        let publisher = thread::spawn(move || publish(&shared, 1));
        drop(waits);
        publisher
    };
    // The other is woken, whatever became of the one before it in the list.
    while poll_once(kept.as_mut(), &bell).is_pending() {
        bell.wait();
    }
    publisher.join().unwrap();
    assert_eq!(drain(&mut subscriber), [1], "a cancelled wait loses nothing");
}

/// A waiter gets another waker while somebody publishes.
pub(crate) fn new_waker_beside_event() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let mut waits = pin!(subscriber.recv());
    assert!(poll_once(waits.as_mut(), &Bell::new()).is_pending());
    let publisher = thread::spawn(move || publish(&shared, 1));
    let bell = Bell::new();
    while poll_once(waits.as_mut(), &bell).is_pending() {
        bell.wait();
    }
    publisher.join().unwrap();
}

/// A receiver parks while another publishes and closes: it gets the last event.
pub(crate) fn wait_beside_close() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let closer = thread::spawn(move || {
        publish(&shared, 1);
        shared.close();
    });
    assert_eq!(block_on_with::<Flag, _>(subscriber.recv()).unwrap().seq, 1);
    assert!(block_on_with::<Flag, _>(subscriber.recv()).is_err());
    closer.join().unwrap();
}

/// Nobody is told that it is closed before the last event.
pub(crate) fn read_beside_close() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let closer = thread::spawn(move || {
        publish(&shared, 1);
        shared.close();
    });
    let mut seen = drain(&mut subscriber);
    match subscriber.try_recv() {
        Ok(event) => seen.push(event.seq),
        Err(TryRecvError::Closed) => assert_eq!(seen, [1]),
        Err(_) => {}
    }
    closer.join().unwrap();
    seen.extend(drain(&mut subscriber));
    assert_eq!((seen, subscriber.receipt().received), (vec![1], 1));
}

/// A thread that blocks is woken.
pub(crate) fn recv_blocking_beside_publish() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || publish(&shared, 1));
    assert_eq!(subscriber.recv_blocking().unwrap().value.number(), 1);
    publisher.join().unwrap();
}

/// A gap that is told at resuming ends where reading goes on.
pub(crate) fn resume_beside_publish() {
    let shared = buffer(1);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    let mut subscriber = match Subscriber::resume(shared, Token { epoch: 0, seq: 0 }) {
        Resume::Complete(subscriber) => subscriber,
        Resume::Gap { missed, sub } => {
            assert_eq!((missed.from, missed.to), (1, 2));
            sub
        }
        _ => panic!("the token is of this buffer"),
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    assert_eq!((subscriber.receipt().published, subscriber.receipt().pending), (2, 0));
}

/// A batch is seen as a whole or not at all.
pub(crate) fn batch_beside_read() {
    let shared = buffer(4);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || {
        assert_eq!(shared.publish_all([1, 2].map(Marked::new)).unwrap(), 2);
    });
    let receipt = subscriber.receipt();
    assert!(receipt.published == 0 || receipt.published == 2);
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    assert_eq!(subscriber.receipt().received, 2);
}
