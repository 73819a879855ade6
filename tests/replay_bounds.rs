//! What a replay buffer holds at most: events, bytes, and what readers are inside of.

#![cfg(feature = "std")]

use bellwether::{ReplayBuffer, Start, Subscriber, TryRecvError};
use std::sync::{Arc, mpsc};
use std::thread;

fn buffer(capacity: usize, bytes: usize) -> ReplayBuffer<Arc<()>> {
    ReplayBuffer::builder().capacity(capacity).max_bytes(bytes).build().unwrap()
}

#[test]
fn evicts_no_more_than_it_takes() {
    let alive = Arc::new(());
    let buffer = buffer(10, 100);
    for bytes in [10, 20, 30, 40] {
        buffer.publish_sized(alive.clone(), bytes).unwrap();
    }
    assert_eq!((buffer.stats().len, buffer.stats().bytes), (4, 100));
    buffer.publish_sized(alive.clone(), 11).unwrap();
    assert_eq!((buffer.stats().evicted_through, buffer.stats().bytes), (2, 81));
    buffer.publish_sized(alive.clone(), 100).unwrap();
    assert_eq!((buffer.stats().evicted_through, buffer.stats().bytes), (5, 100));
    assert_eq!(Arc::strong_count(&alive), 2, "dropped at once");
    buffer.publish_sized(alive.clone(), 0).unwrap();
    assert_eq!(buffer.stats().len, 2, "no weight, no eviction");
}

/// Events that need no drop take a path of their own: the same bounds, to the event.
#[test]
fn plain_events_are_bounded_alike() {
    let mut random = 7_u64;
    for (capacity, max_bytes) in [(1, 30), (2, 30), (5, 30), (33, 30), (33, 200), (64, usize::MAX)]
    {
        let builder = ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes);
        let buffer: ReplayBuffer<u64> = builder.build().unwrap();
        let mut retained = std::collections::VecDeque::new();
        let mut subscriber = buffer.subscribe(Start::Live);
        for number in 1..=1_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let bytes = (random >> 60) as usize;
            assert_eq!(buffer.publish_sized(number, bytes), Ok(number));
            retained.push_back((number, bytes));
            let sum = |retained: &std::collections::VecDeque<(u64, usize)>| {
                retained.iter().map(|(_, bytes)| bytes).sum::<usize>()
            };
            while retained.len() > capacity || sum(&retained) > max_bytes {
                retained.pop_front();
            }
            let stats = buffer.stats();
            assert_eq!((stats.len, stats.bytes), (retained.len(), sum(&retained)));
            assert_eq!(stats.evicted_through, number - retained.len() as u64);
            if random >> 56 & 7 == 0 {
                while !matches!(subscriber.try_recv(), Err(TryRecvError::Empty)) {}
                assert_eq!(subscriber.receipt().pending, 0);
            }
        }
        let mut all = buffer.subscribe(Start::Oldest);
        let seen: Vec<_> =
            core::iter::from_fn(|| all.try_recv().ok()).map(|event| event.value).collect();
        assert_eq!(seen, retained.iter().map(|(number, _)| *number).collect::<Vec<_>>());
    }
}

/// A thousand events go for one: more than are carried out of the lock at a time.
#[test]
fn one_event_pushes_a_thousand_out() {
    let alive = Arc::new(());
    let buffer = buffer(1_000, 1_000);
    buffer.publish_all((0..1_000).map(|_| alive.clone())).unwrap();
    // They weigh the size of an `Arc` each.
    let retained = 1_000 / size_of::<Arc<()>>();
    assert_eq!(Arc::strong_count(&alive), 1 + retained);
    buffer.publish_sized(alive.clone(), 1_000).unwrap();
    assert_eq!((buffer.stats().len, Arc::strong_count(&alive)), (1, 2));
}

#[test]
fn who_stands_still_keeps_nothing() {
    let alive = Arc::new(());
    let buffer = buffer(16, usize::MAX);
    let mut still: Vec<_> = (0..100).map(|_| buffer.subscribe(Start::Live)).collect();
    for _ in 0..1_000 {
        buffer.publish(alive.clone()).unwrap();
        assert!(Arc::strong_count(&alive) <= 17);
    }
    for subscriber in &mut still {
        let Err(TryRecvError::Missed(missed)) = subscriber.try_recv() else { panic!() };
        assert_eq!(missed.events(), 984);
    }
}

/// A reader that stops in the middle holds its chunk, and delays neither publishers nor
/// other readers.
#[test]
fn who_stops_in_the_middle_keeps_a_chunk() {
    let alive = Arc::new(());
    let buffer = Arc::new(buffer(64, usize::MAX));
    let (inside, is_inside) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    buffer.publish_all((0..64).map(|_| alive.clone())).unwrap();
    let mut stopped = Subscriber::new(buffer.clone(), Start::Oldest);
    let reader = thread::spawn(move || {
        let read = stopped.for_each_ready(1, |_, event| {
            inside.send(()).unwrap();
            may_go_on.recv().unwrap();
            assert!(Arc::strong_count(event) > 1, "still there");
        });
        assert_eq!(read, Ok(1));
    });
    is_inside.recv().unwrap();
    let mut other = buffer.subscribe(Start::Live);
    for _ in 0..1_000 {
        buffer.publish(alive.clone()).unwrap();
        assert!(other.try_recv().is_ok());
        assert!(Arc::strong_count(&alive) <= 1 + 64 + 8, "a chunk of 8");
    }
    assert_eq!(Arc::strong_count(&alive), 1 + 64 + 8);
    go_on.send(()).unwrap();
    reader.join().unwrap();
    buffer.publish(alive.clone()).unwrap();
    assert_eq!(Arc::strong_count(&alive), 1 + 64, "gone with the next publication");
    drop(other);
    drop(buffer);
    assert_eq!(Arc::strong_count(&alive), 1);
}

/// Closing does it too.
#[test]
fn what_was_held_goes_when_it_is_closed() {
    let alive = Arc::new(());
    let buffer = buffer(1, usize::MAX);
    buffer.publish(alive.clone()).unwrap();
    let mut subscriber = buffer.subscribe(Start::Oldest);
    subscriber
        .for_each_ready(1, |_, _| {
            buffer.publish(alive.clone()).unwrap();
            assert_eq!(Arc::strong_count(&alive), 3, "one is held");
        })
        .unwrap();
    assert_eq!(Arc::strong_count(&alive), 3);
    buffer.close();
    assert_eq!(Arc::strong_count(&alive), 2);
}
