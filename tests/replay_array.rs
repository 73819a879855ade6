//! The replay buffer without an allocator: in a `static`, moved, full of readers.

use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

#[cfg(feature = "std")]
use bellwether::RecvError;
use bellwether::{
    PublishError, Replay, ReplayArray, ReplayHandle, ReplayStore, Start, Subscriber, TryRecvError,
};

#[path = "support/allocator.rs"]
mod allocator;

/// Counts its drops.
#[derive(Clone)]
struct Counted<'a>(u32, &'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.1.fetch_add(1, Relaxed);
    }
}

fn drain<T: Clone, B: ReplayHandle<Event = T>>(subscriber: &mut Subscriber<B>) -> Vec<T> {
    core::iter::from_fn(|| subscriber.try_recv().ok().map(|event| event.value)).collect()
}

#[cfg(feature = "std")]
#[test]
fn a_static_is_read_by_threads() {
    static EVENTS: ReplayArray<String, 10> = ReplayArray::new();
    let mut subscribers = [(); 3].map(|()| EVENTS.subscribe(Start::Live));
    let readers = subscribers.each_mut().map(|subscriber| {
        let mut subscriber = core::mem::replace(subscriber, EVENTS.subscribe(Start::Live));
        std::thread::spawn(move || {
            let mut next = 1;
            loop {
                match subscriber.recv_blocking() {
                    Ok(event) => {
                        assert_eq!((event.seq, event.value), (next, next.to_string()));
                        next += 1;
                    }
                    Err(RecvError::Missed(missed)) => {
                        assert_eq!(missed.from, next);
                        next = missed.to;
                    }
                    Err(_) => return next,
                }
            }
        })
    });
    for number in 1..=5_000_u64 {
        let mut event = number.to_string();
        // Readers may be inside of every spare slot, and go on.
        while let Err(error) = EVENTS.publish(event) {
            assert!(matches!(error, PublishError::Busy(_)));
            event = error.into_inner();
            std::thread::yield_now();
        }
    }
    EVENTS.close();
    for reader in readers {
        assert_eq!(reader.join().unwrap(), 5_001);
    }
}

#[cfg(feature = "std")]
#[tokio::test]
async fn a_static_is_read_by_a_task() {
    static EVENTS: ReplayArray<u32, 4> = ReplayArray::new();
    let mut subscriber = EVENTS.subscribe(Start::Live);
    let task = tokio::spawn(async move {
        let mut seen = vec![];
        while let Ok(event) = subscriber.recv().await {
            seen.push(event.value);
        }
        seen
    });
    for event in 1..=4 {
        EVENTS.publish(event).unwrap();
        tokio::task::yield_now().await;
    }
    EVENTS.close();
    assert_eq!(task.await.unwrap(), [1, 2, 3, 4]);
}

#[test]
fn it_is_moved_after_use() {
    let drops = AtomicUsize::new(0);
    let events: ReplayArray<_, 3> = ReplayArray::new();
    (1..=5).for_each(|n| assert!(events.publish(Counted(n, &drops)).is_ok()));
    let mut lent = events.subscribe(Start::Oldest);
    let inside = lent.for_each_ready(1, |_, event| {
        // Its entry has changed places with a spare slot.
        assert!(events.publish(Counted(6, &drops)).is_ok());
        assert_eq!(event.0, 3);
    });
    assert_eq!(inside, Ok(1));
    drop(lent);
    let moved = core::hint::black_box(Box::new(events));
    let mut subscriber = moved.subscribe(Start::Oldest);
    let numbers: Vec<_> = drain(&mut subscriber).iter().map(|event| event.0).collect();
    assert_eq!(numbers, [4, 5, 6]);
    assert!(moved.publish(Counted(7, &drops)).is_ok());
    assert_eq!(drain(&mut subscriber).len(), 1);
    // Four were evicted and four were clones.
    assert_eq!(drops.load(Relaxed), 4 + 4);
    drop(subscriber);
    drop(moved);
    assert_eq!(drops.load(Relaxed), 7 + 4);
}

#[test]
fn each_event_is_dropped_once_and_in_time() {
    let drops = AtomicUsize::new(0);
    let events: ReplayArray<_, 5, (), 1> = ReplayArray::default();
    let mut inside = events.subscribe(Start::Live);
    for n in 1..=100 {
        assert!(events.publish(Counted(n, &drops)).is_ok());
        assert_eq!(drops.load(Relaxed), n.saturating_sub(5) as usize);
    }
    let mut number = 100;
    let _ = inside.for_each_ready(1, |_, _| unreachable!("those it waited for are gone"));
    let _ = inside.for_each_ready(1, |_, event| {
        for _ in 0..20 {
            number += 1;
            assert!(events.publish(Counted(number, &drops)).is_ok());
        }
        assert_eq!(event.0, 96, "it is held");
        assert_eq!(drops.load(Relaxed), 114, "and nothing else");
    });
    assert!(events.publish(Counted(121, &drops)).is_ok());
    assert_eq!(drops.load(Relaxed), 116);
    drop(inside);
    drop(events);
    assert_eq!(drops.load(Relaxed), 121);
}

#[test]
fn bytes_are_a_bound() {
    static LINES: ReplayArray<&str, 8> = ReplayArray::new().max_bytes(10).weigh(|line| line.len());
    assert_eq!(LINES.publish("much too long"), Err(PublishError::TooLarge("much too long")));
    for line in ["one", "two", "three", "seven"] {
        LINES.publish(line).unwrap();
        assert!(LINES.stats().bytes <= 10);
    }
    assert_eq!(drain(&mut LINES.subscribe(Start::Oldest)), ["three", "seven"]);
}

#[test]
fn a_tighter_bound_holds_from_the_next_event_on() {
    let events: ReplayArray<u8, 8> = ReplayArray::new();
    (1..=8).for_each(|event| assert!(events.publish(event).is_ok()));
    let events = events.max_bytes(3);
    assert_eq!(events.publish(9), Ok(9));
    assert_eq!(drain(&mut events.subscribe(Start::Oldest)), [7, 8, 9]);
}

#[test]
#[should_panic(expected = "no event would fit")]
fn no_bytes_is_refused() {
    let _ = ReplayArray::<u8, 8>::new().max_bytes(0);
}

/// How many readers are inside, one in the other, each of the newest event, when
/// nothing can be published any more.
fn readers_until_busy<S, T>(events: &Replay<S>, inside: u64, event: fn(u64) -> T) -> u64
where
    S: ReplayStore<Event = T>,
    T: PartialEq + core::fmt::Debug,
{
    let mut busy = 0;
    let read = events.subscribe(Start::Latest(1)).for_each_ready(1, |seq, held| {
        busy = match events.publish(event(seq + 1)) {
            Ok(_) => readers_until_busy(events, inside + 1, event),
            Err(error) => {
                assert_eq!(error, PublishError::Busy(event(seq + 1)), "given back");
                assert!(matches!(events.publish(event(0)), Err(PublishError::Busy(_))));
                assert_eq!(events.stats().published, seq);
                inside + 1
            }
        };
        assert_eq!(held, &event(seq), "it is held");
    });
    assert_eq!(read, Ok(1));
    busy
}

fn busy_and_fine_again<const SPARE: usize, T>(event: fn(u64) -> T)
where
    T: Clone + PartialEq + core::fmt::Debug,
{
    let events: ReplayArray<T, 1, (), SPARE> = ReplayArray::new();
    for _ in 0..3 {
        let seq = events.stats().published + 1;
        assert_eq!(events.publish(event(seq)), Ok(seq));
        assert_eq!(readers_until_busy(&events, 0, event), SPARE as u64 + 1);
    }
    let seq = events.stats().published + 1;
    assert_eq!(events.publish(event(seq)), Ok(seq));
    assert_eq!(drain(&mut events.subscribe(Start::Oldest)), [event(seq)]);
}

#[test]
fn busy_with_more_readers_inside_than_spare_slots() {
    busy_and_fine_again::<0, _>(|seq| seq);
    busy_and_fine_again::<1, _>(|seq| seq);
    busy_and_fine_again::<2, _>(|seq| seq);
    busy_and_fine_again::<0, _>(|seq| seq.to_string());
    busy_and_fine_again::<1, _>(|seq| seq.to_string());
    busy_and_fine_again::<3, _>(|seq| seq.to_string());
}

/// Nothing is evicted that a reader is inside of: no spare slot is needed.
#[test]
fn none_to_spare_is_enough_beside_readers_of_what_is_retained() {
    let events: ReplayArray<String, 3, (), 0> = ReplayArray::new();
    (1..=3).for_each(|n| assert!(events.publish(n.to_string()).is_ok()));
    let read = events.subscribe(Start::Latest(1)).for_each_ready(1, |_, held| {
        assert_eq!(events.publish("4".into()), Ok(4));
        assert_eq!(events.publish("5".into()), Ok(5));
        assert_eq!(held, "3");
    });
    assert_eq!(read, Ok(1));
}

#[cfg(feature = "alloc")]
#[test]
fn a_batch_that_is_refused_is_given_back() {
    let events: ReplayArray<u32, 2, (), 0> = ReplayArray::new();
    assert_eq!(events.publish_all([1, 2]), Ok(2));
    let read = events.subscribe(Start::Oldest).for_each_ready(1, |_, held| {
        assert_eq!(events.publish_all([3, 4]), Err(PublishError::Busy(vec![3, 4])));
        assert_eq!(held, &1);
    });
    assert_eq!(read, Ok(1));
    assert_eq!(events.publish_all(3..=9), Ok(7));
    assert_eq!(drain(&mut events.subscribe(Start::Oldest)), [8, 9]);
}

#[test]
fn nothing_allocates() {
    static EVENTS: ReplayArray<[u8; 40], 6, (), 1> = ReplayArray::new();
    let allocations = allocator::allocations(|| {
        let mut waiting = EVENTS.subscribe(Start::Live);
        let mut subscriber = EVENTS.subscribe(Start::Live);
        let mut context = Context::from_waker(Waker::noop());
        let mut recv = pin!(waiting.recv());
        assert!(recv.as_mut().poll(&mut context).is_pending());
        for n in 1..=20 {
            assert!(EVENTS.publish([n; 40]).is_ok());
        }
        assert!(matches!(recv.as_mut().poll(&mut context), Poll::Ready(Err(_))));
        assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
        assert_eq!(subscriber.try_recv().map(|event| event.value), Ok([15; 40]));
        let lent = subscriber.for_each_ready(5, |seq, event| {
            let _ = EVENTS.publish([99; 40]);
            assert_eq!(event, &[seq as u8; 40]);
        });
        assert!(lent.is_ok());
        assert!(EVENTS.close());
    });
    assert_eq!(allocations, 0);
}

#[test]
fn many_events() {
    static EVENTS: ReplayArray<u64, 100_003> = ReplayArray::new();
    let mut subscriber = EVENTS.subscribe(Start::Oldest);
    for n in 1..=250_000 {
        assert_eq!(EVENTS.publish(n), Ok(n));
    }
    let missed = subscriber.try_recv().unwrap_err();
    assert!(matches!(missed, TryRecvError::Missed(missed) if missed.events() == 149_997));
    for n in 149_998..=250_000 {
        assert_eq!(subscriber.try_recv().unwrap().value, n);
    }
    assert_eq!(subscriber.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn it_is_shown_without_its_events() {
    let events: ReplayArray<fn(), 2> = ReplayArray::new();
    assert!(format!("{events:?}").contains("capacity: 2"));
}

/// Publishes, and goes on inside of what was published: so each keeps its slot.
fn publish_inside<const SPARE: usize>(
    events: &ReplayArray<Arc<()>, 1, (), SPARE>,
    event: &Arc<()>,
    levels: usize,
) {
    if levels > 0 {
        events.publish(event.clone()).expect("a spare slot");
        let read = events
            .subscribe(Start::Latest(1))
            .for_each_ready(1, |_, _| publish_inside(events, event, levels - 1));
        assert_eq!(read, Ok(1));
    }
}

#[test]
fn all_spare_slots_are_freed_by_one_publication() {
    // More than are carried out of the lock at a time.
    let (events, event) = (ReplayArray::<_, 1, (), 20>::new(), Arc::new(()));
    publish_inside(&events, &event, 20);
    assert_eq!(Arc::strong_count(&event), 1 + 20);
    events.publish(event.clone()).unwrap();
    assert_eq!(Arc::strong_count(&event), 1 + 1);
}

type Weighed = ReplayArray<(Arc<()>, usize), 20, (), 20>;

/// Goes inside of the last `n` events, one inside of the other, and then publishes.
fn publish_inside_of_the_last(events: &Weighed, n: usize, event: (Arc<()>, usize)) {
    if n == 0 {
        events.publish(event).expect("as many spare slots as events");
        return;
    }
    let mut subscriber = events.subscribe(Start::Latest(n));
    let mut event = Some(event);
    let read = subscriber.for_each_ready(1, |_, _| {
        publish_inside_of_the_last(events, n - 1, event.take().expect("once"));
    });
    assert_eq!(read, Ok(1));
}

#[test]
fn spare_slots_are_freed_also_if_nothing_is_evicted() {
    let events: Weighed = ReplayArray::with_hooks(()).max_bytes(40).weigh(|event| event.1);
    let event = Arc::new(());
    for _ in 0..20 {
        events.publish((event.clone(), 2)).unwrap();
    }
    // All of them go, to spare slots.
    publish_inside_of_the_last(&events, 20, (event.clone(), 39));
    assert_eq!(Arc::strong_count(&event), 1 + 20 + 1);
    // There is room for this one.
    events.publish((event.clone(), 1)).unwrap();
    assert_eq!(events.stats().len, 2);
    assert_eq!(Arc::strong_count(&event), 1 + 2);
}
