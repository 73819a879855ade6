//! Buffers that share a budget.

#![cfg(feature = "std")]

use bellwether::{
    Budget, EvictReason, Missed, PublishError, ReplayBuffer, ReplayHooks, Start, Subscriber,
    TryRecvError, WaitOutcome,
};
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

type Events = Arc<ReplayBuffer<Arc<()>>>;

fn member(budget: &Budget) -> Events {
    ReplayBuffer::builder().capacity(1_000).budget(budget).build().unwrap()
}

#[test]
fn evicts_where_the_weight_is() {
    let (budget, alive) = (Budget::new(1_000).unwrap(), Arc::new(()));
    let [large, small] = [(); 2].map(|()| member(&budget));
    let mut stalled = Subscriber::new(large.clone(), Start::Live);
    for _ in 0..9 {
        large.publish_sized(alive.clone(), 100).unwrap();
    }
    small.publish_sized(alive.clone(), 100).unwrap();
    assert_eq!((budget.used(), budget.buffers()), (1_000, 2));
    // The session with much pays, not the one that publishes.
    small.publish_sized(alive.clone(), 50).unwrap();
    assert_eq!((large.stats().len, small.stats().len), (8, 2));
    assert_eq!((budget.used(), Arc::strong_count(&alive)), (950, 11), "dropped at once");
    assert!(matches!(
        stalled.try_recv(),
        Err(TryRecvError::Missed(Missed { from: 1, to: 2, reason: EvictReason::Budget }))
    ));
    // And pays for itself.
    for _ in 0..20 {
        large.publish_sized(alive.clone(), 100).unwrap();
        assert!(budget.used() <= 1_000);
    }
    assert_eq!(small.stats().len, 2);
    assert_eq!(large.stats().bytes + small.stats().bytes, budget.used());
    drop(stalled);
    drop(large);
    assert_eq!((budget.used(), budget.buffers()), (150, 1));
    drop(small);
    assert_eq!((budget.used(), budget.buffers(), Arc::strong_count(&alive)), (0, 0, 1));
}

#[test]
fn an_event_larger_than_the_budget_is_given_back() {
    let budget = Budget::new(100).unwrap();
    let builder = ReplayBuffer::builder().capacity(8).max_bytes(1_000).budget(&budget);
    let buffer = builder.build().unwrap();
    assert_eq!(buffer.publish_sized("long", 101), Err(PublishError::TooLarge("long")));
    assert_eq!(buffer.publish_sized("fits", 100), Ok(1));
    assert_eq!(buffer.publish_sized("again", 100), Ok(2));
    assert_eq!((budget.used(), buffer.stats().len), (100, 1));
}

#[test]
fn own_bounds_hold_besides() {
    let budget = Budget::new(1_000).unwrap();
    let buffer = ReplayBuffer::builder().capacity(2).max_bytes(50).budget(&budget).build().unwrap();
    for bytes in [20, 20, 20, 40] {
        buffer.publish_sized((), bytes).unwrap();
    }
    assert_eq!((budget.used(), buffer.stats().len), (40, 1));
    assert_eq!(buffer.publish_all([(), ()]), Ok(2), "they weigh nothing");
    assert_eq!((budget.used(), buffer.stats().len), (0, 2));
}

/// Whoever takes a buffer out of its `Arc` does not stop the others for ever.
#[test]
fn a_buffer_out_of_reach_is_told() {
    let budget = Budget::new(100).unwrap();
    let [away, other] = [(); 2].map(|()| member(&budget));
    away.publish_sized(Arc::new(()), 100).unwrap();
    let away = Arc::into_inner(away).unwrap();
    let refused = other.publish_sized(Arc::new(()), 1).unwrap_err();
    assert!(matches!(refused, PublishError::Busy(_)));
    drop(away);
    assert_eq!(other.publish_sized(refused.into_inner(), 1), Ok(1));
}

/// The victim's hooks are told, in the name of whoever publishes.
#[test]
fn hooks_say_budget() {
    #[derive(Default)]
    struct ByBudget(AtomicU64);

    impl ReplayHooks for ByBudget {
        type Span = ();
        type Site = ();
        fn published(&self, _: u64, _: u64) {}
        fn evicted(&self, events: u64, reason: EvictReason) {
            assert_eq!(reason, EvictReason::Budget);
            self.0.fetch_add(events, Ordering::Relaxed);
        }
        fn missed(&self, _: u64) {}
        fn delivered(&self, _: u64, _: u64) {}
        fn wait_begin(&self, (): ()) {}
        fn wait_end(&self, (): (), _: WaitOutcome) {}
    }

    let budget = Budget::new(10).unwrap();
    let builder = ReplayBuffer::builder().capacity(99).budget(&budget);
    let watched = builder.hooks(ByBudget::default()).build().unwrap();
    let other = ReplayBuffer::builder().capacity(9).budget(&budget).build().unwrap();
    (0..10).for_each(|event| assert!(watched.publish_sized(event, 1).is_ok()));
    other.publish_sized('c', 3).unwrap();
    assert_eq!((watched.hooks().0.load(Ordering::Relaxed), watched.stats().len), (3, 7));
}

/// An event whose drop publishes into another buffer of the same budget, and panics.
#[test]
fn drops_run_outside() {
    struct Loud(Events, bool);

    impl Drop for Loud {
        fn drop(&mut self) {
            self.0.publish_sized(Arc::new(()), 10).unwrap();
            assert!(!self.1, "a drop");
        }
    }

    let budget = Budget::new(1_000).unwrap();
    let quiet = member(&budget);
    let loud = ReplayBuffer::builder().capacity(9).budget(&budget).build().unwrap();
    for panics in [false, true, false] {
        loud.publish_sized(Loud(quiet.clone(), panics), 300).unwrap();
    }
    let mut panics = 0;
    for _ in 0..9 {
        let caught = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
            quiet.publish_sized(Arc::new(()), 100).unwrap()
        }));
        panics += usize::from(caught.is_err());
        assert!(budget.used() <= 1_000);
        assert_eq!(budget.used(), loud.stats().bytes + quiet.stats().bytes);
    }
    assert_eq!((panics, loud.stats().len), (1, 1));
    drop(loud);
    assert_eq!(quiet.stats().bytes, budget.used());
}

/// Many threads, many sessions, one cap: it holds at each look, and all is accounted for.
#[test]
fn a_herd_under_one_cap() {
    const CAP: usize = 64 << 10;
    let budget = Budget::new(CAP).unwrap();
    let sessions: Vec<_> = (0..500)
        .map(|_| {
            let builder = ReplayBuffer::<Arc<[u8]>>::builder().capacity(64);
            builder.weigh(|event| event.len()).budget(&budget).build().unwrap()
        })
        .collect();
    let (done, most) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let looks = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // One after the other: what moves on meanwhile may be met twice.
                let sum: usize = sessions.iter().map(|session| session.stats().bytes).sum();
                most.fetch_max(sum.min(budget.used()), Ordering::Relaxed);
            }
        });
        let publishers: Vec<_> = (0..8_usize)
            .map(|thread| {
                let sessions = &sessions;
                scope.spawn(move || {
                    let mut random = thread as u64 + 1;
                    for _ in 0..5_000 {
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                        let session = &sessions[(random >> 40) as usize % sessions.len()];
                        let event = vec![thread as u8; (random >> 33) as usize % 700].into();
                        session.publish(event).unwrap();
                    }
                })
            })
            .collect();
        publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
        done.store(true, Ordering::Relaxed);
        looks.join().unwrap();
    });
    let sum: usize = sessions.iter().map(|session| session.stats().bytes).sum();
    assert_eq!(sum, budget.used());
    assert!(sum <= CAP && sum > CAP / 2 && most.into_inner() <= CAP);
    assert_eq!(sessions.iter().map(|session| session.stats().published).sum::<u64>(), 40_000);
    drop(sessions);
    assert_eq!((budget.used(), budget.buffers()), (0, 0));
}
