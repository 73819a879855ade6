//! Waiters that are dropped, or polled with another waker, while others push,
//! publish, fail or are dropped too.

use core::future::pending;
use core::pin::pin;

use bellwether_loom::{InitGuard, TryLead};
use loom::thread;

use super::parked::{Parked, Shared, assert_forgotten, block_on, shared};
use super::support::{Bell, Flag, Signal, Value, poll_and_drop, poll_once};

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
fn new_waker(parked: fn(&Shared) -> Parked, leader: fn(InitGuard<'_, Value>)) {
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
