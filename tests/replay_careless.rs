//! Callers that publish from where they read, at the ends of what numbers can say, or
//! while another panic is on its way.

#![cfg(feature = "std")]

use bellwether::{
    EvictReason, Replay, ReplayArray, ReplayBuffer, ReplayHooks, ReplayStore, Resume, Start, Token,
    TryRecvError, WaitOutcome,
};
use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

/// Counts the bytes of publications, and panics in each hook if told to.
#[derive(Default)]
struct Hooks {
    bytes: Cell<u64>,
    calls: Cell<u32>,
    panics: Cell<bool>,
}

impl Hooks {
    fn call(&self) {
        self.calls.set(self.calls.get() + 1);
        if self.panics.get() {
            resume_unwind(Box::new("hook"));
        }
    }
}

impl ReplayHooks for &Hooks {
    type Span = ();
    type Site = ();

    fn published(&self, _: u64, bytes: u64) {
        self.bytes.set(bytes);
        self.call();
    }
    fn evicted(&self, _: u64, _: EvictReason) {
        self.call();
    }
    fn missed(&self, _: u64) {
        self.call();
    }
    fn delivered(&self, _: u64, _: u64) {
        self.call();
    }
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}

/// Reads two events and publishes one for each: with a bound of its own, a call ends.
fn echoes<S: ReplayStore<Event = u64>>(buffer: &Replay<S>) {
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish(0).unwrap();
    assert_eq!(subscriber.try_recv().unwrap().value, 0);
    buffer.publish_all([1, 2]).unwrap();
    let mut seen = vec![];
    let lent = subscriber.for_each_ready(usize::MAX, |_, &event| {
        assert!(seen.len() < 100, "it does not end");
        seen.push(event);
        buffer.publish(event + 2).unwrap();
    });
    assert_eq!((lent, &seen[..]), (Ok(2), &[1, 2][..]));
    assert_eq!(subscriber.lag(), 2);
    assert_eq!(subscriber.try_recv().unwrap().value, 3);
}

#[test]
fn a_closure_that_publishes_is_not_lent_what_it_published() {
    echoes(&ReplayBuffer::builder().capacity(4).build().unwrap());
    echoes(&ReplayBuffer::builder().capacity(40).build().unwrap());
    echoes(&ReplayBuffer::builder().capacity(4).build_plain().unwrap());
    echoes(&ReplayArray::<_, 4>::new());
}

/// The first of a thousand events has all of them evicted: whoever reads is told of those
/// that it was lent, and then of those that it missed.
fn is_overtaken<S: ReplayStore<Event = u64>>(buffer: &Replay<S>) {
    let mut subscriber = buffer.subscribe(Start::Live);
    (0..1_000).for_each(|n| assert!(buffer.publish(n).is_ok()));
    let mut seen = 0;
    let lent = subscriber.for_each_ready(usize::MAX, |_, &event| {
        assert_eq!(event, seen);
        if seen == 0 {
            (1_000..2_000).for_each(|n| assert!(buffer.publish(n).is_ok()));
        }
        seen += 1;
    });
    assert_eq!(lent, Ok(seen as usize));
    assert!(seen < 1_000);
    let missed = subscriber.for_each_ready(usize::MAX, |_, _| ());
    assert!(matches!(missed, Err(TryRecvError::Missed(_))), "{missed:?}");
    assert_eq!((subscriber.receipt().received, subscriber.receipt().missed), (seen, 1_000 - seen));
}

#[test]
fn a_closure_that_has_the_next_events_evicted_is_told_of_those_it_was_lent() {
    is_overtaken(&ReplayBuffer::builder().capacity(1_000).build().unwrap());
    is_overtaken(&ReplayBuffer::builder().capacity(1_000).build_plain().unwrap());
}

/// Each piece of a batch fits into `max_bytes`, all of them into no number.
#[test]
fn weights_that_have_no_sum_lose_no_event() {
    let hooks = &Hooks::default();
    let builder = ReplayBuffer::builder().capacity(4).weigh(|_| usize::MAX - 1).hooks(hooks);
    let buffer = builder.build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    assert_eq!(buffer.publish_all(["a", "b", "c"]), Ok(3));
    assert_eq!((buffer.stats().published, buffer.stats().len), (3, 1));
    assert_eq!(buffer.stats().bytes, usize::MAX - 1);
    assert_eq!(hooks.bytes.get(), (usize::MAX as u64 - 1).saturating_mul(3));
    assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(missed))
        if (missed.events(), missed.reason) == (2, EvictReason::Bytes)));
    assert_eq!(subscriber.try_recv().unwrap().value, "c");
}

/// A panic of a hook has nowhere to go while another is on its way: the destructor that
/// used the buffer goes on.
#[test]
fn hooks_that_panic_while_unwinding_abort_nothing() {
    struct Farewell<'a>(&'a ReplayBuffer<u64, &'a Hooks>);
    impl Drop for Farewell<'_> {
        fn drop(&mut self) {
            let mut subscriber = self.0.subscribe(Start::Oldest);
            (1..=4).for_each(|event| assert!(self.0.publish(event).is_ok()));
            assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
            assert_eq!(subscriber.try_recv().unwrap().value, 3);
            let token = Token { epoch: 0, seq: 0 };
            assert!(matches!(self.0.resume(token), Resume::Gap { .. }));
        }
    }
    let hooks = &Hooks::default();
    let buffer = ReplayBuffer::builder().capacity(2).hooks(hooks).build().unwrap();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _farewell = Farewell(&buffer);
        hooks.panics.set(true);
        resume_unwind(Box::new("the first"));
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the first"));
    // Four published, two evicted, one delivered, two told that they missed some.
    assert_eq!(hooks.calls.get(), 9);
}

#[test]
fn a_place_that_was_never_reached_is_told_or_is_the_newest() {
    let buffer = ReplayBuffer::builder().capacity(1).epoch(7).build().unwrap();
    assert_eq!(buffer.publish_all([(); 3]), Ok(3));
    let mut subscriber = buffer.subscribe(Start::After(u64::MAX));
    assert_eq!((subscriber.lag(), subscriber.try_recv()), (0, Err(TryRecvError::Empty)));
    let resume = |epoch| buffer.resume(Token { epoch, seq: u64::MAX });
    assert!(matches!(resume(7), Resume::Ahead { published: 3 }));
    assert!(matches!(resume(6), Resume::WrongEpoch { sub } if sub.lag() == 1));
    assert_eq!(buffer.publish_all([(); 0]), Ok(0));
    assert_eq!(buffer.stats().published, 3);
}

/// A clone's account begins where it was made; it counts as a subscriber.
#[test]
fn clones_go_on_from_the_same_place_alone() {
    let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    let mut first = buffer.subscribe(Start::Live);
    buffer.publish_all(1..=3).unwrap();
    assert!(matches!(first.try_recv(), Err(TryRecvError::Missed(_))));
    let mut second = first.clone();
    assert_eq!(buffer.stats().subscribers, 2);
    let receipt = second.receipt();
    assert_eq!((receipt.published, receipt.missed, receipt.pending), (2, 0, 2));
    assert_eq!(second.try_recv().unwrap().seq, 2);
    drop(second);
    assert_eq!((first.receipt().missed, first.lag()), (1, 2));
    assert_eq!(buffer.stats().subscribers, 1);
}
