//! A budget is conserved on every path of a publication, whatever user code does there.

#![cfg(feature = "std")]

use bellwether::{
    Budget, EvictReason, Missed, PublishError, ReplayBuffer, ReplayHooks, SingleProducer, Start,
    Subscriber, TryRecvError, WaitOutcome,
};
use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

type OnDrop = Box<dyn FnOnce() + Send + Sync>;

/// Runs something when it is dropped.
struct Event(Option<OnDrop>);

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_some() == other.0.is_some()
    }
}

impl Event {
    fn quiet() -> Self {
        Self(None)
    }

    fn then(on_drop: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(on_drop)))
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if let Some(on_drop) = self.0.take() {
            on_drop();
        }
    }
}

type Events = Arc<ReplayBuffer<Event>>;

fn members<const N: usize>(budget: &Budget) -> [Events; N] {
    [(); N].map(|()| ReplayBuffer::builder().capacity(20).budget(budget).build().unwrap())
}

fn panics<R>(f: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

#[track_caller]
fn balance(budget: &Budget, buffers: &[&Events]) {
    let sum: usize = buffers.iter().map(|buffer| buffer.stats().bytes).sum();
    assert_eq!(budget.used(), sum);
    // All the rest can be had, so none of it was lost.
    let rest = budget.max_bytes() - sum;
    let [probe] = members(budget);
    probe.publish_sized(Event::quiet(), rest).unwrap();
    assert_eq!(buffers.iter().map(|buffer| buffer.stats().bytes).sum::<usize>(), sum);
}

#[test]
fn a_drop_that_panics_in_another_buffer_costs_the_new_event_at_most() {
    let budget = Budget::new(100).unwrap();
    let [full, other] = members(&budget);
    for _ in 0..10 {
        full.publish_sized(Event::then(|| panic!("a drop")), 10).unwrap();
    }
    // All of them go at once, and each panics: the first is told.
    assert!(panics(|| other.publish_sized(Event::quiet(), 100)));
    assert_eq!((full.stats().len, other.stats().published), (0, 0));
    balance(&budget, &[&full, &other]);
    other.publish_sized(Event::quiet(), 100).unwrap();
    balance(&budget, &[&full, &other]);
}

#[test]
fn a_publication_while_unwinding_goes_through() {
    struct Publishes<'a>(&'a Events);

    impl Drop for Publishes<'_> {
        fn drop(&mut self) {
            // The panics on the way would abort if they came through.
            assert_eq!(self.0.publish_sized(Event::quiet(), 100), Ok(1));
        }
    }

    let budget = Budget::new(100).unwrap();
    let [full, other] = members(&budget);
    for _ in 0..10 {
        full.publish_sized(Event::then(|| panic!("a drop")), 10).unwrap();
    }
    assert!(panics(|| {
        let _publishes = Publishes(&other);
        panic!("unwinding");
    }));
    assert_eq!((full.stats().len, other.stats().len), (0, 1));
    balance(&budget, &[&full, &other]);
}

/// Between two looks at the budget, the buffer that is published into is closed.
#[test]
fn a_drop_may_close_the_buffer_that_makes_room() {
    let budget = Budget::new(100).unwrap();
    let [full, closed] = members(&budget);
    closed.publish_sized(Event::quiet(), 10).unwrap();
    let to_close = closed.clone();
    full.publish_sized(Event::then(move || assert!(to_close.close())), 90).unwrap();
    let refused = closed.publish_sized(Event::quiet(), 50);
    assert!(matches!(refused, Err(PublishError::Closed(_))));
    assert_eq!((full.stats().bytes, closed.stats().bytes), (0, 10));
    balance(&budget, &[&full, &closed]);
}

/// And into that which waits for it.
#[test]
fn a_drop_may_publish_where_room_is_made_and_where_it_was_taken() {
    let budget = Budget::new(100).unwrap();
    let [full, other] = members(&budget);
    for _ in 0..5 {
        let (again, into) = (Arc::downgrade(&full), other.clone());
        let on_drop = move || {
            into.publish_sized(Event::quiet(), 7).unwrap();
            if let Some(again) = again.upgrade() {
                again.publish_sized(Event::quiet(), 5).unwrap();
            }
        };
        full.publish_sized(Event::then(on_drop), 20).unwrap();
    }
    other.publish_sized(Event::quiet(), 40).unwrap();
    balance(&budget, &[&full, &other]);
    other.publish_sized(Event::quiet(), 100).unwrap();
    balance(&budget, &[&full, &other]);
}

/// The reclaimer is the last who has the buffer, and its events panic.
#[test]
fn a_drop_may_give_up_the_buffer_it_was_in() {
    let budget = Budget::new(100).unwrap();
    let [full, other] = members(&budget);
    let owner = Arc::new(Mutex::new(None));
    let owned = owner.clone();
    full.publish_sized(Event::then(move || drop(owned.lock().unwrap().take())), 10).unwrap();
    let alive = Arc::new(());
    for _ in 0..9 {
        let held = alive.clone();
        let on_drop = move || {
            let _held = held;
            panic!("a drop");
        };
        full.publish_sized(Event::then(on_drop), 10).unwrap();
    }
    *owner.lock().unwrap() = Some(full);
    assert_eq!(budget.buffers(), 2);
    assert!(panics(|| other.publish_sized(Event::quiet(), 10)));
    assert_eq!((budget.buffers(), Arc::strong_count(&alive)), (1, 1));
    balance(&budget, &[&other]);
}

#[test]
fn a_weight_that_panics_takes_nothing() {
    thread_local!(static PANICS: Cell<bool> = const { Cell::new(false) });
    fn weigh(event: &u64) -> usize {
        assert!(!(PANICS.get() && *event == 3), "a weight");
        *event as usize
    }

    let budget = Budget::new(100).unwrap();
    let builder = ReplayBuffer::builder().capacity(9).weigh(weigh);
    let buffer = builder.budget(&budget).build().unwrap();
    PANICS.set(true);
    assert!(panics(|| buffer.publish(3)));
    assert!(panics(|| buffer.publish_all([1, 2, 3])));
    assert_eq!((budget.used(), buffer.stats().published), (0, 0));
    PANICS.set(false);
    assert_eq!(buffer.publish_all([1, 2, 3]), Ok(3));
    assert_eq!(budget.used(), 6);
}

/// Panics in each of its calls, and counts them.
#[derive(Default)]
struct Panicky {
    published: AtomicU64,
    evicted: AtomicU64,
}

impl ReplayHooks for Panicky {
    type Span = ();
    type Site = ();
    fn published(&self, events: u64, _: u64) {
        self.published.fetch_add(events, Relaxed);
        panic!("a hook");
    }
    fn evicted(&self, events: u64, _: EvictReason) {
        self.evicted.fetch_add(events, Relaxed);
        panic!("a hook");
    }
    fn missed(&self, _: u64) {}
    fn delivered(&self, _: u64, _: u64) {}
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}

#[test]
fn hooks_that_panic_lose_nothing_of_the_budget() {
    let budget = Budget::new(100).unwrap();
    let builder = ReplayBuffer::builder().capacity(4).budget(&budget).hooks(Panicky::default());
    let watched = builder.build().unwrap();
    for _ in 0..6 {
        assert!(panics(|| watched.publish_sized(Event::quiet(), 20)));
    }
    let told = |hooks: &Panicky| (hooks.published.load(Relaxed), hooks.evicted.load(Relaxed));
    assert_eq!((told(watched.hooks()), budget.used()), ((6, 2), 80));
    let [other] = members(&budget);
    assert!(panics(|| other.publish_sized(Event::quiet(), 40)), "of the other's hook");
    assert_eq!((told(watched.hooks()), watched.stats().len), ((6, 3), 3));
    assert_eq!((budget.used(), other.stats().published), (60, 0));
    other.publish_sized(Event::quiet(), 40).unwrap();
    assert_eq!((budget.used(), watched.stats().bytes), (100, 60));
    assert!(panics(|| watched.publish_all([(); 9].map(|()| Event::quiet()))));
    assert_eq!(told(watched.hooks()).0, 15);
    assert_eq!(budget.used(), other.stats().bytes + watched.stats().bytes);
}

/// In pieces that the capacity dictates, of which the second finds the budget used up.
#[test]
fn a_batch_in_pieces_panics_between_two() {
    let budget = Budget::new(100).unwrap();
    let builder = ReplayBuffer::builder().capacity(3).weigh(|event: &Event| match event.0 {
        Some(_) => 20,
        None => 1,
    });
    let pieces = builder.budget(&budget).build().unwrap();
    let [full] = members(&budget);
    full.publish_sized(Event::then(|| panic!("a drop")), 85).unwrap();
    let mut reader = Subscriber::new(pieces.clone(), Start::Live);
    let batch = || {
        let heavy = (0..3).map(|_| Event::then(|| ()));
        (0..3).map(|_| Event::quiet()).chain(heavy).chain([Event::quiet()])
    };
    assert!(panics(|| pieces.publish_all(batch())), "the drop of what had to go");
    let stats = pieces.stats();
    assert_eq!((stats.published, stats.evicted_through, stats.bytes), (3, 3, 0));
    balance(&budget, &[&full, &pieces]);
    assert_eq!(pieces.publish_all(batch()), Ok(7));
    assert_eq!((pieces.stats().published, pieces.stats().bytes), (10, 41));
    balance(&budget, &[&full, &pieces]);
    let told = reader.for_each_ready(9, |_, _| ()).unwrap_err();
    assert!(matches!(told, TryRecvError::Missed(Missed { from: 1, to: 8, .. })));
    while reader.for_each_ready(9, |_, _| ()).is_ok() {}
    let receipt = reader.receipt();
    assert_eq!((receipt.received, receipt.missed, receipt.pending), (3, 7, 0));
}

#[test]
fn a_closed_buffer_still_pays() {
    let budget = Budget::new(100).unwrap();
    let [closed, other] = members(&budget);
    let mut reader = Subscriber::new(closed.clone(), Start::Live);
    (0..4).for_each(|_| assert!(closed.publish_sized(Event::quiet(), 25).is_ok()));
    closed.close();
    other.publish_sized(Event::quiet(), 40).unwrap();
    assert_eq!((closed.stats().len, budget.used()), (2, 90));
    let missed = Missed { from: 1, to: 3, reason: EvictReason::Budget };
    assert_eq!(reader.for_each_ready(9, |_, _| ()), Err(TryRecvError::Missed(missed)));
    assert_eq!(reader.for_each_ready(9, |_, _| ()), Ok(2));
    assert_eq!(reader.for_each_ready(9, |_, _| ()), Err(TryRecvError::Closed));
    balance(&budget, &[&closed, &other]);
}

/// Taken out of its `Arc`, with one producer: it still counts, and nobody else gets at it.
#[test]
fn a_single_producer_keeps_its_share() {
    let budget = Budget::new(100).unwrap();
    let builder = ReplayBuffer::builder().capacity(4).budget(&budget);
    let alone = SingleProducer::new(Arc::into_inner(builder.build().unwrap()).unwrap());
    let mut producer = alone.producer().unwrap();
    // Without a drop: the path in place would not ask the budget.
    for event in 0..9_u64 {
        producer.publish_sized(event, 20).unwrap();
        assert_eq!(alone.stats().bytes, budget.used());
    }
    assert_eq!((alone.stats().len, budget.used()), (4, 80));
    let [other] = members(&budget);
    other.publish_sized(Event::quiet(), 20).unwrap();
    // It takes from others, and others cannot take from it.
    producer.publish_sized(9, 40).unwrap();
    assert_eq!((alone.stats().bytes, other.stats().len, budget.used()), (100, 0, 100));
    assert!(matches!(other.publish_sized(Event::quiet(), 1), Err(PublishError::Busy(_))));
    assert!(matches!(producer.publish_sized(1, 101), Err(PublishError::TooLarge(_))));
    drop(producer);
    drop(alone);
    balance(&budget, &[&other]);
}

/// What needs no drop goes another way where there is no budget; here it must not.
#[test]
fn plain_events_are_counted() {
    let budget = Budget::new(64).unwrap();
    let [one, two] = [(); 2]
        .map(|()| ReplayBuffer::<u64>::builder().capacity(100).budget(&budget).build().unwrap());
    for event in 0..50 {
        one.publish(event).unwrap();
        two.publish(event).unwrap();
        assert_eq!(one.stats().bytes + two.stats().bytes, budget.used());
    }
    assert_eq!((budget.used(), one.stats().len + two.stats().len), (64, 8));
}

/// Any order of all that can be done, with the account kept after each step.
#[test]
fn the_account_is_right_after_each_step() {
    const CAP: usize = 1_000;
    let budget = Budget::new(CAP).unwrap();
    let build = || {
        let builder = ReplayBuffer::<Arc<()>>::builder().capacity(12).max_bytes(600);
        builder.weigh(|event| 1 + Arc::strong_count(event) % 90).budget(&budget).build().unwrap()
    };
    let alive = Arc::new(());
    let mut buffers: Vec<_> = (0..6).map(|_| build()).collect();
    let mut readers: Vec<_> =
        buffers.iter().map(|buffer| Subscriber::new(buffer.clone(), Start::Oldest)).collect();
    let mut random = 1_u64;
    for _ in 0..if cfg!(miri) { 200 } else { 20_000 } {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        let (dice, at) = ((random >> 33) as usize, (random >> 50) as usize % buffers.len());
        match dice % 16 {
            0..8 => drop(buffers[at].publish_sized(alive.clone(), dice / 16 % 300)),
            8..11 => drop(buffers[at].publish_all(vec![alive.clone(); dice / 16 % 20])),
            11 => drop(buffers[at].publish_sized(alive.clone(), 601)),
            12 => drop(buffers[at].close()),
            13 => {
                readers[at] = Subscriber::new(buffers[at].clone(), Start::Oldest);
                buffers[at] = build();
                readers[at] = Subscriber::new(buffers[at].clone(), Start::Oldest);
            }
            _ => drop(readers[at].try_recv()),
        }
        let all = buffers.iter().map(|buffer| buffer.stats());
        let (len, bytes) = all.fold((0, 0), |(len, bytes), all| (len + all.len, bytes + all.bytes));
        assert!(bytes <= CAP && buffers.iter().all(|buffer| buffer.stats().bytes <= 600));
        assert_eq!((budget.used(), budget.buffers()), (bytes, buffers.len()));
        assert_eq!(Arc::strong_count(&alive), 1 + len, "dropped at once, and once");
        for reader in &readers {
            let receipt = reader.receipt();
            let sum = receipt.received + receipt.missed + receipt.pending;
            assert_eq!(sum, receipt.published);
        }
    }
    drop((buffers, readers));
    assert_eq!((budget.used(), budget.buffers(), Arc::strong_count(&alive)), (0, 0, 1));
}
