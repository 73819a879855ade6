//! The budget with buffers that are nothing but a queue of weights.

use crate::sync::{AtomicBool, Ordering};
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};
use std::thread;

mod room;
mod standing;

use super::*;

/// What happens when an event is dropped.
type OnDrop = alloc::boxed::Box<dyn FnOnce() + Send + Sync>;

struct Event(usize, Option<OnDrop>);

impl Drop for Event {
    fn drop(&mut self) {
        if let Some(on_drop) = self.1.take() {
            on_drop();
        }
    }
}

struct Inner {
    events: VecDeque<Event>,
    bytes: usize,
    share: Option<Share>,
}

struct Mock {
    budget: Budget,
    inner: Locked<Inner>,
}

impl Mock {
    fn new(budget: &Budget) -> Arc<Self> {
        Arc::new_cyclic(|weak: &Weak<Self>| {
            let share = Some(Share::new(budget, weak.clone()));
            let inner = Inner { events: VecDeque::new(), bytes: 0, share };
            Self { budget: budget.clone(), inner: Locked::new(inner) }
        })
    }

    fn publish(&self, bytes: usize) {
        self.publish_event(Event(bytes, None));
    }

    fn publish_event(&self, event: Event) {
        let bytes = event.0;
        assert!(bytes <= self.budget.max_bytes());
        let mut room = Room::new(&self.budget, bytes);
        let mut event = Some(event);
        while !self.inner.with(|inner| {
            let taken = inner.share.as_mut().unwrap().take(bytes);
            if taken {
                inner.bytes += bytes;
                inner.events.extend(event.take());
            }
            taken
        }) {
            room.make();
        }
    }

    fn bytes(&self) -> usize {
        self.inner.with(|inner| inner.bytes)
    }

    fn class(&self) -> usize {
        self.bytes().checked_ilog2().map_or(0, |class| class as usize + 1)
    }
}

impl Shed for Mock {
    fn shed(&self, bytes: usize) -> usize {
        let (events, went) = self.inner.with(|inner| {
            let (mut events, mut went) = (Vec::new(), 0);
            while went < bytes {
                let Some(event) = inner.events.pop_front() else { break };
                went += event.0;
                events.push(event);
            }
            inner.bytes -= went;
            inner.share.as_mut().unwrap().give(went);
            (events, went)
        });
        drop(events);
        went
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.inner.with(|inner| inner.share.take()));
    }
}

fn budget(bytes: usize) -> Budget {
    Budget::new(bytes).unwrap()
}

/// With nobody at work, everything is known exactly, and everyone is where it should be.
fn check(budget: &Budget, buffers: &[Arc<Mock>]) {
    let sum: usize = buffers.iter().map(|buffer| buffer.bytes()).sum();
    assert!(sum <= budget.max_bytes());
    assert_eq!(budget.used(), sum);
    assert_eq!(budget.shared.credit.free(), budget.max_bytes() - sum);
    assert_eq!(budget.buffers(), buffers.len());
    let heaviest = buffers.iter().map(|buffer| buffer.class()).max().unwrap_or(0);
    let found = loop {
        match budget.shared.registry.with(|registry| registry.heaviest()) {
            heaviest::Found::Heaviest(_, bytes) => break bytes.ilog2() as usize + 1,
            heaviest::Found::Nobody => break 0,
            heaviest::Found::Unfinished => {}
        }
    };
    assert_eq!(found, heaviest);
}

#[test]
fn the_heavy_one_pays_for_all() {
    let budget = budget(10_000);
    let buffers: Vec<_> = (0..100).map(|_| Mock::new(&budget)).collect();
    buffers.iter().for_each(|buffer| buffer.publish(10));
    (0..90).for_each(|_| buffers[42].publish(100));
    assert_eq!(budget.used(), budget.max_bytes());
    for buffer in &buffers {
        buffer.publish(20);
        check(&budget, &buffers);
    }
    for (at, buffer) in buffers.iter().enumerate() {
        assert_eq!(buffer.bytes(), if at == 42 { 7_020 } else { 30 });
    }
    // It went by events of 100, and what is left of the last is not needed yet.
    assert_eq!(budget.used(), 9_990);
}

#[test]
fn all_of_the_cap_can_be_had_by_one_event_and_to_the_last_byte() {
    for bytes in [1, 2, 15, 16, 17, 1_000] {
        let budget = budget(bytes);
        let buffers = [Mock::new(&budget), Mock::new(&budget), Mock::new(&budget)];
        (0..bytes).for_each(|at| buffers[at % 3].publish(1));
        assert_eq!(budget.used(), bytes);
        check(&budget, &buffers);
        buffers[1].publish(bytes);
        assert_eq!(buffers.each_ref().map(|buffer| buffer.bytes()), [0, bytes, 0]);
        check(&budget, &buffers);
    }
}

#[test]
fn no_more_goes_than_is_lacking() {
    let budget = budget(100);
    let (heavy, light) = (Mock::new(&budget), Mock::new(&budget));
    (0..10).for_each(|_| heavy.publish(9));
    light.publish(15);
    assert_eq!((heavy.bytes(), light.bytes()), (81, 15), "ten were free");
    check(&budget, &[heavy, light]);
}

#[test]
fn the_greatest_budget_counts_right() {
    let budget = budget(usize::MAX);
    let buffers = [Mock::new(&budget), Mock::new(&budget)];
    buffers[0].publish(usize::MAX);
    check(&budget, &buffers);
    buffers[1].publish(usize::MAX / 2);
    check(&budget, &buffers);
    assert_eq!(buffers[0].bytes(), 0);
}

#[test]
fn nothing_is_given_for_too_much_and_what_went_is_given_back() {
    let budget = budget(100);
    let other = Mock::new(&budget);
    let mut share = Share::new(&budget, Weak::<Mock>::new());
    other.publish(50);
    assert!(share.take(40));
    assert!(!share.take(11));
    assert_eq!((share.held(), budget.used()), (40, 90));
    assert!(share.exchange(40, 40));
    assert!(share.exchange(40, 50));
    assert!(share.exchange(30, 10));
    assert_eq!((share.held(), budget.used()), (30, 80));
    assert!(!share.exchange(20, 71));
    assert_eq!((share.held(), budget.used()), (10, 60));
    assert!(!share.take(101));
    drop(share);
    check(&budget, &[other]);
}

#[test]
fn one_class_has_its_turns() {
    let budget = budget(16 * 64);
    let buffers: Vec<_> = (0..16).map(|_| Mock::new(&budget)).collect();
    (0..16).for_each(|_| buffers.iter().for_each(|buffer| buffer.publish(4)));
    let light = Mock::new(&budget);
    (0..16).for_each(|_| light.publish(1));
    // Four bytes of each of four: none pays twice before all have paid.
    assert!(buffers.iter().all(|buffer| buffer.bytes() >= 60));
    assert_eq!(buffers.iter().filter(|buffer| buffer.bytes() == 60).count(), 4);
}

#[test]
fn who_goes_gives_everything_back_and_makes_room_in_the_registry() {
    let budget = budget(1_000);
    for _ in 0..3 {
        let mut buffers: Vec<_> = (0..1_000).map(|_| Mock::new(&budget)).collect();
        buffers.iter().for_each(|buffer| buffer.publish(1));
        check(&budget, &buffers);
        let mut other = false;
        buffers.retain(|_| {
            other = !other;
            other
        });
        check(&budget, &buffers);
        let more = (0..500).map(|_| Mock::new(&budget));
        buffers.extend(more);
        buffers.iter().for_each(|buffer| buffer.publish(2));
        check(&budget, &buffers);
    }
    check(&budget, &[]);
}

#[test]
fn a_search_moves_down_what_fell() {
    let budget = budget(1 << 20);
    let buffers: Vec<_> = (0..1_000).map(|_| Mock::new(&budget)).collect();
    buffers.iter().for_each(|buffer| (0..10).for_each(|_| buffer.publish(100)));
    let search = || budget.shared.registry.with(|registry| registry.heaviest());
    for buffer in &buffers[1..] {
        assert_eq!(buffer.shed(910), 1_000);
    }
    // Listed where they were, and more than one visit may move.
    assert!(matches!(search(), heaviest::Found::Heaviest(..)));
    assert!(matches!(search(), heaviest::Found::Unfinished));
    check(&budget, &buffers);
}

#[test]
fn a_drop_may_publish_into_the_same_budget() {
    let budget = budget(100);
    let (heavy, other) = (Mock::new(&budget), Mock::new(&budget));
    for _ in 0..10 {
        let other = other.clone();
        let on_drop: OnDrop = alloc::boxed::Box::new(move || other.publish(9));
        heavy.publish_event(Event(10, Some(on_drop)));
    }
    heavy.publish(10);
    check(&budget, &[heavy.clone(), other.clone()]);
    heavy.publish(100);
    assert_eq!((heavy.bytes() + other.bytes()).min(100), budget.used());
    check(&budget, &[heavy, other]);
}

#[test]
fn a_drop_may_panic() {
    let budget = budget(100);
    let (heavy, other) = (Mock::new(&budget), Mock::new(&budget));
    let on_drop: OnDrop = alloc::boxed::Box::new(|| resume_unwind(alloc::boxed::Box::new(7)));
    heavy.publish_event(Event(60, Some(on_drop)));
    heavy.publish(40);
    let panic = catch_unwind(AssertUnwindSafe(|| other.publish(50))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&7));
    // What was evicted is there for others.
    assert_eq!((heavy.bytes(), other.bytes(), budget.used()), (40, 0, 40));
    other.publish(60);
    assert_eq!(heavy.bytes(), 40);
    check(&budget, &[heavy, other]);
}

/// Of a buffer that goes while its events publish into others: it is out by then.
#[test]
fn a_buffer_that_goes_blocks_nobody() {
    let budget = budget(100);
    let (full, other) = (Mock::new(&budget), Mock::new(&budget));
    let into = other.clone();
    let on_drop: OnDrop = alloc::boxed::Box::new(move || into.publish(100));
    full.publish_event(Event(100, Some(on_drop)));
    drop(full);
    assert_eq!(other.bytes(), 100);
    check(&budget, &[other]);
}

/// One that cannot be asked any more, and has not left yet, is passed over.
#[test]
fn who_cannot_be_asked_is_passed_over() {
    let budget = budget(100);
    let mut gone = Share::new(&budget, Weak::<Mock>::new());
    assert!(gone.take(80));
    let other = Mock::new(&budget);
    other.publish(10);
    other.publish(10);
    other.publish(5);
    assert_eq!((gone.held(), other.bytes()), (80, 15));
    drop(gone);
    other.publish(85);
    check(&budget, &[other]);
}

/// Whoever has everything, and is preempted before it is listed, is waited for; only one
/// who cannot be asked any more is a reason to give up.
#[test]
fn who_is_not_listed_yet_is_waited_for() {
    let budget = budget(100);
    assert!(budget.shared.credit.take(0, 100), "as in the middle of a publication");
    let mut room = Room::new(&budget, 1);
    assert!((0..10_000).all(|_| room.make()));
    budget.shared.credit.give(0, 100);
    let mut gone = Share::new(&budget, Weak::<Mock>::new());
    assert!(gone.take(100));
    let mut room = Room::new(&budget, 1);
    assert!((0..10_000).any(|_| !room.make()));
    drop(gone);
    assert!((0..10_000).all(|_| room.make()), "it is not away any more");
    check(&budget, &[]);
}

/// 32 threads over 1,000 buffers, while somebody looks at all of them at once.
#[test]
fn the_sum_is_never_above_the_cap() {
    const CAP: usize = 64 << 10;
    let threads = if cfg!(miri) { 3 } else { 32 };
    let (buffers, events) = if cfg!(miri) { (10, 50) } else { (1_000, 4_000) };
    let budget = budget(CAP);
    let buffers: Vec<_> = (0..buffers).map(|_| Mock::new(&budget)).collect();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let publishers: Vec<_> = (0..threads)
            .map(|thread| {
                let (buffers, budget) = (&buffers, &budget);
                scope.spawn(move || {
                    let mut random = thread as u64 + 1;
                    for at in 0..events {
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        let dice = (random >> 33) as usize;
                        // Some buffers get most, and some buffers come and go.
                        let to = (dice % buffers.len()) * (dice >> 20) % buffers.len();
                        buffers[to].publish(1 + dice % 500);
                        if at % 64 == 0 {
                            let passing = Mock::new(budget);
                            passing.publish(1 + dice % 5_000);
                        }
                    }
                })
            })
            .collect();
        let watcher = scope.spawn(|| {
            let mut looks = 0;
            while !done.load(Ordering::Relaxed) || looks < 3 {
                assert!(locked_sum(&buffers) <= CAP);
                looks += 1;
                thread::yield_now();
            }
        });
        publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap();
    });
    check(&budget, &buffers);
    assert!(budget.used() > CAP / 2);
}

/// The sum while all locks are held, so that it is of one moment.
fn locked_sum(buffers: &[Arc<Mock>]) -> usize {
    fn add(buffers: &[Arc<Mock>]) -> usize {
        match buffers.split_first() {
            Some((first, rest)) => first.inner.with(|inner| inner.bytes + add(rest)),
            None => 0,
        }
    }
    add(buffers)
}

/// What the docs say of the memory.
#[test]
#[cfg(target_pointer_width = "64")]
fn a_buffer_costs_a_hundred_bytes() {
    let counts_of_the_arc = 2 * size_of::<usize>();
    let standing = counts_of_the_arc + size_of::<class::Standing>();
    assert_eq!(size_of::<slots::Slot>() + size_of::<Share>() + standing, 40 + 32 + 24);
    assert!(counts_of_the_arc + size_of::<Shared>() <= 3 << 10);
}
