//! What two do at once is done twice: no addition is lost, and nothing is handed out
//! twice. And what is read in two steps is of one moment. Each of these models was
//! written for a mutant that survived all others.

use core::future::poll_fn;
use core::sync::atomic::Ordering::Relaxed;
use core::task::{Context, Poll, Waker};
use std::sync::Mutex;
use std::task::Wake;

use bellwether_loom::{
    CallSite, EvictReason, InitOutcome, OnceHooks, OnceMetrics, Pair, Plain, Pool, Producer,
    ReplayBuffer, ReplayHooks, ReplayMetrics, SingleProducer, Start, Subscriber, TryLead,
    WaitOutcome,
};
use loom::sync::Arc;
use loom::thread;

use super::metrics::{Metrics, Time};
use super::parked::{Parked, block_on, shared};
use super::support::{Bell, Effects, Signal, Value, poll_once};

/// Two add to both words of a counter, and both carry.
pub(crate) fn additions_to_a_pair() {
    const N: u64 = (1 << 32) + (1 << 31);
    let counter = Arc::new(Pair::new());
    let other = counter.clone();
    let thread = thread::spawn(move || other.add(N, Relaxed));
    counter.add(N, Relaxed);
    thread.join().unwrap();
    assert_eq!(counter.load(Relaxed), 2 * N);
}

/// Two come when no number is free: they share those of two others.
pub(crate) fn leases_beyond() {
    let pool = Arc::new(Pool::<1>::new());
    let all: Vec<_> = (0..Pool::<1>::IDS).map(|_| pool.lease()).collect();
    let other = pool.clone();
    let thread = thread::spawn(move || other.lease().id());
    let mine = pool.lease().id();
    assert_ne!(mine, thread.join().unwrap());
    drop(all);
}

fn metrics() -> (Time, Arc<Metrics>) {
    let time = Time::loose();
    let metrics = Arc::new(Metrics::with_clock("model", time.clone()));
    (time, metrics)
}

/// The length of a wait in a model's metrics.
fn tick(time: &Time, metrics: &Metrics) -> u64 {
    let span = metrics.wait_begin(CallSite::here());
    time.pass(1);
    metrics.wait_end(span, WaitOutcome::Cancelled);
    metrics.waits().take_worst().expect("it took a tick").nanos
}

/// Two initialisations succeed.
pub(crate) fn inits_at_once() {
    let (time, metrics) = metrics();
    let [mine, other] = [metrics.init_begin(), metrics.init_begin()];
    time.pass(1);
    let others = metrics.clone();
    let thread = thread::spawn(move || others.init_end(other, InitOutcome::Ok, 1));
    metrics.init_end(mine, InitOutcome::Ok, 1);
    thread.join().unwrap();
    let inits = metrics.init_objective();
    assert_eq!((inits.good, inits.total), (2, 2));
    assert_eq!(metrics.saved_nanos(), metrics.init(InitOutcome::Ok).snapshot().sum());
    assert_eq!(metrics.coalesced().snapshot().sum(), 2);
}

/// Two waits were in vain.
pub(crate) fn waits_at_once() {
    let (_, metrics) = metrics();
    let [mine, other] = [(); 2].map(|()| metrics.wait_begin(CallSite::here()));
    let others = metrics.clone();
    let thread = thread::spawn(move || others.wait_end(other, WaitOutcome::Cancelled));
    metrics.wait_end(mine, WaitOutcome::Cancelled);
    thread.join().unwrap();
    let waits = metrics.waits().objective();
    assert_eq!((waits.good, waits.total), (0, 2));
}

/// The worst is taken while a worse one ends: that is not lost.
pub(crate) fn take_beside_worse() {
    let (time, metrics) = metrics();
    let tick = tick(&time, &metrics);
    let [long, short] = [(); 2].map(|()| {
        let span = metrics.wait_begin(CallSite::here());
        time.pass(1);
        span
    });
    metrics.wait_end(short, WaitOutcome::Ready);
    let others = metrics.clone();
    let thread = thread::spawn(move || others.wait_end(long, WaitOutcome::Ready));
    let first = metrics.waits().take_worst().expect("one has ended").nanos;
    thread.join().unwrap();
    let second = metrics.waits().take_worst().map(|worst| worst.nanos);
    let right = [(tick, Some(2 * tick)), (2 * tick, None)];
    assert!(right.contains(&(first, second)), "{first}, {second:?}");
}

/// Two take the worst: one of them is told.
pub(crate) fn take_beside_take() {
    let (time, metrics) = metrics();
    let span = metrics.wait_begin(CallSite::here());
    time.pass(1);
    metrics.wait_end(span, WaitOutcome::Ready);
    let others = metrics.clone();
    let thread = thread::spawn(move || others.waits().take_worst().is_some());
    let mine = metrics.waits().take_worst().is_some();
    assert_ne!(mine, thread.join().unwrap());
}

/// A wait is given up that an only producer has just ended, and the next begins: what
/// the producer has released by looking for it must not be cut off.
pub(crate) fn give_up_and_wait_beside_only_producer() {
    let buffer = ReplayBuffer::<u64>::builder().capacity(2).build().unwrap();
    let shared = std::sync::Arc::new(SingleProducer::new(buffer));
    let mut producer = Producer::new(shared.clone()).unwrap();
    let mut subscriber = Subscriber::new(shared, Start::Live);
    let mut given_up = Box::pin(subscriber.recv());
    assert!(poll_once(given_up.as_mut(), &Bell::new()).is_pending());
    let thread =
        thread::spawn(move || (1..=2).for_each(|n| assert_eq!(producer.publish(n), Ok(n))));
    drop(given_up);
    for number in 1..=2 {
        assert_eq!(block_on(subscriber.recv()).map(|event| event.value), Ok(number));
    }
    thread.join().unwrap();
}

/// What an only producer's buffer says of itself is of one moment.
pub(crate) fn stats_beside_only_producer() {
    let buffer = ReplayBuffer::<u64>::builder().capacity(1).build().unwrap();
    let shared = std::sync::Arc::new(SingleProducer::new(buffer));
    let mut producer = Producer::new(shared.clone()).unwrap();
    producer.publish(1).unwrap();
    let thread = thread::spawn(move || {
        producer.publish(2).unwrap();
        producer.close();
    });
    let stats = shared.stats();
    assert_eq!(stats.published - stats.evicted_through, stats.len as u64);
    assert!(stats.len <= 1, "more than there is room for");
    assert!(!stats.closed || stats.published == 2, "closed, and not as it stays");
    thread.join().unwrap();
}

/// What the future of a failed initialiser owned is dropped before the next one leads.
pub(crate) fn what_it_owned_beside_takeover() {
    struct Owned<'a>(&'a Effects);
    impl Drop for Owned<'_> {
        fn drop(&mut self) {
            self.0.leave();
        }
    }
    let shared = shared();
    let other = shared.clone();
    let thread = thread::spawn(move || {
        block_on(other.0.get_or_init(|| async {
            other.1.leave();
            Value::new(1)
        }))
        .get();
    });
    let failed = block_on(shared.0.get_or_try_init(|| {
        let owned = Owned(&shared.1);
        poll_fn(move |_| {
            let _ = &owned;
            Poll::Ready(Err::<Value, ()>(()))
        })
    }));
    if let Ok(value) = failed {
        value.get();
    }
    thread.join().unwrap();
}

/// A future that is dropped when it is woken.
struct Slot(Mutex<Option<Parked>>);

impl Wake for Slot {
    fn wake(self: std::sync::Arc<Self>) {
        let gone = self.0.lock().unwrap().take();
        drop(gone);
    }
}

/// A waiter is pushed, and released before it goes on; so are two that came after it, of
/// which one is gone by then. What the settler said of it must not be overwritten: it
/// would look for its neighbours.
pub(crate) fn push_beside_releases() {
    let shared = shared();
    let others = shared.clone();
    let thread = thread::spawn(move || {
        let TryLead::Leader(guard) = others.0.try_lead() else { unreachable!() };
        let slot = std::sync::Arc::new(Slot(Mutex::new(None)));
        let waker = Waker::from(slot.clone());
        let first = Parked::new(&others, |cell, _| {
            let mut wait = Box::pin(cell.wait());
            poll_fn(move |_| wait.as_mut().poll(&mut Context::from_waker(&waker)).map(|_| ()))
        });
        *slot.0.lock().unwrap() = Some(first);
        let second = Parked::observer(&others);
        guard.set(Value::new(1));
        second.finish();
    });
    block_on(shared.0.wait()).get();
    thread.join().unwrap();
}

/// Two want to be the only producer: one is.
pub(crate) fn claim_beside_claim_of_a_producer() {
    let buffer = ReplayBuffer::<u64>::builder().capacity(1).build().unwrap();
    let shared = std::sync::Arc::new(SingleProducer::new(buffer));
    let other = shared.clone();
    let thread = thread::spawn(move || Producer::new(other));
    let mine = Producer::new(shared);
    let theirs = thread.join().unwrap();
    assert_ne!(mine.is_some(), theirs.is_some());
}

/// Two buffers with one observer: what both publish, evict and miss adds up.
pub(crate) fn buffers_told_at_once() {
    type Metrics = ReplayMetrics<fn() -> u64, (), Plain<0>, 1>;
    let metrics = Arc::new(Metrics::with("model", || 0, ()));
    let tell = |metrics: &Metrics| {
        metrics.published(2, 16);
        metrics.evicted(3, EvictReason::Bytes);
        metrics.missed(4);
    };
    let other = metrics.clone();
    let thread = thread::spawn(move || tell(&other));
    tell(&metrics);
    thread.join().unwrap();
    let evicted = metrics.evicted_events(EvictReason::Bytes);
    let told = [metrics.published_events(), metrics.published_bytes(), evicted];
    assert_eq!((told, metrics.missed_events()), ([4, 32, 6], 8));
}

/// The clock runs backwards for two waits at once: both count.
pub(crate) fn reversals_at_once() {
    let time = core::sync::atomic::AtomicU64::new(1 << 40);
    let back = move || time.fetch_sub(1, Relaxed);
    let metrics = Arc::new(OnceMetrics::<_, Plain<0>>::with_clock("model", back));
    let spans = [(); 2].map(|()| metrics.wait_begin(CallSite::here()));
    let [mine, other] = spans;
    let others = metrics.clone();
    let thread = thread::spawn(move || others.wait_end(other, WaitOutcome::Ready));
    metrics.wait_end(mine, WaitOutcome::Ready);
    thread.join().unwrap();
    assert_eq!(metrics.clock_reversals(), 2);
}
