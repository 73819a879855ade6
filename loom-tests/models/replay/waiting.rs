//! Waiting for the next event, and ceasing to.

use bellwether_loom::{RecvError, Start, Subscriber};
use core::pin::pin;
use loom::thread;

use super::super::support::{Bell, Flag, Signal, block_on_with, poll_and_drop, poll_once};
use super::events::{Marked, buffer, buffer_and_reader, check, drain, publish, settled};

/// Nobody sleeps through an event that is published in place.
pub(crate) fn wait_beside_in_place() {
    let shared = buffer::<u64>(4);
    shared.publish(1).unwrap();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || assert_eq!(shared.publish(2), Ok(2)));
    let event = block_on_with::<Flag, _>(subscriber.recv()).unwrap();
    assert_eq!((event.seq, event.value), (2, 2));
    publisher.join().unwrap();
    settled(&subscriber, 1);
}

/// A receiver parks while another publishes.
pub(crate) fn wait_beside_publish() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || publish(&shared, 1));
    let event = block_on_with::<Flag, _>(subscriber.recv()).unwrap();
    assert_eq!((event.seq, event.value.number()), (1, 1));
    publisher.join().unwrap();
    settled(&subscriber, 1);
}

/// Two receivers, one batch of wakers each.
pub(crate) fn two_wait_beside_publish() {
    let shared = buffer::<Marked>(2);
    let others = [(); 2].map(|()| {
        let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
        thread::spawn(move || {
            let event = block_on_with::<Bell, _>(subscriber.recv()).unwrap();
            assert_eq!((event.seq, event.value.number()), (1, 1));
            settled(&subscriber, 1);
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
    settled(&subscriber, 1);
}

/// A waiter gets another waker while somebody publishes.
pub(crate) fn new_waker_beside_event() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    {
        let mut waits = pin!(subscriber.recv());
        assert!(poll_once(waits.as_mut(), &Bell::new()).is_pending());
        let publisher = thread::spawn(move || publish(&shared, 1));
        let bell = Bell::new();
        while poll_once(waits.as_mut(), &bell).is_pending() {
            bell.wait();
        }
        publisher.join().unwrap();
    }
    settled(&subscriber, 1);
}

/// A thread that blocks is woken.
pub(crate) fn recv_blocking_beside_publish() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || publish(&shared, 1));
    assert_eq!(subscriber.recv_blocking().unwrap().value.number(), 1);
    publisher.join().unwrap();
    settled(&subscriber, 1);
}

/// Who waits for many gets the whole batch, which is seen at once.
pub(crate) fn recv_many_beside_batch() {
    let (shared, mut subscriber) = buffer_and_reader::<Marked>(4);
    let publisher = thread::spawn(move || shared.publish_all([1, 2].map(Marked::new)).unwrap());
    let mut events = vec![];
    let received = block_on_with::<Flag, _>(subscriber.recv_many(&mut events, 9));
    assert_eq!(received, Ok(2));
    let seen: Vec<_> = events.iter().map(|event| (event.seq, event.value.number())).collect();
    assert_eq!(seen, [(1, 1), (2, 2)]);
    publisher.join().unwrap();
    settled(&subscriber, 2);
}

/// Who waits while two are published over each other gets one, or is told: it never
/// sleeps, and nothing is lost without a word.
pub(crate) fn wait_beside_evict() {
    let (shared, mut subscriber) = buffer_and_reader(1);
    let publisher = thread::spawn(move || (1..=2).for_each(|number| publish(&shared, number)));
    let first = block_on_with::<Flag, _>(subscriber.recv());
    match first {
        Ok(event) => assert_eq!(event.seq, event.value.number()),
        Err(RecvError::Missed(missed)) => assert_eq!((missed.from, missed.to), (1, 2)),
        Err(_) => panic!("nobody closes"),
    }
    check(&subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    settled(&subscriber, 2);
}

/// Of two in the list, one goes by itself while another thread takes both out.
fn cancel_one(oldest: bool) {
    let (shared, mut mine) = buffer_and_reader::<Marked>(2);
    let mut other = Subscriber::new(shared.clone(), Start::Live);
    let (signal, bell) = (Bell::new(), Bell::new());
    let waiter = {
        let mut goes = Box::pin(mine.recv());
        if oldest {
            assert!(poll_once(goes.as_mut(), &signal).is_pending());
        }
        let waiter = thread::spawn(move || {
            let event = block_on_with::<Bell, _>(other.recv()).unwrap();
            assert_eq!((event.seq, event.value.number()), (1, 1));
            settled(&other, 1);
        });
        if !oldest {
            assert!(poll_once(goes.as_mut(), &bell).is_pending());
        }
        let publisher = thread::spawn(move || publish(&shared, 1));
        drop(goes);
        publisher.join().unwrap();
        waiter
    };
    waiter.join().unwrap();
    assert_eq!(drain(&mut mine), [1], "it goes on where it was");
    settled(&mine, 1);
}

/// The first in the list goes while the second parks and somebody publishes.
pub(crate) fn cancel_first_beside_park_and_publish() {
    cancel_one(true);
}

/// One goes that may be the first or the second.
pub(crate) fn cancel_any_beside_park_and_publish() {
    cancel_one(false);
}

/// Two go at once, with one between them, who is still found. Links that are written
/// without the lock would lose it.
pub(crate) fn cancel_beside_cancel_around_one() {
    let (shared, mut first) = buffer_and_reader::<Marked>(2);
    let mut last = Subscriber::new(shared.clone(), Start::Live);
    let mut kept = Subscriber::new(shared.clone(), Start::Live);
    let bell = Bell::new();
    {
        let mut kept = pin!(kept.recv());
        let other = {
            let mut goes = Box::pin(first.recv());
            assert!(poll_once(goes.as_mut(), &Bell::new()).is_pending());
            assert!(poll_once(kept.as_mut(), &bell).is_pending());
            let other = thread::spawn(move || {
                assert!(poll_and_drop(last.recv()).is_none());
                last
            });
            drop(goes);
            other
        };
        let last = other.join().unwrap();
        check(&last);
        publish(&shared, 1);
        while poll_once(kept.as_mut(), &bell).is_pending() {
            bell.wait();
        }
    }
    settled(&kept, 1);
    assert_eq!(drain(&mut first), [1]);
    settled(&first, 1);
}

/// A wait that is given up beside a publication takes nothing with it: the event is
/// still there. A wake-up that stands for an event would be lost with it.
pub(crate) fn give_up_beside_publish() {
    let (shared, mut subscriber) = buffer_and_reader(2);
    let publisher = thread::spawn(move || publish(&shared, 1));
    let mut seen: Vec<_> = match poll_and_drop(subscriber.recv()) {
        Some(event) => vec![event.unwrap().seq],
        None => vec![],
    };
    check(&subscriber);
    publisher.join().unwrap();
    seen.extend(drain(&mut subscriber));
    assert_eq!(seen, [1]);
    settled(&subscriber, 1);
}
