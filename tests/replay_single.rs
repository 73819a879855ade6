//! A buffer with one producer.

#![cfg(feature = "std")]

use bellwether::{Event, Producer, PublishError, ReplayBuffer, SingleProducer, Start, Subscriber};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use futures::executor::block_on;
use std::sync::Arc;
use std::task::Wake;
use std::thread;

fn buffer<T>(capacity: usize) -> Arc<SingleProducer<ReplayBuffer<T>>> {
    let buffer = ReplayBuffer::builder().capacity(capacity).build().unwrap();
    Arc::new(SingleProducer::new(buffer))
}

#[test]
fn there_is_one_at_a_time() {
    let buffer = buffer(4);
    let mut first = Producer::new(buffer.clone()).unwrap();
    assert!(Producer::new(buffer.clone()).is_none());
    assert!(buffer.producer().is_none());
    first.publish("first").unwrap();
    drop(first);
    assert_eq!(buffer.producer().unwrap().publish("second"), Ok(2));
    core::mem::forget(buffer.producer().unwrap());
    assert!(buffer.producer().is_none(), "leaked with its claim");
    assert_eq!(buffer.stats().published, 2);
}

#[test]
fn what_is_evicted_is_dropped_at_once() {
    let (buffer, alive) = (buffer(3), Arc::new(()));
    let mut producer = buffer.producer().unwrap();
    for _ in 0..10 {
        producer.publish(alive.clone()).unwrap();
    }
    assert_eq!(Arc::strong_count(&alive), 4);
    assert_eq!(producer.publish_all(vec![alive.clone(); 7]), Ok(7));
    assert_eq!(Arc::strong_count(&alive), 4);
    drop(producer);
    drop(buffer);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn gives_back_what_it_does_not_take() {
    let buffer = ReplayBuffer::builder().capacity(4).max_bytes(100).build().unwrap();
    let buffer = SingleProducer::new(buffer);
    let mut producer = buffer.producer().unwrap();
    assert_eq!(producer.publish_sized("long", 101), Err(PublishError::TooLarge("long")));
    assert!(producer.close());
    assert!(!producer.close());
    assert_eq!(producer.publish_sized("late", 1), Err(PublishError::Closed("late")));
    assert_eq!(producer.publish_all(["late"]), Err(PublishError::Closed(vec!["late"])));
}

#[test]
fn it_says_how_much_it_keeps_and_whether_it_is_closed() {
    let buffer = buffer::<u64>(4);
    assert_eq!((buffer.capacity(), buffer.is_closed()), (4, false));
    assert!(buffer.producer().unwrap().close());
    assert_eq!((buffer.capacity(), buffer.is_closed()), (4, true));
}

struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn one_event_wakes_all_who_wait() {
    // More than are carried out of the lock at a time.
    const READERS: usize = 30;
    let buffer = buffer(4);
    let mut producer = buffer.producer().unwrap();
    let mut readers = [(); READERS].map(|()| buffer.subscribe(Start::Live));
    let mut waits = readers.each_mut().map(|reader| Box::pin(reader.recv()));
    let bell = Arc::new(Bell(AtomicUsize::new(0)));
    let waker = Waker::from(bell.clone());
    let mut cx = Context::from_waker(&waker);
    waits.iter_mut().for_each(|wait| assert!(wait.as_mut().poll(&mut cx).is_pending()));
    producer.publish(7).unwrap();
    assert_eq!(bell.0.load(Ordering::Relaxed), READERS);
    for wait in &mut waits {
        let Poll::Ready(Ok(Event { value: 7, .. })) = wait.as_mut().poll(&mut cx) else {
            panic!("it was woken");
        };
    }
}

#[test]
fn a_thread_waits_for_several() {
    let buffer = buffer(8);
    let mut reader = buffer.subscribe(Start::Live);
    thread::scope(|scope| {
        scope.spawn(|| buffer.producer().unwrap().publish_all([1, 2, 3]).unwrap());
        let mut all = vec![];
        while all.len() < 3 {
            let before = all.len();
            let received = reader.recv_many_blocking(&mut all, 2).unwrap();
            assert!((1..=2).contains(&received));
            assert_eq!(all.len(), before + received);
        }
        assert!(all.iter().map(|event| event.value).eq(1..=3));
    });
}

/// The payload tells whether it is whole.
#[derive(Clone)]
struct Checked([u64; 4]);

impl Checked {
    fn new(number: u64) -> Self {
        Self([number, !number, number.rotate_left(17), number ^ 0x5555])
    }

    fn number(&self) -> u64 {
        assert_eq!(self.0, Self::new(self.0[0]).0, "torn");
        self.0[0]
    }
}

/// Readers of each kind beside a producer that laps them.
#[test]
fn readers_account_for_all() {
    const EVENTS: u64 = 100_000;
    let buffer = buffer(64);
    let readers: Vec<_> = (0..6)
        .map(|kind| {
            let mut subscriber = Subscriber::new(buffer.clone(), Start::Live);
            thread::spawn(move || {
                let mut seen = 0;
                loop {
                    let whole = |seq, value: &Checked| assert_eq!(value.number(), seq);
                    let result = match kind % 3 {
                        0 => subscriber.recv_blocking().map(|Event { seq, value }| {
                            whole(seq, &value);
                            seen += 1;
                        }),
                        1 => block_on(subscriber.recv()).map(|Event { seq, value }| {
                            whole(seq, &value);
                            seen += 1;
                        }),
                        _ => subscriber.ready_blocking().map(|()| {
                            seen += subscriber.for_each_ready(16, whole).unwrap_or(0);
                        }),
                    };
                    if result == Err(bellwether::RecvError::Closed) {
                        let receipt = subscriber.receipt();
                        assert_eq!((receipt.published, receipt.pending), (EVENTS, 0));
                        assert_eq!(receipt.received, seen as u64);
                        assert_eq!(receipt.received + receipt.missed, EVENTS);
                        return;
                    }
                }
            })
        })
        .collect();
    let mut producer = Producer::new(buffer.clone()).unwrap();
    for number in 1..=EVENTS / 2 {
        producer.publish(Checked::new(number)).unwrap();
        if number % 1024 == 0 {
            thread::yield_now();
        }
    }
    // The rest by another thread, with the same claim.
    thread::spawn(move || {
        let rest: Vec<_> = (EVENTS / 2 + 1..=EVENTS).collect();
        for some in rest.chunks(50) {
            producer.publish_all(some.iter().map(|&number| Checked::new(number))).unwrap();
        }
        producer.close();
    })
    .join()
    .unwrap();
    readers.into_iter().for_each(|reader| reader.join().unwrap());
}

/// Publishing and parking pass each other, again and again: nobody sleeps for ever.
#[test]
fn no_wake_up_is_lost() {
    const ROUNDS: u64 = 20_000;
    let buffer = buffer(2);
    let mut there = Subscriber::new(buffer.clone(), Start::Live);
    let done = Arc::new(AtomicBool::new(false));
    let mut producer = Producer::new(buffer.clone()).unwrap();
    let back = self::buffer(2);
    let mut returned = Subscriber::new(back.clone(), Start::Live);
    let partner = thread::spawn({
        let done = done.clone();
        move || {
            let mut producer = Producer::new(back).unwrap();
            for round in 1..=ROUNDS {
                assert_eq!(there.recv_blocking().unwrap().value, round);
                producer.publish(round).unwrap();
            }
            done.store(true, Ordering::Relaxed);
        }
    });
    for round in 1..=ROUNDS {
        producer.publish(round).unwrap();
        assert_eq!(block_on(returned.recv()).unwrap().value, round);
    }
    partner.join().unwrap();
    assert!(done.load(Ordering::Relaxed));
}

/// A waker that panics, and a waker that publishes elsewhere: the producer goes on.
#[test]
fn wakers_run_outside() {
    struct Elsewhere(Arc<ReplayBuffer<u8>>);

    impl std::task::Wake for Elsewhere {
        fn wake(self: Arc<Self>) {
            self.0.publish(1).unwrap();
            panic!("a waker");
        }
    }

    let elsewhere = Arc::new(ReplayBuffer::builder().capacity(4).build().unwrap());
    let buffer = buffer(2);
    let mut producer = buffer.producer().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    let waker = core::task::Waker::from(Arc::new(Elsewhere(elsewhere.clone())));
    {
        let mut waits = core::pin::pin!(subscriber.recv());
        let mut context = core::task::Context::from_waker(&waker);
        assert!(waits.as_mut().poll(&mut context).is_pending());
        let caught = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
            producer.publish(7_u64).unwrap()
        }));
        assert!(caught.is_err());
        assert_eq!(elsewhere.stats().published, 1);
        assert!(matches!(waits.as_mut().poll(&mut context), core::task::Poll::Ready(Ok(_))));
    }
    assert_eq!(producer.publish(8), Ok(2));
    assert_eq!(subscriber.try_recv().unwrap().value, 8);
}
