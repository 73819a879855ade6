//! Readers that are inside of an event while it is evicted.

use bellwether_loom::{Start, Subscriber, TryRecvError};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;
use std::sync::Arc;

use super::super::support::{panic_quietly, panics};
use super::events::{Marked, buffer, buffer_and_reader, check, drain, publish, settled};

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

/// What is lent stays while it is lent, in a chunk of two of which one goes and then
/// the other. A publisher that does not look for readers drops it.
pub(crate) fn lend_beside_evict() {
    let (shared, mut subscriber) = buffer_and_reader(4);
    (1..=4).for_each(|number| publish(&shared, number));
    let publisher = thread::spawn(move || (5..=6).for_each(|number| publish(&shared, number)));
    let lent = subscriber.for_each_ready(2, |seq, event| {
        // Others run in between.
        thread::yield_now();
        assert_eq!(event.number(), seq);
    });
    check(&subscriber);
    assert!(matches!(lent, Ok(1 | 2) | Err(TryRecvError::Missed(_))));
    publisher.join().unwrap();
    drain(&mut subscriber);
    settled(&subscriber, 6);
}

/// Two are inside of one event when it goes: it is dropped after both have left. A pin
/// that is a flag and not a count would drop it after the first.
pub(crate) fn two_inside_beside_evict() {
    let (shared, mut mine) = buffer_and_reader(1);
    let mut other = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        let _ = other.for_each_ready(1, |seq, event| assert_eq!(event.number(), seq));
        check(&other);
        other
    });
    let lent = mine.for_each_ready(1, |_, event| {
        publish(&shared, 2);
        publish(&shared, 3);
        assert_eq!(event.number(), 1);
    });
    assert_eq!(lent, Ok(1));
    let mut other = reader.join().unwrap();
    for subscriber in [&mut mine, &mut other] {
        drain(subscriber);
        settled(subscriber, 3);
    }
}

/// Whose clone panics leaves the chunk, so that the event goes, and stays before it, so
/// that the account is right. A pin that is not given back leaks the event's chunk.
pub(crate) fn panic_inside_beside_evict() {
    let (shared, mut subscriber) = buffer_and_reader(1);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    let panicked = panics(|| {
        let _ = subscriber.for_each_ready(1, |_, _| panic_quietly());
    });
    check(&subscriber);
    assert_eq!(subscriber.receipt().received, 0);
    publisher.join().unwrap();
    // Either it panicked in the first or the second, or was told that the first is gone.
    assert!(panicked || subscriber.receipt().missed == 1);
    drain(&mut subscriber);
    settled(&subscriber, 2);
}

/// Counts itself.
struct Alive(#[expect(dead_code, reason = "for its drop")] Marked, Arc<AtomicUsize>);

impl Alive {
    fn new(number: u64, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Relaxed);
        Self(Marked::new(number), alive.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Relaxed);
    }
}

/// What a reader kept a publisher from dropping goes with the next publication after it
/// has left, and the rest with the buffer.
pub(crate) fn left_behind_is_dropped() {
    let alive = Arc::new(AtomicUsize::new(0));
    let (shared, mut subscriber) = buffer_and_reader(1);
    shared.publish(Alive::new(1, &alive)).unwrap();
    let publisher = {
        let (shared, alive) = (shared.clone(), alive.clone());
        thread::spawn(move || shared.publish(Alive::new(2, &alive)).unwrap())
    };
    let _ = subscriber.for_each_ready(1, |_, _| ());
    check(&subscriber);
    publisher.join().unwrap();
    assert!((1..=2).contains(&alive.load(Relaxed)));
    shared.publish(Alive::new(3, &alive)).unwrap();
    assert_eq!(alive.load(Relaxed), 1, "one is retained");
    check(&subscriber);
    drop((shared, subscriber));
    assert_eq!(alive.load(Relaxed), 0);
}
