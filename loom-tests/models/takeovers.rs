//! Three actors and more: takeovers, and releases of several at once.

use bellwether_loom::{Lead, Status, TryLead};
use loom::thread;

use super::parked::{Parked, block_on, shared};
use super::support::{Cell, Effects, Value, panic_quietly, panics, poll_and_drop};

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

/// From initializing to ready, a cell is never empty.
pub(crate) fn status_beside_end() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let other = shared.clone();
    let thread = thread::spawn(move || assert_ne!(other.0.status(), Status::Empty));
    guard.set(Value::new(1));
    thread.join().unwrap();
}
