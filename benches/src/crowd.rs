//! The timed work of many waiters: park and wake, and cancel.
//!
//! One boxed future each, all on one thread, so that the list is measured and
//! not the scheduler. Making, polling and dropping the boxes is part of the
//! time of "park and wake", for every peer and for the floor. The boxes know
//! their futures' type: where indirect calls are slow, `dyn` would be most of
//! what is measured.

use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::clock::Stopwatch;
use crate::floor::Unregistered;
use crate::peer::AsyncPeer;
use crate::wakers::Wakers;

type Crowd<F> = Vec<Pin<Box<F>>>;

/// Becomes the leader, and initialises with 1 once the gate is open.
pub fn leader<'a, P: AsyncPeer>(
    cell: &'a P,
    gate: &'a AtomicBool,
) -> impl Future<Output = &'a u64> + Send + 'a {
    let open = move || if gate.load(Relaxed) { Poll::Ready(1) } else { Poll::Pending };
    cell.get_or_init(move || poll_fn(move |_| open()))
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

#[inline(always)]
fn park<F: Future>(n: usize, wakers: &Wakers, waiter: impl Fn() -> F) -> Crowd<F> {
    let mut crowd = Vec::with_capacity(n);
    for place in 0..n {
        let mut future = Box::pin(waiter());
        assert!(poll(future.as_mut(), wakers.of(place)).is_pending());
        crowd.push(future);
    }
    crowd
}

#[inline(always)]
fn release<'a, F: Future<Output = &'a u64>>(mut crowd: Crowd<F>, wakers: &Wakers) {
    for (place, future) in crowd.iter_mut().enumerate() {
        assert!(matches!(poll(future.as_mut(), wakers.of(place)), Poll::Ready(1)));
    }
}

/// Everybody is parked, woken, polled and gone. The time of all.
///
/// # Panics
///
/// If the cell does not do that.
pub fn park_and_wake<P: AsyncPeer>(n: usize, wakers: &Wakers) -> Duration {
    let cell = P::new();
    let gate = AtomicBool::new(false);
    let mut leader = pin!(leader(&cell, &gate));
    assert!(poll(leader.as_mut(), Waker::noop()).is_pending());
    wakers.reset();
    let start = Stopwatch::start();
    let crowd = park(n, wakers, || cell.get_or_init(|| async { 2 }));
    gate.store(true, Relaxed);
    assert!(poll(leader.as_mut(), Waker::noop()).is_ready());
    release(crowd, wakers);
    let elapsed = start.elapsed();
    assert!(wakers.wakes().all(|wakes| wakes == 1), "each waiter is woken, once");
    elapsed
}

/// The same without a cell.
pub fn park_and_wake_floor(n: usize, wakers: &Wakers) -> Duration {
    let (gate, value) = (AtomicBool::new(false), 1);
    let start = Stopwatch::start();
    let crowd = park(n, wakers, || Unregistered::new(&gate, &value));
    gate.store(true, Relaxed);
    release(crowd, wakers);
    start.elapsed()
}

/// In which order waiters give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they came: a time-out that is the same for all.
    Oldest,
    /// The latest first: a scope that is left.
    Newest,
    /// Any: connections that break.
    Shuffled,
}

/// Everybody is parked; then, timed, everybody is dropped before the value is there.
///
/// # Panics
///
/// If the cell does not do that.
pub fn cancel<P: AsyncPeer>(n: usize, wakers: &Wakers, order: Order) -> Duration {
    let cell = P::new();
    let gate = AtomicBool::new(false);
    let mut leader = pin!(leader(&cell, &gate));
    assert!(poll(leader.as_mut(), Waker::noop()).is_pending());
    let elapsed = drop_all(park(n, wakers, || cell.get_or_init(|| async { 2 })), order);
    gate.store(true, Relaxed);
    assert!(poll(leader.as_mut(), Waker::noop()).is_ready());
    elapsed
}

/// The same without a cell: the boxes and the wakers are dropped.
pub fn cancel_floor(n: usize, wakers: &Wakers, order: Order) -> Duration {
    let (gate, value) = (AtomicBool::new(false), 1);
    drop_all(park(n, wakers, || Unregistered::new(&gate, &value)), order)
}

#[inline(always)]
fn drop_all<F>(mut crowd: Crowd<F>, order: Order) -> Duration {
    match order {
        Order::Oldest => {}
        Order::Newest => crowd.reverse(),
        Order::Shuffled => shuffle(&mut crowd),
    }
    let start = Stopwatch::start();
    for future in crowd {
        drop(future);
    }
    start.elapsed()
}

/// Fisher and Yates, with a fixed seed.
fn shuffle<T>(all: &mut [T]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for place in (1..all.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(place, (state >> 33) as usize % (place + 1));
    }
}
