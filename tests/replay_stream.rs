//! A subscriber as a stream.

#![cfg(all(feature = "std", feature = "futures-core"))]

use bellwether::{Event, Missed, ReplayBuffer, ReplayHooks, Start, Subscriber};
use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use futures::executor::block_on;
use futures::stream::{FusedStream, Stream, StreamExt};
use futures::task::noop_waker;
use std::sync::Arc;
use std::task::Wake;

fn buffer(capacity: usize) -> Arc<ReplayBuffer<u32>> {
    Arc::new(ReplayBuffer::builder().capacity(capacity).build().unwrap())
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn waits_and_is_woken_once_an_event() {
    let buffer = buffer(4);
    let mut stream = pin!(Subscriber::new(buffer.clone(), Start::Live).into_stream());
    let count = Arc::new(Counting::default());
    let waker = Waker::from(count.clone());
    let mut context = Context::from_waker(&waker);
    for number in 1..=3 {
        assert!(stream.as_mut().poll_next_unpin(&mut context).is_pending());
        buffer.publish(number).unwrap();
        assert_eq!(count.0.load(Ordering::Relaxed), number as usize);
        let item = stream.as_mut().poll_next_unpin(&mut context);
        assert_eq!(item, Poll::Ready(Some(Ok(Event { seq: number.into(), value: number }))));
    }
    assert_eq!(stream.subscriber().token().seq, 3);
}

#[test]
fn says_what_it_missed_and_ends() {
    let buffer = buffer(2);
    let mut stream = pin!(Subscriber::new(buffer.clone(), Start::Live).into_stream());
    buffer.publish_all(1..=5).unwrap();
    buffer.close();
    assert!(!stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, None));
    let items: Vec<_> = block_on(stream.by_ref().collect());
    assert!(matches!(items[0], Err(Missed { from: 1, to: 4, .. })));
    let values: Vec<_> = items[1..].iter().map(|item| item.unwrap().value).collect();
    assert_eq!(values, [4, 5]);
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
    assert_eq!(block_on(stream.next()), None, "and again");
}

#[test]
fn leaves_nothing_behind() {
    let buffer = buffer(2);
    let count = Arc::new(Counting::default());
    let waker = Waker::from(count.clone());
    {
        let mut stream = pin!(Subscriber::new(buffer.clone(), Start::Live).into_stream());
        assert!(stream.as_mut().poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(Arc::strong_count(&count), 3, "one is kept");
    }
    assert_eq!(Arc::strong_count(&count), 2, "and given back");
    buffer.publish(1).unwrap();
    assert_eq!((count.0.load(Ordering::Relaxed), buffer.stats().subscribers), (0, 0));
}

/// One begin and one end for each wait, in this order.
#[test]
fn each_wait_is_told_as_one() {
    #[derive(Default)]
    struct Waits(AtomicUsize);

    impl ReplayHooks for &Waits {
        type Span = ();
        type Site = ();
        fn published(&self, _: u64, _: u64) {}
        fn evicted(&self, _: u64, _: bellwether::EvictReason) {}
        fn missed(&self, _: u64) {}
        fn delivered(&self, _: u64, _: u64) {
            assert_eq!(self.0.load(Ordering::Relaxed), 0, "the wait is over");
        }
        fn wait_begin(&self, (): ()) {
            assert_eq!(self.0.fetch_add(1, Ordering::Relaxed), 0);
        }
        fn wait_end(&self, (): (), _: bellwether::WaitOutcome) {
            assert_eq!(self.0.fetch_sub(1, Ordering::Relaxed), 1);
        }
    }

    let waits = Waits::default();
    let buffer = ReplayBuffer::builder().capacity(2).hooks(&waits).build().unwrap();
    let waker = noop_waker();
    let mut context = Context::from_waker(&waker);
    {
        let mut stream = pin!(buffer.subscribe(Start::Live).into_stream());
        for number in 0..3 {
            assert!(stream.as_mut().poll_next_unpin(&mut context).is_pending());
            assert!(stream.as_mut().poll_next_unpin(&mut context).is_pending(), "no news");
            buffer.publish(number).unwrap();
            assert!(stream.as_mut().poll_next_unpin(&mut context).is_ready());
        }
        assert!(stream.as_mut().poll_next_unpin(&mut context).is_pending());
    }
    assert_eq!(waits.0.load(Ordering::Relaxed), 0, "also the one that was cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_streams_get_every_event() {
    const EVENTS: u32 = 2_000;
    let buffer = buffer(EVENTS as usize);
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let stream = Subscriber::new(buffer.clone(), Start::Live).into_stream();
            tokio::spawn(stream.map(|item| u64::from(item.unwrap().value)).collect::<Vec<_>>())
        })
        .collect();
    for number in 1..=EVENTS {
        buffer.publish(number).unwrap();
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    buffer.close();
    for task in tasks {
        assert!(task.await.unwrap().into_iter().eq(1..=u64::from(EVENTS)));
    }
}
