//! What buffers cost but for time: exact, and the same on every machine.

use core::sync::atomic::Ordering::Relaxed;

use super::work::CAPACITY;
use super::{Got, Replaying, Subscriber};
use crate::allocations;
use crate::wakers::{Task, run_woken};

/// Subscribers that wait.
pub const WAITERS: usize = 100;

/// What one buffer of `u64` costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// A subscriber, in place.
    pub subscriber: usize,
    /// The future that waits for an event.
    pub recv: usize,
    /// Allocations to subscribe, if they are counted.
    pub subscribing: Option<usize>,
    /// Allocations of 1,024 events, published and received one by one, once as many have
    /// been evicted.
    pub allocations: Option<usize>,
    /// The same where [`WAITERS`] wait for an event: to wait, to publish it, to receive it;
    /// without their boxes.
    pub allocations_crowd: Option<usize>,
    /// Of those, per waiter: clones of its waker.
    pub clones: f64,
    /// Wakes.
    pub wakes: f64,
    /// Polls by an executor that polls only who was woken.
    pub polls: f64,
    /// Wakers kept for waiters that were dropped.
    pub retained: usize,
}

/// Counts for one peer.
///
/// # Panics
///
/// If an event is missing.
#[must_use]
pub fn of<P: Replaying<u64>>() -> Counts {
    let counted = allocations::is_installed();
    let peer = P::new(CAPACITY);
    let mut reader = None;
    let subscribing = allocations::count(|| reader = Some(peer.subscribe()));
    let mut reader = reader.expect("just made");
    let recv = size_of_val(&reader.recv());
    let mut lap = || {
        for number in 0..CAPACITY as u64 {
            peer.publish(number);
            assert_eq!(reader.try_recv(), Got::Event(number), "{}", P::NAME);
        }
    };
    // It has all that it will need once it has evicted as much as it keeps.
    lap();
    lap();
    let allocations = allocations::count(&mut lap);
    let (crowd, [clones, wakes, polls]) = crowd::<P>();
    Counts {
        subscriber: size_of::<P::Subscriber>(),
        recv,
        subscribing: counted.then_some(subscribing),
        allocations: counted.then_some(allocations),
        allocations_crowd: counted.then_some(crowd),
        clones,
        wakes,
        polls,
        retained: retained::<P>(),
    }
}

fn crowd<P: Replaying<u64>>() -> (usize, [f64; 3]) {
    let peer = P::new(CAPACITY);
    // Not the first event, which may need memory: some ask for it as they grow.
    let first = peer.subscribe();
    peer.publish(0);
    drop(first);
    let mut readers: Vec<_> = (0..WAITERS).map(|_| peer.subscribe()).collect();
    let mut tasks: Vec<_> = readers.iter_mut().map(|reader| Task::new(reader.recv())).collect();
    let mut received = Vec::new();
    let allocations = allocations::count(|| {
        assert!(tasks.iter_mut().all(|task| task.poll().is_pending()), "{}", P::NAME);
        peer.publish(7);
        received = run_woken(&mut tasks);
    });
    assert_eq!(received, [Got::Event(7); WAITERS], "{}", P::NAME);
    let each = |all: usize| all as f64 / WAITERS as f64;
    let counts = [
        tasks.iter().map(|task| task.tally.clones.load(Relaxed)).sum(),
        tasks.iter().map(|task| task.tally.wakes.load(Relaxed)).sum(),
        tasks.iter().map(|task| task.tally.polls.load(Relaxed)).sum(),
    ];
    // `run_woken` allocates its answer.
    (allocations.saturating_sub(1), counts.map(each))
}

fn retained<P: Replaying<u64>>() -> usize {
    let peer = P::new(CAPACITY);
    let mut readers: Vec<_> = (0..WAITERS).map(|_| peer.subscribe()).collect();
    let mut tasks: Vec<_> = readers.iter_mut().map(|reader| Task::new(reader.recv())).collect();
    assert!(tasks.iter_mut().all(|task| task.poll().is_pending()), "{}", P::NAME);
    let tallies: Vec<_> = tasks.drain(..).map(|task| task.tally.clone()).collect();
    tallies.iter().filter(|tally| std::sync::Arc::strong_count(tally) > 1).count()
}
