//! The proof that an adapter's peer does the work. Called before anything is
//! timed, so that no number stands for less than the others.

use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::pin::pin;
use std::sync::Arc;
use std::sync::Barrier;
use std::thread;

use crate::crowd::leader;
use crate::peer::{AsyncPeer, Failed, SyncPeer};
use crate::wakers::{Task, run_woken};
use crate::work::now;
use crate::{each_async, each_sync};

const WAITERS: usize = 100;

/// Proves all peers.
pub fn all() {
    each_sync!(P => sync::<P>());
    each_async!(P => tasks::<P>());
}

/// Proves a cell for threads.
///
/// # Panics
///
/// If it does not do the work.
pub fn sync<P: SyncPeer>() {
    assert_eq!(P::ready().get(), Some(&1));
    assert_eq!(P::ready().get_or_init(|| unreachable!("{}: ready", P::NAME)), &1);

    let (cell, inits) = (P::new(), AtomicUsize::new(0));
    assert_eq!(cell.get(), None);
    let start = Barrier::new(8);
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                start.wait();
                let value = cell.get_or_init(|| {
                    thread::sleep(core::time::Duration::from_millis(1));
                    inits.fetch_add(1, Relaxed) as u64 + 7
                });
                assert_eq!(value, &7, "{}: one value for all", P::NAME);
            });
        }
    });
    assert_eq!(inits.into_inner(), 1, "{}: one init", P::NAME);
}

/// Proves a cell for tasks.
pub fn tasks<P: AsyncPeer>() {
    ready::<P>();
    releases_everybody::<P>();
    shared_waker_suffices::<P>();
    is_taken_over::<P>();
    survives_failures::<P>();
    forgets_the_cancelled::<P>();
}

fn ready<P: AsyncPeer>() {
    let name = P::NAME;
    let cell = P::ready(7);
    assert_eq!(cell.get(), Some(&7), "{name}");
    assert_eq!(now(cell.get_or_init(|| async { 8 })), &7, "{name}");
    assert_eq!(now(cell.get_or_try_init(|| async { Err(Failed) })), Ok(&7), "{name}");
    let cell = P::new();
    assert_eq!(cell.get(), None, "{name}");
    assert_eq!(now(cell.get_or_init(|| async { 7 })), &7, "{name}");
}

fn waiters<'a, P: AsyncPeer>(cell: &'a P, inits: &'a AtomicUsize) -> Vec<Task<'a, &'a u64>> {
    let waiter = || {
        let init = move || async move {
            inits.fetch_add(1, Relaxed);
            2
        };
        let mut task = Task::new(cell.get_or_init(init));
        assert!(task.poll().is_pending(), "{}: somebody leads", P::NAME);
        assert!(!task.is_runnable(), "{}: woken for nothing", P::NAME);
        task
    };
    (0..WAITERS).map(|_| waiter()).collect()
}

fn releases_everybody<P: AsyncPeer>() {
    let name = P::NAME;
    let (cell, gate, inits) = (P::new(), AtomicBool::new(false), AtomicUsize::new(0));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending(), "{name}");
    let mut waiters = waiters(&cell, &inits);
    assert_eq!(cell.get(), None, "{name}");
    gate.store(true, Relaxed);
    assert!(leader.poll().is_ready(), "{name}");
    for waiter in &waiters {
        assert_eq!(waiter.tally.wakes.load(Relaxed), 1, "{name}: one wake each");
    }
    let values = run_woken(&mut waiters);
    assert_eq!(values.len(), WAITERS, "{name}: everybody is released");
    let same = cell.get().expect("ready");
    assert!(values.iter().all(|value| **value == 1 && ptr::eq(*value, same)), "{name}");
    assert_eq!(inits.load(Relaxed), 0, "{name}: one init, the leader's");
}

fn shared_waker_suffices<P: AsyncPeer>() {
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut cx = Context::from_waker(Waker::noop());
    let mut leader = pin!(leader(&cell, &gate));
    assert!(leader.as_mut().poll(&mut cx).is_pending());
    let mut crowd: Vec<_> =
        (0..WAITERS).map(|_| Box::pin(cell.get_or_init(|| async { 2 }))).collect();
    assert!(crowd.iter_mut().all(|waiter| waiter.as_mut().poll(&mut cx).is_pending()));
    gate.store(true, Relaxed);
    assert!(leader.as_mut().poll(&mut cx).is_ready());
    let released = |poll| matches!(poll, Poll::Ready(&1));
    assert!(crowd.iter_mut().all(|waiter| released(waiter.as_mut().poll(&mut cx))));
}

fn is_taken_over<P: AsyncPeer>() {
    let name = P::NAME;
    let (cell, gate, inits) = (P::new(), AtomicBool::new(false), AtomicUsize::new(0));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending(), "{name}");
    let mut waiters = waiters(&cell, &inits);
    drop(leader);
    let values = run_woken(&mut waiters);
    assert_eq!(values, [&2; WAITERS], "{name}: one of them takes over");
    assert_eq!(inits.load(Relaxed), 1, "{name}: and one only");
}

fn survives_failures<P: AsyncPeer>() {
    let name = P::NAME;
    let (cell, gate) = (P::new(), AtomicBool::new(false));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending(), "{name}");
    let waiter = || Task::new(cell.get_or_try_init(|| async { Err(Failed) }));
    let mut waiters: Vec<_> = (0..WAITERS).map(|_| waiter()).collect();
    assert!(waiters.iter_mut().all(|waiter| waiter.poll().is_pending()), "{name}");
    drop(leader);
    assert_eq!(run_woken(&mut waiters), [Err(Failed); WAITERS], "{name}: each its own failure");
    assert_eq!(now(cell.get_or_init(|| async { 3 })), &3, "{name}: and it can be initialised");
}

fn forgets_the_cancelled<P: AsyncPeer>() {
    let (cell, gate, inits) = (P::new(), AtomicBool::new(false), AtomicUsize::new(0));
    let mut leader = Task::new(leader(&cell, &gate));
    assert!(leader.poll().is_pending());
    let tallies: Vec<_> =
        waiters(&cell, &inits).into_iter().map(|waiter| Arc::clone(&waiter.tally)).collect();
    let forgotten = tallies.iter().all(|tally| Arc::strong_count(tally) == 1);
    assert_eq!(forgotten, P::FORGETS_THE_CANCELLED, "{}", P::NAME);
    gate.store(true, Relaxed);
    assert!(leader.poll().is_ready());
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_peers_do_the_work() {
        super::all();
    }
}
