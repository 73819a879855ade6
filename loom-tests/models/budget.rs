//! The budget: taking beside giving, searching beside growing, and buffers that go while
//! they are asked to evict. There are two pools, and a visit to the registry moves one.
//!
//! Buffers are queues of weights under a lock of loom's. Who counts in an execution does
//! so under the locks, so that it orders nothing that the budget must order itself.

use bellwether_loom::{Budget, Room, Share, Shed};
use loom::sync::Mutex;
use loom::thread;
use std::collections::VecDeque;
use std::sync::{Arc, Weak};

struct Inner {
    events: VecDeque<usize>,
    share: Option<Share>,
}

impl Inner {
    fn share(&mut self) -> &mut Share {
        self.share.as_mut().unwrap()
    }

    fn bytes(&self) -> usize {
        self.events.iter().sum()
    }

    fn evict(&mut self, bytes: usize) -> usize {
        let mut went = 0;
        while went < bytes {
            let Some(event) = self.events.pop_front() else { break };
            went += event;
        }
        went
    }
}

struct Buffer {
    budget: Budget,
    inner: Mutex<Inner>,
}

fn buffer(budget: &Budget) -> Arc<Buffer> {
    Arc::new_cyclic(|weak: &Weak<Buffer>| {
        let share = Some(Share::new(budget, weak.clone()));
        let inner = Mutex::new(Inner { events: VecDeque::new(), share });
        Buffer { budget: budget.clone(), inner }
    })
}

impl Buffer {
    /// Returns how often it had to make room.
    fn publish(&self, bytes: usize) -> usize {
        let mut room = Room::new(&self.budget, bytes);
        let mut turns = 0;
        while !self.try_publish(bytes) {
            room.make();
            turns += 1;
        }
        turns
    }

    fn try_publish(&self, bytes: usize) -> bool {
        let mut inner = self.inner.lock().unwrap();
        let taken = inner.share().take(bytes);
        if taken {
            inner.events.push_back(bytes);
        }
        taken
    }

    /// Evicts an event for one of another weight, as by its own bound of events.
    fn replace(&self, bytes: usize) -> bool {
        let mut inner = self.inner.lock().unwrap();
        let gone = inner.evict(1);
        let taken = inner.share().exchange(gone, bytes);
        if taken {
            inner.events.push_back(bytes);
        }
        taken
    }

    fn bytes(&self) -> usize {
        self.inner.lock().unwrap().bytes()
    }
}

impl Shed for Buffer {
    fn shed(&self, bytes: usize) -> usize {
        let mut inner = self.inner.lock().unwrap();
        let went = inner.evict(bytes);
        inner.share().give(went);
        went
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // Before the events go.
        self.inner.lock().unwrap().share = None;
    }
}

/// With nobody at work: nothing of the budget was lost, and nothing made.
fn balance(budget: &Budget, buffers: &[&Buffer]) {
    let sum: usize = buffers.iter().map(|buffer| buffer.bytes()).sum();
    assert_eq!(budget.used(), sum);
    assert!(sum <= budget.max_bytes());
    let mut rest = Share::new(budget, Weak::<Buffer>::new());
    assert!(rest.take(budget.max_bytes() - sum), "all that is free can be had");
    assert!(!rest.take(1), "and no more");
}

/// Each wants most of the budget: one of them has to evict the other's.
pub(crate) fn two_publish_under_one_cap() {
    let budget = Budget::new(4).unwrap();
    let (a, b) = (buffer(&budget), buffer(&budget));
    let other = {
        let a = a.clone();
        thread::spawn(move || a.publish(3))
    };
    b.publish(3);
    {
        let a = a.inner.lock().unwrap();
        let b = b.inner.lock().unwrap();
        assert!(a.bytes() + b.bytes() <= 4);
    }
    other.join().unwrap();
    assert_eq!(a.bytes() + b.bytes(), 3);
    balance(&budget, &[&a, &b]);
}

/// What one gives, in its pool, the other gathers, from both.
pub(crate) fn give_beside_gather() {
    let budget = Budget::new(4).unwrap();
    let (a, b) = (buffer(&budget), buffer(&budget));
    assert_eq!(a.publish(3), 0);
    let other = {
        let a = a.clone();
        thread::spawn(move || {
            assert!(a.replace(1));
            a.replace(3)
        })
    };
    let taken = b.try_publish(2);
    {
        // One after the other, as the proof has it.
        let b = b.bytes();
        assert!(a.bytes() + b <= 4);
    }
    let grown = other.join().unwrap();
    assert!(!(taken && grown), "five of four");
    balance(&budget, &[&a, &b]);
}

/// Two gather at once: together they never have more than there is.
pub(crate) fn gather_beside_gather() {
    let budget = Budget::new(3).unwrap();
    let (a, b) = (buffer(&budget), buffer(&budget));
    let other = {
        let a = a.clone();
        thread::spawn(move || a.try_publish(2))
    };
    let first = b.try_publish(2);
    let second = other.join().unwrap();
    assert!(!(first && second), "both had two of three");
    assert_eq!(budget.used(), 2 * usize::from(first | second));
    balance(&budget, &[&a, &b]);
}

/// Somebody is made to evict while it goes: the reclaimer may hold it last.
pub(crate) fn reclaim_beside_drop_of_the_victim() {
    let budget = Budget::new(2).unwrap();
    let (victim, b) = (buffer(&budget), buffer(&budget));
    victim.publish(1);
    victim.publish(1);
    let other = thread::spawn(move || drop(victim));
    b.publish(2);
    other.join().unwrap();
    assert_eq!(budget.buffers(), 1);
    assert_eq!(b.bytes(), 2);
    balance(&budget, &[&b]);
}

/// Somebody is made to evict while it publishes.
pub(crate) fn reclaim_beside_publish_of_the_victim() {
    let budget = Budget::new(4).unwrap();
    let (victim, b) = (buffer(&budget), buffer(&budget));
    victim.publish(2);
    let other = {
        let victim = victim.clone();
        thread::spawn(move || victim.publish(1))
    };
    b.publish(3);
    other.join().unwrap();
    let (victim_has, b_has) = (victim.bytes(), b.bytes());
    assert!([(1, 3), (1, 0), (0, 3)].contains(&(victim_has, b_has)), "{victim_has} {b_has}");
    balance(&budget, &[&victim, &b]);
}

/// A buffer that was listed too high empties, and grows again while a search moves it
/// down: it must be found afterwards.
pub(crate) fn growing_beside_search() {
    let budget = Budget::new(8).unwrap();
    let (a, b) = (buffer(&budget), buffer(&budget));
    a.publish(8);
    assert_eq!(a.shed(8), 8);
    let other = {
        let a = a.clone();
        thread::spawn(move || assert_eq!(a.publish(4), 0))
    };
    Room::new(&budget, 1).make();
    other.join().unwrap();
    let kept = a.bytes();
    b.publish(8);
    assert!(kept == 0 || kept == 4);
    assert_eq!((a.bytes(), b.bytes()), (0, 8));
    balance(&budget, &[&a, &b]);
}

/// The heavy one is found by its newest class, not the one that it was listed in.
pub(crate) fn the_heavier_grows_beside_search() {
    let budget = Budget::new(8).unwrap();
    let (light, heavy) = (buffer(&budget), buffer(&budget));
    light.publish(2);
    heavy.publish(1);
    let other = {
        let heavy = heavy.clone();
        thread::spawn(move || heavy.publish(4))
    };
    Room::new(&budget, 1).make();
    other.join().unwrap();
    let (before, after) = (light.bytes(), heavy.bytes());
    assert!([(0, 5), (2, 4), (2, 0)].contains(&(before, after)), "{before} {after}");
    Room::new(&budget, 4).make();
    assert_eq!(light.bytes(), if after == 0 { 0 } else { before }, "the heavy one pays");
    balance(&budget, &[&light, &heavy]);
}

/// Buffers join and go beside one another, and beside a search.
pub(crate) fn join_beside_leave_and_search() {
    let budget = Budget::new(2).unwrap();
    let old = buffer(&budget);
    old.publish(2);
    let other = {
        let budget = budget.clone();
        thread::spawn(move || {
            let new = buffer(&budget);
            new.publish(1);
            new.bytes()
        })
    };
    let second = buffer(&budget);
    drop(old);
    assert!(second.bytes() == 0);
    assert_eq!(other.join().unwrap(), 1);
    assert_eq!(budget.buffers(), 1);
    balance(&budget, &[&second]);
}

/// Three publish what two have room for.
pub(crate) fn three_publish_under_one_cap() {
    let budget = Budget::new(2).unwrap();
    let buffers = [buffer(&budget), buffer(&budget), buffer(&budget)];
    let others: Vec<_> = buffers[..2]
        .iter()
        .map(|buffer| {
            let buffer = buffer.clone();
            thread::spawn(move || buffer.publish(1))
        })
        .collect();
    buffers[2].publish(1);
    others.into_iter().for_each(|other| assert!(other.join().unwrap() < 100));
    let [a, b, c] = &buffers;
    assert!(budget.used() >= 1);
    balance(&budget, &[a, b, c]);
}
