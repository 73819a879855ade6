//! What cells cost but for time: exact, and the same on every machine.
//! Locked instructions are counted by `bin/instructions.rs`.

use core::future::poll_fn;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::Poll;

use crate::allocations;
use crate::crowd::leader;
use crate::peer::{AsyncPeer, Failed};
use crate::wakers::{Tally, Task, run_woken};
use crate::work::now;

/// Waiters of the contended counts.
pub const WAITERS: usize = 100;

/// What one cell costs, but for time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// The cell of a `u64`.
    pub cell: usize,
    /// The future that waits without initialising, if there is one.
    pub wait: Option<usize>,
    /// The future of `get_or_init` with a small initialiser.
    pub get_or_init: usize,
    /// Allocations of new + init + drop, if they are counted.
    pub allocations_alone: Option<usize>,
    /// Allocations of [`WAITERS`] who wait and are released, without their boxes.
    pub allocations_crowd: Option<usize>,
    /// Of those, per waiter: clones of its waker.
    pub clones: f64,
    /// Wakes.
    pub wakes: f64,
    /// Polls by an executor that polls only who was woken.
    pub polls: f64,
    /// Wakes in all until everybody is served, if the leader is dropped.
    pub wakes_cancelled: usize,
    /// Of those, before anybody was polled again.
    pub wakes_at_once: usize,
    /// Wakes in all until everybody has failed, if every initialiser suspends
    /// once and fails. The initialisers' own wakes are not counted.
    pub wakes_storm: usize,
    /// Wakers kept for waiters that were dropped.
    pub retained: usize,
}

/// Counts for one peer.
pub fn of<P: AsyncPeer>() -> Counts {
    let is_counting = allocations::is_installed();
    let alone = allocations::count(|| {
        now(P::new().get_or_init(|| async { 1 }));
    });
    let (crowd, [clones, wakes, polls]) = success::<P>();
    let (wakes_at_once, wakes_cancelled) = cancelled::<P>();
    let cell = P::new();
    Counts {
        cell: size_of::<P>(),
        wait: cell.wait_size(),
        get_or_init: size_of_val(&cell.get_or_init(|| async { 1 })),
        allocations_alone: is_counting.then_some(alone),
        allocations_crowd: is_counting.then_some(crowd),
        clones,
        wakes,
        polls,
        wakes_cancelled,
        wakes_at_once,
        wakes_storm: storm::<P>(),
        retained: retained::<P>(),
    }
}

fn total<T>(tasks: &[Task<'_, T>], of: fn(&Tally) -> &AtomicUsize) -> usize {
    tasks.iter().map(|task| of(&task.tally).load(Relaxed)).sum()
}

fn crowd<'a, T>(future: impl Fn() -> Task<'a, T>) -> Vec<Task<'a, T>> {
    (0..WAITERS).map(|_| future()).collect()
}

fn success<P: AsyncPeer>() -> (usize, [f64; 3]) {
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut leader = Task::new(leader(&cell, &gate));
    let mut waiters = crowd(|| Task::new(cell.get_or_init(|| async { 2 })));
    let mut served = Vec::new();
    let allocations = allocations::count(|| {
        assert!(leader.poll().is_pending());
        assert!(waiters.iter_mut().all(|waiter| waiter.poll().is_pending()));
        gate.store(true, Relaxed);
        assert!(leader.poll().is_ready());
        served = run_woken(&mut waiters);
    });
    assert_eq!(served.len(), WAITERS);
    // `run_woken` allocates its answer.
    let allocations = allocations.saturating_sub(1);
    let each = |count| count as f64 / WAITERS as f64;
    let clones = each(total(&waiters, |tally| &tally.clones));
    let wakes = each(total(&waiters, |tally| &tally.wakes));
    (allocations, [clones, wakes, each(total(&waiters, |tally| &tally.polls))])
}

fn cancelled<P: AsyncPeer>() -> (usize, usize) {
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending());
    let mut waiters = crowd(|| Task::new(cell.get_or_init(|| async { 2 })));
    assert!(waiters.iter_mut().all(|waiter| waiter.poll().is_pending()));
    drop(leader);
    let at_once = total(&waiters, |tally| &tally.wakes);
    assert_eq!(run_woken(&mut waiters).len(), WAITERS);
    (at_once, total(&waiters, |tally| &tally.wakes))
}

fn storm<P: AsyncPeer>() -> usize {
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending());
    let mut waiters = crowd(|| Task::new(cell.get_or_try_init(fail_later)));
    assert!(waiters.iter_mut().all(|waiter| waiter.poll().is_pending()));
    drop(leader);
    assert_eq!(run_woken(&mut waiters).len(), WAITERS);
    total(&waiters, |tally| &tally.wakes) - WAITERS
}

/// Suspends once, as a request to a backend does, and fails.
async fn fail_later() -> Result<u64, Failed> {
    let mut is_back = false;
    poll_fn(|cx| {
        if core::mem::replace(&mut is_back, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    Err(Failed)
}

fn retained<P: AsyncPeer>() -> usize {
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending());
    let mut waiters = crowd(|| Task::new(cell.get_or_init(|| async { 2 })));
    assert!(waiters.iter_mut().all(|waiter| waiter.poll().is_pending()));
    let tallies: Vec<_> = waiters.drain(..).map(|waiter| waiter.tally.clone()).collect();
    tallies.iter().filter(|tally| std::sync::Arc::strong_count(tally) > 1).count()
}
