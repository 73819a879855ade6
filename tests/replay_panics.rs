//! An event's clone or drop, a closure or a waker that panics: the caller is told, and
//! nobody else is harmed.

#![cfg(feature = "std")]

use bellwether::{Replay, ReplayArray, ReplayBuffer, ReplayStore, Start};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Waker};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::Wake;

fn panics(f: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

/// Panics where it is told to, and counts its drops.
struct Touchy<'a> {
    number: u32,
    clone: &'a AtomicBool,
    drop: &'a AtomicBool,
    drops: &'a AtomicUsize,
}

impl Clone for Touchy<'_> {
    fn clone(&self) -> Self {
        if self.clone.load(Relaxed) {
            resume_unwind(Box::new("clone"));
        }
        Self { ..*self }
    }
}

impl Drop for Touchy<'_> {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Relaxed);
        if self.drop.load(Relaxed) {
            resume_unwind(Box::new("drop"));
        }
    }
}

#[derive(Default)]
struct Switches {
    clone: AtomicBool,
    drop: AtomicBool,
    drops: AtomicUsize,
}

impl Switches {
    fn event(&self, number: u32) -> Touchy<'_> {
        Touchy { number, clone: &self.clone, drop: &self.drop, drops: &self.drops }
    }
}

#[test]
fn an_event_whose_clone_panics_is_received_later() {
    let switches = Switches::default();
    clone_panics(&switches, ReplayBuffer::builder().capacity(2).build().unwrap());
    clone_panics(&Switches::default(), ReplayArray::<_, 2>::new());
}

fn clone_panics<'a, S>(switches: &'a Switches, buffer: Replay<S>)
where
    S: ReplayStore<Event = Touchy<'a>>,
{
    let mut subscriber = buffer.subscribe(Start::Live);
    assert!(buffer.publish(switches.event(7)).is_ok());
    switches.clone.store(true, Relaxed);
    assert!(panics(|| _ = subscriber.try_recv()));
    assert!(panics(|| _ = subscriber.try_recv_many(&mut vec![], 9)));
    assert!(panics(|| _ = subscriber.recv_blocking()));
    assert_eq!((subscriber.receipt().received, subscriber.lag()), (0, 1));
    switches.clone.store(false, Relaxed);
    assert_eq!(subscriber.try_recv().ok().map(|event| event.value.number), Some(7));
    // No pin is left: the event goes as soon as it is evicted.
    let before = switches.drops.load(Relaxed);
    (0..2).for_each(|n| assert!(buffer.publish(switches.event(n)).is_ok()));
    assert_eq!(switches.drops.load(Relaxed), before + 1);
}

#[test]
fn a_closure_that_panics_leaves_its_event() {
    closure_panics(ReplayBuffer::builder().capacity(8).build().unwrap());
    closure_panics(ReplayArray::<_, 8>::new());
}

fn closure_panics<S: ReplayStore<Event = u64>>(buffer: Replay<S>) {
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish_all(1..=5).unwrap();
    let panicked = panics(|| {
        let _ = subscriber.for_each_ready(9, |seq, _| {
            if seq == 3 {
                resume_unwind(Box::new("closure"));
            }
        });
    });
    assert!(panicked);
    assert_eq!((subscriber.receipt().received, subscriber.lag()), (2, 3));
    assert_eq!(subscriber.try_recv().unwrap().value, 3);
}

#[test]
fn drops_that_panic_while_many_are_evicted() {
    // Fewer than are carried out of the lock at a time, and more.
    for bytes in [5, 60] {
        let switches = Switches::default();
        let buffer = ReplayBuffer::builder().capacity(100).max_bytes(100).build().unwrap();
        drops_panic(&switches, buffer, bytes);
        drops_panic(&Switches::default(), ReplayArray::<_, 100>::new().max_bytes(100), bytes);
    }
}

fn drops_panic<'a, S>(switches: &'a Switches, buffer: Replay<S>, bytes: usize)
where
    S: ReplayStore<Event = Touchy<'a>>,
{
    for n in 0..100 {
        assert!(buffer.publish_sized(switches.event(n), 1).is_ok());
    }
    switches.drop.store(true, Relaxed);
    assert!(panics(|| _ = buffer.publish_sized(switches.event(100), bytes)));
    switches.drop.store(false, Relaxed);
    assert!(buffer.publish_sized(switches.event(101), 1).is_ok());
    let stats = buffer.stats();
    let dropped = switches.drops.load(Relaxed) as u64;
    // The large one was published, or dropped with the panic; nothing else is lost.
    assert!(stats.published == 102 || stats.published == 101);
    assert_eq!(dropped + stats.len as u64, 102);
    switches.drop.store(true, Relaxed);
    assert!(panics(|| drop(buffer)));
    assert_eq!(switches.drops.load(Relaxed), 102, "each once");
}

struct Rings {
    panics: bool,
    rung: AtomicUsize,
}

impl Wake for Rings {
    fn wake(self: Arc<Self>) {
        self.rung.fetch_add(1, Relaxed);
        if self.panics {
            resume_unwind(Box::new("waker"));
        }
    }
}

#[test]
fn wakers_that_panic_cost_nobody_else_a_wake_up() {
    let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    let rings: Vec<_> = (0..30)
        .map(|n| Arc::new(Rings { panics: n % 3 == 0, rung: AtomicUsize::new(0) }))
        .collect();
    let mut subscribers: Vec<_> = rings.iter().map(|_| buffer.subscribe(Start::Live)).collect();
    let mut waits: Vec<_> = subscribers.iter_mut().map(|sub| Box::pin(sub.recv())).collect();
    for (wait, ring) in waits.iter_mut().zip(&rings) {
        let waker = Waker::from(ring.clone());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    assert!(panics(|| _ = buffer.publish(7)));
    assert!(rings.iter().all(|ring| ring.rung.load(Relaxed) == 1));
    for mut wait in waits {
        let poll = wait.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, core::task::Poll::Ready(Ok(event)) if event.value == 7));
    }
}

#[test]
fn a_dropped_wait_leaves_no_waker() {
    let buffer = ReplayBuffer::<u32>::builder().capacity(2).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    let ring = Arc::new(Rings { panics: false, rung: AtomicUsize::new(0) });
    let waker = Waker::from(ring.clone());
    {
        let mut wait = pin!(subscriber.recv());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(Arc::strong_count(&ring), 3);
    }
    assert_eq!(Arc::strong_count(&ring), 2);
    buffer.publish(7).unwrap();
    assert_eq!(ring.rung.load(Relaxed), 0);
    assert_eq!(subscriber.try_recv().unwrap().value, 7);
}

/// A waker whose drop panics.
struct Bomb;

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new("waker"));
    }
}

/// A second panic while a thread unwinds would end the process.
#[test]
fn a_wakers_drop_may_panic_while_its_wait_is_dropped_by_a_panic() {
    let buffer = ReplayBuffer::<u64>::builder().capacity(2).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    let first = catch_unwind(AssertUnwindSafe(|| {
        let mut wait = pin!(subscriber.recv());
        let waker = Waker::from(Arc::new(Bomb));
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        resume_unwind(Box::new("first"));
    }));
    assert_eq!(first.unwrap_err().downcast_ref(), Some(&"first"));
    assert_eq!(buffer.publish(7), Ok(1));
    assert_eq!(subscriber.try_recv().unwrap().value, 7);
}
