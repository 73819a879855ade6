//! Three actors and more: takeovers, cancellations that meet, delegated work.
//!
//! Futures that a model parks before its threads start make the list as long as
//! the model needs it, without a thread for each.

use core::future::pending;
use core::pin::{Pin, pin};
use core::task::Poll;

use bellwether_loom::{InitGuard, Lead, TryLead};
use loom::sync::Arc;
use loom::thread;

use super::support::{
    Bell, Cell, Effects, Flag, Signal, Value, block_on_with, panic_quietly, panics, poll_and_drop,
    poll_once,
};

/// Crowds wait by a bell.
fn block_on<F: Future>(future: F) -> F::Output {
    block_on_with::<Bell, F>(future)
}

fn shared() -> Arc<(Cell, Effects)> {
    Arc::new((Cell::new(), Effects::new()))
}

/// A future in the list, on the heap so that it may move to a thread. It borrows
/// the cell that its `Arc` keeps.
struct Parked {
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    bell: std::sync::Arc<Bell>,
    cell: Option<Arc<(Cell, Effects)>>,
}

// SAFETY: what the futures hold may cross threads: `Value` and `Effects` may.
unsafe impl Send for Parked {}

impl Parked {
    fn new<F>(
        shared: &Arc<(Cell, Effects)>,
        future: impl FnOnce(&'static Cell, &'static Effects) -> F,
    ) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let pair: *const (Cell, Effects) = &**shared;
        // SAFETY: the future goes before the `Arc` that keeps the pair: see `drop`.
        let pair: &'static (Cell, Effects) = unsafe { &*pair };
        let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future(&pair.0, &pair.1));
        let mut parked =
            Self { future: Some(future), bell: Bell::new(), cell: Some(shared.clone()) };
        assert!(parked.poll().is_pending());
        parked
    }

    fn candidate(shared: &Arc<(Cell, Effects)>) -> Self {
        Self::new(shared, |cell, effects| async move {
            cell.get_or_init(|| async {
                effects.leave();
                Value::new(2)
            })
            .await
            .get();
        })
    }

    fn observer(shared: &Arc<(Cell, Effects)>) -> Self {
        Self::new(shared, |cell, _| async move {
            cell.wait().await.get();
        })
    }

    /// Waits to be woken before each poll, until the future is ready.
    fn finish(mut self) {
        self.bell.wait();
        while self.poll().is_pending() {
            self.bell.wait();
        }
    }

    fn poll(&mut self) -> Poll<()> {
        let future = self.future.as_mut().expect("there until it is dropped");
        poll_once(future.as_mut(), &self.bell)
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.future = None;
        self.cell = None;
    }
}

/// All threads are through: no waker may be left anywhere.
fn assert_forgotten(bells: &[std::sync::Arc<Bell>]) {
    for bell in bells {
        assert_eq!(std::sync::Arc::strong_count(bell), 1, "a waker was left behind");
    }
}

/// A leader fails; of two parked candidates one takes over, and both get the value.
pub(crate) fn failed_leader_two_candidates() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    shared.1.leave();
    let (a, b) = (Parked::candidate(&shared), Parked::candidate(&shared));
    let thread = thread::spawn(move || a.finish());
    drop(guard);
    b.finish();
    thread.join().unwrap();
}

/// The same, and a third caller that comes from outside.
pub(crate) fn failed_leader_candidate_newcomer() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    shared.1.leave();
    let a = Parked::candidate(&shared);
    let thread = thread::spawn(move || a.finish());
    let newcomer = shared.clone();
    let other = thread::spawn(move || {
        block_on(newcomer.0.get_or_init(|| async {
            newcomer.1.leave();
            Value::new(3)
        }))
        .get();
    });
    drop(guard);
    thread.join().unwrap();
    other.join().unwrap();
}

/// The first candidate is woken and never polled again; the second takes over.
pub(crate) fn futurelock() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (dead, alive) = (Parked::candidate(&shared), Parked::candidate(&shared));
    let thread = thread::spawn(move || alive.finish());
    shared.1.leave();
    drop(guard);
    thread.join().unwrap();
    drop(dead);
}

/// An observer sleeps through a failure, and is woken by the success after it.
pub(crate) fn failure_then_success_beside_observer() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (observer, candidate) = (Parked::observer(&shared), Parked::candidate(&shared));
    let thread = thread::spawn(move || candidate.finish());
    shared.1.leave();
    drop(guard);
    observer.finish();
    thread.join().unwrap();
}

/// A waiter is dropped while the value is published to it and to its neighbours.
fn cancel_beside_publish(dropped: usize) {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut parked: Vec<_> = (0..3).map(|_| Parked::candidate(&shared)).collect();
    let bells: Vec<_> = parked.iter().map(|parked| parked.bell.clone()).collect();
    let gone = parked.remove(dropped);
    let thread = thread::spawn(move || drop(gone));
    guard.set(Value::new(1));
    parked.into_iter().for_each(Parked::finish);
    thread.join().unwrap();
    assert_forgotten(&bells);
}

pub(crate) fn cancel_oldest_beside_publish() {
    cancel_beside_publish(0);
}

pub(crate) fn cancel_middle_beside_publish() {
    cancel_beside_publish(1);
}

pub(crate) fn cancel_newest_beside_publish() {
    cancel_beside_publish(2);
}

/// A waiter is dropped while another takes over from a failed leader.
fn cancel_beside_takeover(dropped: usize) {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut parked: Vec<_> = (0..2).map(|_| Parked::candidate(&shared)).collect();
    let bells: Vec<_> = parked.iter().map(|parked| parked.bell.clone()).collect();
    let gone = parked.remove(dropped);
    let thread = thread::spawn(move || drop(gone));
    shared.1.leave();
    drop(guard);
    parked.into_iter().for_each(Parked::finish);
    thread.join().unwrap();
    assert_forgotten(&bells);
}

pub(crate) fn cancel_oldest_beside_takeover() {
    cancel_beside_takeover(0);
}

pub(crate) fn cancel_newest_beside_takeover() {
    cancel_beside_takeover(1);
}

/// Two neighbours are dropped at once, and the third still gets the value.
fn cancel_beside_cancel(first: usize, second: usize) {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut parked: Vec<_> = (0..3).map(|_| Some(Parked::candidate(&shared))).collect();
    let (a, b) = (parked[first].take(), parked[second].take());
    let thread = thread::spawn(move || drop(a));
    drop(b);
    thread.join().unwrap();
    guard.set(Value::new(1));
    parked.into_iter().flatten().for_each(Parked::finish);
}

pub(crate) fn cancel_oldest_beside_middle() {
    cancel_beside_cancel(0, 1);
}

pub(crate) fn cancel_middle_beside_newest() {
    cancel_beside_cancel(1, 2);
}

pub(crate) fn cancel_both_ends() {
    cancel_beside_cancel(0, 2);
}

/// A waiter is dropped while a newcomer is pushed in front of it.
pub(crate) fn cancel_newest_beside_push() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let gone = Parked::candidate(&shared);
    let newcomer = shared.clone();
    let thread = thread::spawn(move || block_on(newcomer.0.wait()).get());
    drop(gone);
    guard.set(Value::new(1));
    thread.join().unwrap();
}

/// One is dropped while the value is published and another dropped after that.
/// (loom starves a holder of the bit for whom two threads spin, so no model has
/// two cancellations and a publisher on three threads.)
pub(crate) fn cancel_beside_publish_and_cancel() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (a, b) = (Parked::observer(&shared), Parked::candidate(&shared));
    let bells = [a.bell.clone(), b.bell.clone()];
    let thread = thread::spawn(move || drop(a));
    guard.set(Value::new(1));
    drop(b);
    thread.join().unwrap();
    assert_forgotten(&bells);
}

/// A failure and a cancellation at once: whoever holds the bit owes the wake-ups.
pub(crate) fn cancel_beside_failure_beside_candidate() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (gone, stays) = (Parked::observer(&shared), Parked::candidate(&shared));
    let cancel = thread::spawn(move || drop(gone));
    let takes_over = thread::spawn(move || stays.finish());
    shared.1.leave();
    drop(guard);
    cancel.join().unwrap();
    takes_over.join().unwrap();
}

/// A waiter is polled again with another waker while something else happens.
fn new_waker(parked: fn(&Arc<(Cell, Effects)>) -> Parked, leader: fn(InitGuard<'_, Value>)) {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut moved = parked(&shared);
    let bells = [core::mem::replace(&mut moved.bell, Bell::new()), moved.bell.clone()];
    let thread = thread::spawn(move || {
        if moved.poll().is_pending() {
            moved.finish();
        }
    });
    shared.1.leave();
    leader(guard);
    thread.join().unwrap();
    assert_forgotten(&bells);
}

pub(crate) fn new_waker_beside_failure() {
    new_waker(Parked::candidate, |guard| drop(guard));
}

pub(crate) fn new_waker_beside_publish() {
    new_waker(Parked::observer, |guard| {
        guard.set(Value::new(1));
    });
}

/// A woken candidate finds somebody else leading, and waits on.
pub(crate) fn woken_candidate_waits_again() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let candidate = Parked::candidate(&shared);
    let thread = thread::spawn(move || candidate.finish());
    shared.1.leave();
    drop(guard);
    if let TryLead::Leader(guard) = shared.0.try_lead() {
        shared.1.leave();
        guard.set(Value::new(3));
    }
    thread.join().unwrap();
}

/// What three leaders did is seen by each in turn, though two of them failed.
pub(crate) fn effects_of_failed_leaders() {
    let shared = shared();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || {
                if let TryLead::Leader(guard) = shared.0.try_lead() {
                    shared.1.leave();
                    drop(guard);
                }
            })
        })
        .collect();
    if let TryLead::Leader(guard) = shared.0.try_lead() {
        shared.1.leave();
        guard.set(Value::new(1));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

/// A leader panics while a task waits; what it owned is gone before the next.
pub(crate) fn panicked_leader_beside_candidate_and_observer() {
    let shared = shared();
    let waiter = shared.clone();
    let observer = thread::spawn(move || block_on(waiter.0.wait()).get());
    let next = shared.clone();
    let candidate = thread::spawn(move || {
        block_on(next.0.get_or_init(|| async {
            next.1.leave();
            Value::new(2)
        }))
        .get()
    });
    panics(|| {
        block_on(shared.0.get_or_init(|| async {
            shared.1.leave();
            panic_quietly()
        }));
    });
    observer.join().unwrap();
    candidate.join().unwrap();
}

/// A blocked thread and a task wait for one leader, which fails.
pub(crate) fn thread_and_task_on_one_cell() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let blocked = shared.clone();
    let thread = thread::spawn(move || {
        blocked.0.get_or_init_blocking(|| {
            blocked.1.leave();
            Value::new(1)
        });
    });
    let task = Parked::candidate(&shared);
    shared.1.leave();
    drop(guard);
    task.finish();
    thread.join().unwrap();
}

/// A blocked thread is released by a value set from elsewhere.
pub(crate) fn blocked_thread_beside_set_and_cancel() {
    let shared = shared();
    let blocked = shared.clone();
    let thread = thread::spawn(move || {
        blocked.0.wait_blocking().get();
    });
    let cancelled = shared.clone();
    let other = thread::spawn(move || {
        poll_and_drop(cancelled.0.wait());
    });
    let _ = shared.0.set(Value::new(1));
    thread.join().unwrap();
    other.join().unwrap();
}

/// Two waiters and a setter.
pub(crate) fn two_observers_beside_set() {
    let shared = shared();
    let (a, b) = (Parked::observer(&shared), Parked::observer(&shared));
    let thread = thread::spawn(move || a.finish());
    let _ = shared.0.set(Value::new(1));
    b.finish();
    thread.join().unwrap();
}

/// Three callers initialise: one does, and all see its value.
pub(crate) fn three_initialise() {
    let shared = shared();
    let threads: Vec<_> = (0..2)
        .map(|number| {
            let shared = shared.clone();
            thread::spawn(move || {
                block_on(shared.0.get_or_init(|| async move { Value::new(number) })).get()
            })
        })
        .collect();
    let value = block_on(shared.0.get_or_init(|| async { Value::new(7) })).get();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), value);
    }
}

/// A value set by another thread than the one that got the lead.
pub(crate) fn guard_crosses_threads() {
    let shared = shared();
    let pair: &'static (Cell, Effects) = {
        let pair: *const (Cell, Effects) = &*shared;
        // SAFETY: `shared` outlives the threads, which are joined below.
        unsafe { &*pair }
    };
    let Lead::Leader(guard) = block_on(pair.0.lead()) else { unreachable!() };
    let parked = Parked::observer(&shared);
    let thread = thread::spawn(move || {
        guard.set(Value::new(1));
    });
    parked.finish();
    thread.join().unwrap();
}

/// The cell goes with a value, or with a leader cancelled: nothing is leaked.
pub(crate) fn dropped_with_and_without_value() {
    let shared = shared();
    let other = shared.clone();
    let thread = thread::spawn(move || {
        poll_and_drop(other.0.get_or_init(pending));
    });
    let _ = shared.0.set(Value::new(1));
    thread.join().unwrap();
}

/// A waiter that is woken by the value, and dropped without being polled again.
pub(crate) fn released_and_dropped() {
    let shared = shared();
    let waiter = Parked::observer(&shared);
    let other = shared.clone();
    let thread = thread::spawn(move || {
        let mut future = pin!(other.0.wait());
        let _ = poll_once(future.as_mut(), &Flag::new());
    });
    let _ = shared.0.set(Value::new(1));
    drop(waiter);
    thread.join().unwrap();
}
