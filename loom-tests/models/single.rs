//! A buffer with one producer, who takes no lock: events are plain numbers, so that
//! loom sees who reads a slot while it is written.

use bellwether_loom::{
    Event, Producer, ReplayBuffer, ReplayHandle, SingleProducer, Start, Subscriber, TryRecvError,
};
use core::pin::pin;
use loom::thread;

use super::support::{Bell, Flag, Signal, block_on_with, poll_once};

/// Handles are counted by the system's `Arc`, so that a handle orders nothing.
type Shared = std::sync::Arc<SingleProducer<ReplayBuffer<u64>>>;

fn buffer(capacity: usize) -> Shared {
    let buffer = ReplayBuffer::builder().capacity(capacity).build().unwrap();
    std::sync::Arc::new(SingleProducer::new(buffer))
}

/// Publishes numbers that are their sequence numbers.
fn publish(producer: &mut Producer<Shared>, numbers: impl IntoIterator<Item = u64>) {
    numbers.into_iter().for_each(|number| assert_eq!(producer.publish(number), Ok(number)));
}

fn check<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
}

/// Receives what is there, in order.
fn drain(subscriber: &mut Subscriber<Shared>) {
    loop {
        check(subscriber);
        let next = subscriber.token().seq + 1;
        match subscriber.try_recv() {
            Ok(Event { seq, value }) => assert_eq!((seq, value), (next, next)),
            Err(TryRecvError::Missed(missed)) => assert_eq!(missed.from, next),
            Err(_) => return,
        }
    }
}

fn publish_beside_read(capacity: usize, before: u64, last: u64) {
    let shared = buffer(capacity);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let mut producer = Producer::new(shared).unwrap();
    publish(&mut producer, 1..=before);
    let other = thread::spawn(move || publish(&mut producer, before + 1..=last));
    drain(&mut subscriber);
    other.join().unwrap();
    drain(&mut subscriber);
    assert_eq!((subscriber.receipt().pending, subscriber.receipt().published), (0, last));
}

/// A slot is used again while somebody reads.
pub(crate) fn single_beside_read_of_one() {
    publish_beside_read(1, 1, 3);
}

/// A chunk of two is.
pub(crate) fn single_beside_read_of_four() {
    publish_beside_read(4, 4, 6);
}

/// The producer looks who waits, the receiver what was published: one sees the other.
pub(crate) fn single_beside_wait() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let mut producer = Producer::new(shared).unwrap();
    let other = thread::spawn(move || publish(&mut producer, 1..=1));
    assert_eq!(block_on_with::<Flag, _>(subscriber.recv()), Ok(Event { seq: 1, value: 1 }));
    other.join().unwrap();
}

/// The first of two that wait is cancelled: the other is woken all the same.
pub(crate) fn single_beside_cancel() {
    let shared = buffer(2);
    let [mut first, mut second] = [(); 2].map(|()| Subscriber::new(shared.clone(), Start::Live));
    let mut producer = Producer::new(shared).unwrap();
    let bells = [Bell::new(), Bell::new()];
    let mut kept = pin!(second.recv());
    let other = {
        let mut waits = Box::pin(first.recv());
        assert!(poll_once(waits.as_mut(), &bells[0]).is_pending());
        assert!(poll_once(kept.as_mut(), &bells[1]).is_pending());
        let other = thread::spawn(move || publish(&mut producer, 1..=1));
        drop(waits);
        other
    };
    while poll_once(kept.as_mut(), &bells[1]).is_pending() {
        bells[1].wait();
    }
    other.join().unwrap();
    drain(&mut first);
    assert_eq!(first.receipt().received, 1, "a cancelled wait loses nothing");
}

/// One waits while the other publishes and closes.
pub(crate) fn single_close_beside_wait() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let mut producer = Producer::new(shared).unwrap();
    let other = thread::spawn(move || {
        publish(&mut producer, 1..=1);
        assert!(producer.close());
    });
    assert_eq!(block_on_with::<Flag, _>(subscriber.recv()), Ok(Event { seq: 1, value: 1 }));
    assert!(block_on_with::<Flag, _>(subscriber.recv()).is_err());
    other.join().unwrap();
}

/// The next producer goes on where the one before it stopped.
pub(crate) fn single_handed_over() {
    let shared = buffer(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let mut first = Producer::new(shared.clone()).unwrap();
    let other = thread::spawn(move || publish(&mut first, 1..=2));
    if let Some(mut second) = Producer::new(shared.clone()) {
        let next = second.publish(0).unwrap();
        assert_eq!(next, 3, "after all of the first");
        drop(second);
    } else {
        drain(&mut subscriber);
    }
    other.join().unwrap();
    assert!(Producer::new(shared).is_some());
    check(&subscriber);
}

/// Joining, in each way, beside a producer that evicts.
pub(crate) fn single_beside_join() {
    let shared = buffer(1);
    let mut producer = Producer::new(shared.clone()).unwrap();
    publish(&mut producer, 1..=1);
    let other = thread::spawn(move || publish(&mut producer, 2..=3));
    for start in [Start::Latest(1), Start::Oldest, Start::After(1)] {
        let mut subscriber = Subscriber::new(shared.clone(), start);
        drain(&mut subscriber);
    }
    other.join().unwrap();
}
