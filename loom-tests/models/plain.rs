//! The buffer of plain events: reading beside publishers that overwrite in place.
//!
//! Every event is two words, both its sequence number: words of two events, and an
//! event under the number of another, are seen as such. loom's atomics remember seven
//! stores, so nobody publishes more.

use bellwether_loom::{
    PlainArray, PlainBuffer, Producer, ReplayBuffer, ReplayHandle, SingleProducer, Start,
    Subscriber, TryRecvError,
};
use loom::thread;

use super::support::{Flag, block_on_with};

type Event = (u64, usize);
/// Handles are counted by the system's `Arc`, so that a handle orders nothing.
type Shared = std::sync::Arc<PlainBuffer<Event>>;

fn buffer(capacity: usize) -> Shared {
    std::sync::Arc::new(ReplayBuffer::builder().capacity(capacity).build_plain().unwrap())
}

fn event(number: u64) -> Event {
    (number, number as usize)
}

fn publish(buffer: &PlainBuffer<Event>, number: u64) {
    assert_eq!(buffer.publish(event(number)), Ok(number));
}

fn check<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
    assert!(receipt.published < 10, "pending is not negative");
}

/// Receives what is there, one by one; returns the numbers.
fn drain<B: ReplayHandle<Event = Event>>(subscriber: &mut Subscriber<B>) -> Vec<u64> {
    let mut seen = vec![];
    let mut next = subscriber.token().seq + 1;
    loop {
        check(subscriber);
        match subscriber.try_recv() {
            Ok(received) => {
                assert_eq!((received.seq, received.value), (next, event(next)));
                next += 1;
                seen.push(received.seq);
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

/// Everything was published, and is accounted for.
fn finish<B: ReplayHandle<Event = Event>>(subscriber: &mut Subscriber<B>, last: u64) {
    drain(subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, last));
}

/// One reads while another publishes up to `last`.
fn lapped(capacity: usize, before: u64, last: u64) {
    let shared = buffer(capacity);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)))
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    finish(&mut subscriber, last);
}

pub(crate) fn lapped_in_one_slot() {
    lapped(1, 1, 3);
}

pub(crate) fn lapped_in_two_slots() {
    lapped(2, 2, 4);
}

/// Three events in four slots: an evicted event is not overwritten at once.
pub(crate) fn lapped_in_four_slots() {
    lapped(3, 4, 6);
}

/// In the buffer itself, as many slots as events.
pub(crate) fn lapped_in_an_array() {
    let shared = std::sync::Arc::new(PlainArray::<Event, 3>::new());
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=3).for_each(|number| assert_eq!(shared.publish(event(number)), Ok(number)));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || assert_eq!(shared.publish(event(4)), Ok(4)))
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    finish(&mut subscriber, 4);
}

/// The only producer takes no lock.
pub(crate) fn lapped_by_the_only_producer() {
    let buffer = ReplayBuffer::builder().capacity(1).build_plain().unwrap();
    let shared = std::sync::Arc::new(SingleProducer::new(buffer));
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let mut producer = Producer::new(shared).unwrap();
    assert_eq!(producer.publish(event(1)), Ok(1));
    let publisher = thread::spawn(move || {
        (2..=3).for_each(|number| assert_eq!(producer.publish(event(number)), Ok(number)));
    });
    drain(&mut subscriber);
    publisher.join().unwrap();
    finish(&mut subscriber, 3);
}

/// Many are lent on one visit, and the reader is lapped in the middle of it.
pub(crate) fn lapped_beside_batch_read() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=2).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (3..=4).for_each(|number| publish(&shared, number)))
    };
    let mut lent = 0;
    let read = subscriber.for_each_ready(3, |seq, value| {
        assert_eq!(*value, event(seq));
        lent += 1;
    });
    check(&subscriber);
    if let Ok(read) = read {
        assert_eq!(subscriber.receipt().received, read as u64);
    }
    assert_eq!(lent, subscriber.receipt().received);
    publisher.join().unwrap();
    finish(&mut subscriber, 4);
}

/// A batch is seen as a whole or not at all, and overwrites all there is.
pub(crate) fn batch_over_batch() {
    let shared = buffer(2);
    shared.publish_all([1, 2].map(event)).unwrap();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let publisher = thread::spawn(move || assert_eq!(shared.publish_all([3, 4].map(event)), Ok(2)));
    let seen = drain(&mut subscriber);
    assert_eq!(seen.contains(&3), seen.contains(&4), "the batch is seen as a whole");
    publisher.join().unwrap();
    finish(&mut subscriber, 4);
}

/// Two readers of one slot.
pub(crate) fn lapped_beside_two_reads() {
    let shared = buffer(1);
    publish(&shared, 1);
    let [mut mine, mut other] = [(); 2].map(|()| Subscriber::new(shared.clone(), Start::Oldest));
    let look = |subscriber: &mut Subscriber<Shared>| {
        let _ =
            subscriber.try_recv().map(|received| assert_eq!(received.value, event(received.seq)));
        check(subscriber);
    };
    let reader = thread::spawn(move || {
        look(&mut other);
        other
    });
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    look(&mut mine);
    publisher.join().unwrap();
    let mut other = reader.join().unwrap();
    finish(&mut mine, 2);
    finish(&mut other, 2);
}

/// One slot is overwritten by one publisher after the other.
pub(crate) fn two_lap_beside_read() {
    let shared = buffer(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    shared.publish((7, 7)).unwrap();
    let others = [8, 9].map(|number| {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(event(number)).unwrap())
    });
    match subscriber.try_recv() {
        Ok(received) => {
            assert_eq!(received.value, event(received.value.0), "torn");
            assert_eq!(received.seq == 1, received.value == event(7));
        }
        Err(TryRecvError::Missed(missed)) => assert_eq!(missed.from, 1),
        Err(_) => panic!("one was there"),
    }
    check(&subscriber);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(subscriber.receipt().published, 3);
}

/// Who joins sees what is retained and what comes, without a gap or a duplicate.
pub(crate) fn join_plain_beside_publish() {
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

/// A receiver parks while another overwrites what it waits for.
pub(crate) fn wait_beside_laps() {
    let shared = buffer(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || (1..=2).for_each(|number| publish(&shared, number)));
    match block_on_with::<Flag, _>(subscriber.recv()) {
        Ok(received) => assert_eq!(received.value, event(received.seq)),
        Err(error) => {
            let bellwether_loom::RecvError::Missed(missed) = error else { panic!("it is open") };
            assert_eq!((missed.from, missed.to), (1, 2));
        }
    }
    check(&subscriber);
    publisher.join().unwrap();
    finish(&mut subscriber, 2);
}
