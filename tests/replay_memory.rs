//! What a replay buffer allocates, and when: counted by an allocator, thread by thread.

#![cfg(feature = "std")]

use bellwether::{Event, ReplayBuffer, Start, Subscriber, TryRecvError};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

#[path = "support/allocator.rs"]
mod allocator;
#[path = "support/support.rs"]
mod support;
use allocator::{allocations, live_bytes};
use support::Task;

const MIB: usize = 1 << 20;
const STALLED: usize = 10_000;

fn buffer<T>(capacity: usize) -> ReplayBuffer<T> {
    ReplayBuffer::builder().capacity(capacity).build().unwrap()
}

/// What is allocated when a buffer is full of events that hold `each` bytes with
/// themselves, and nobody reads; and how much more it is than 1 MiB and the subscribers.
#[track_caller]
fn stalled<T>(each: usize, make: impl Fn() -> T) -> (usize, usize) {
    let before = live_bytes();
    let builder = ReplayBuffer::builder().capacity(MIB / each).max_bytes(MIB);
    let buffer = Arc::new(builder.build().unwrap());
    let mut subscribers = Vec::with_capacity(STALLED);
    for _ in 0..STALLED {
        subscribers.push(Subscriber::new(buffer.clone(), Start::Live));
    }
    for _ in 0..3 * MIB / each {
        assert!(buffer.publish_sized(make(), each).is_ok());
    }
    assert_eq!(buffer.stats().bytes, MIB);
    let held = usize::try_from(live_bytes() - before).unwrap();
    drop((subscribers, buffer));
    assert_eq!(live_bytes(), before, "all of it is given back");
    let floor = MIB + STALLED * size_of::<Subscriber<Arc<ReplayBuffer<T>>>>();
    (held, held - floor)
}

fn on_the_heap(bytes: usize) -> impl Fn() -> Box<[u8]> {
    move || vec![0; bytes - size_of::<Box<[u8]>>()].into()
}

#[test]
fn a_stalled_subscriber_costs_its_cursor() {
    assert!(size_of::<Subscriber<Arc<ReplayBuffer<[u8; 99]>>>>() <= 4 * size_of::<u64>());
    for (held, more) in [
        stalled(128, on_the_heap(128)),
        stalled(1 << 10, on_the_heap(1 << 10)),
        stalled(16 << 10, on_the_heap(16 << 10)),
        stalled(256 << 10, on_the_heap(256 << 10)),
        stalled(128, || [0_u8; 128]),
        stalled(1 << 10, || [0_u64; 128]),
    ] {
        assert!(10 * held <= 11 * (held - more), "{held} bytes, {more} too many");
    }
}

/// Beside events of a few bytes, what a slot takes is seen: the weight that is noted, and
/// its share of a chunk.
#[test]
fn a_slot_costs_less_than_two_words() {
    let events = |each| MIB / each;
    assert!(stalled(8, || 0_u64).1 <= 16 * events(8));
    assert!(stalled(64, || [0_u64; 8]).1 <= 16 * events(64));
    assert!(stalled(32, on_the_heap(32)).1 <= 16 * events(32));
}

/// As many events as fill it, and their chunks, several times.
fn warm<T: Clone>(capacity: usize, event: &T) -> ReplayBuffer<T> {
    let buffer = buffer(capacity);
    (0..5 * capacity).for_each(|_| assert!(buffer.publish(event.clone()).is_ok()));
    buffer
}

fn publishing<T: Clone>(event: &T) {
    for capacity in [1, 2, 10, 64, 1_000] {
        let buffer = warm(capacity, event);
        let count = allocations(|| {
            for _ in 0..3 * capacity {
                assert!(buffer.publish(event.clone()).is_ok());
                assert!(buffer.publish_sized(event.clone(), 3).is_ok());
            }
        });
        assert_eq!(count, 0, "{capacity}");
    }
}

#[test]
fn publishing_to_a_full_buffer() {
    publishing(&7_u64);
    publishing(&[7_u64; 16]);
    publishing(&());
    publishing(&Arc::new(7));
}

/// It collects the events, so that they become visible at once: nothing else.
/// With events that are dropped, and so not by the shortest path.
#[test]
fn a_chunk_is_allocated_when_its_first_event_comes() {
    let (buffer, event) = (buffer(1_000), Arc::new(7));
    let [first, second] = [event.clone(), event];
    assert!(allocations(|| assert!(buffer.publish(first).is_ok())) > 0);
    assert_eq!(allocations(|| assert!(buffer.publish(second).is_ok())), 0);
}

#[test]
fn publishing_a_batch() {
    let buffer = warm(64, &Arc::new(7));
    let events = [(); 40].map(|()| Arc::new(8));
    assert!(allocations(|| assert_eq!(buffer.publish_all(events), Ok(40))) <= 1);
}

fn now<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it is there"),
    }
}

#[test]
fn receiving_what_is_there() {
    let buffer = buffer(64);
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish_all((0..64).map(Arc::new)).unwrap();
    let mut events: Vec<Event<Arc<i32>>> = Vec::with_capacity(20);
    let count = allocations(|| {
        for number in 0..10 {
            assert_eq!(*subscriber.try_recv().unwrap().value, number);
        }
        let mut sum = 0;
        assert_eq!(subscriber.for_each_ready(10, |_, event| sum += **event), Ok(10));
        assert_eq!(sum, (10..20).sum());
        assert_eq!(subscriber.try_recv_many(&mut events, 10), Ok(10));
        assert!(matches!(now(subscriber.recv()), Ok(event) if event.seq == 31));
        assert_eq!(now(subscriber.recv_many(&mut events, 10)), Ok(10));
        assert_eq!(subscriber.recv_blocking().unwrap().seq, 42);
        assert_eq!((subscriber.lag(), subscriber.receipt().received), (22, 42));
        let mut late = buffer.subscribe(Start::Oldest);
        assert_eq!(late.try_recv().unwrap().seq, 1);
        assert!(matches!(buffer.resume(late.token()), bellwether::Resume::Complete(_)));
    });
    assert_eq!(count, 0);
}

/// Missed, empty and closed are answers like others.
#[test]
fn receiving_what_is_not_there() {
    let buffer = warm(8, &7);
    let mut subscriber = buffer.subscribe(Start::After(0));
    let count = allocations(|| {
        assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
        assert_eq!(subscriber.for_each_ready(8, |_, _| ()), Ok(8));
        assert_eq!(subscriber.try_recv(), Err(TryRecvError::Empty));
        assert!(buffer.close());
        assert_eq!(subscriber.try_recv(), Err(TryRecvError::Closed));
    });
    assert_eq!(count, 0);
}

#[test]
fn parking_and_waking() {
    struct Nobody;
    impl std::task::Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }
    let waker = Waker::from(Arc::new(Nobody));
    let buffer = warm(8, &7);
    let mut subscriber = buffer.subscribe(Start::Live);
    let mut events = Vec::with_capacity(8);
    let count = allocations(|| {
        let mut context = Context::from_waker(&waker);
        for _ in 0..20 {
            events.clear();
            {
                let mut cancelled = pin!(subscriber.recv());
                assert!(cancelled.as_mut().poll(&mut context).is_pending());
            }
            {
                let mut wait = pin!(subscriber.recv());
                assert!(wait.as_mut().poll(&mut context).is_pending());
                assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                buffer.publish(7).unwrap();
                assert!(matches!(wait.as_mut().poll(&mut context), Poll::Ready(Ok(_))));
            }
            let mut wait = pin!(subscriber.recv_many(&mut events, 8));
            assert!(wait.as_mut().poll(&mut context).is_pending());
            buffer.publish(7).unwrap();
            assert_eq!(wait.as_mut().poll(&mut context), Poll::Ready(Ok(1)));
        }
    });
    assert_eq!(count, 0);
}

/// They waited once, were woken once, and never came back.
#[test]
fn a_thousand_who_stall_cost_a_publisher_nothing() {
    let event = Arc::new(7);
    let buffer = warm(64, &event);
    let _still: Vec<_> = (0..500).map(|_| buffer.subscribe(Start::Live)).collect();
    let mut subscribers: Vec<_> = (0..500).map(|_| buffer.subscribe(Start::Live)).collect();
    let mut waits: Vec<_> = subscribers.iter_mut().map(|sub| Task::new(sub.recv())).collect();
    assert!(waits.iter_mut().all(|wait| wait.poll().is_pending()));
    buffer.publish(event.clone()).unwrap();
    assert!(waits.iter().all(|wait| (wait.wakes(), wait.retained()) == (1, 0)));
    let before = live_bytes();
    let count = allocations(|| {
        for _ in 0..1_000 {
            buffer.publish(event.clone()).unwrap();
            assert_eq!(Arc::strong_count(&event), 1 + 64, "nobody keeps an event");
        }
    });
    assert_eq!((count, live_bytes()), (0, before));
    assert!(waits.iter().all(|wait| wait.wakes() == 1), "nobody is woken again");
    assert!(waits.iter_mut().all(|wait| wait.finish().is_err()), "each is told what it missed");
}

/// Also what was evicted and held, what waits, and what was never read.
#[test]
fn all_of_it_is_given_back() {
    let before = live_bytes();
    {
        let buffer = Arc::new(buffer::<String>(20));
        let mut reader = Subscriber::new(buffer.clone(), Start::Live);
        let mut waiting = Subscriber::new(buffer.clone(), Start::Live);
        {
            let mut wait = Task::new(waiting.recv());
            assert!(wait.poll().is_pending());
            buffer.publish_all((0..90).map(|number| number.to_string())).unwrap();
            while reader.try_recv().is_err() {}
            reader
                .for_each_ready(1, |_, event| {
                    let text = event.clone();
                    (0..50).for_each(|n| assert!(buffer.publish(format!("{text}{n}")).is_ok()));
                })
                .unwrap();
        }
        assert!(live_bytes() > before);
    }
    assert_eq!(live_bytes(), before);
}
