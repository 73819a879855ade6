//! What a replay buffer tells its hooks.

#![cfg(feature = "std")]

use bellwether::{EvictReason, ReplayBuffer, ReplayHooks, Start, WaitOutcome};
use core::panic::Location;
use core::pin::pin;
use core::task::{Context, Waker};
use std::sync::Mutex;

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    fn take(&self) -> Vec<String> {
        core::mem::take(&mut self.0.lock().unwrap())
    }
}

impl ReplayHooks for &Told {
    type Span = u32;
    type Site = &'static Location<'static>;

    fn published(&self, events: u64, bytes: u64) {
        self.note(format!("published {events}, {bytes}"));
    }
    fn evicted(&self, events: u64, reason: EvictReason) {
        self.note(format!("evicted {events}, {reason:?}"));
    }
    fn missed(&self, events: u64) {
        self.note(format!("missed {events}"));
    }
    fn delivered(&self, events: u64, lag: u64) {
        self.note(format!("delivered {events}, {lag}"));
    }
    fn wait_begin(&self, site: Self::Site) -> u32 {
        assert!(site.file().ends_with("replay_hooks.rs"));
        self.note("begin".into());
        site.line()
    }
    fn wait_end(&self, line: u32, outcome: WaitOutcome) {
        assert_ne!(line, 0);
        self.note(format!("end {outcome:?}"));
    }
}

#[test]
fn tells_of_everything_once() {
    let told = Told::default();
    let builder = ReplayBuffer::builder().capacity(3).max_bytes(100).hooks(&told);
    let buffer = builder.build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish_sized('a', 10).unwrap();
    assert_eq!(told.take(), ["published 1, 10"]);
    buffer.publish_all(['b', 'c', 'd']).unwrap();
    assert_eq!(told.take(), ["published 3, 12", "evicted 1, Count"]);
    assert!(buffer.publish_sized('e', 101).is_err());
    buffer.publish_sized('e', 100).unwrap();
    assert_eq!(told.take(), ["published 1, 100", "evicted 1, Count", "evicted 2, Bytes"]);
    assert!(subscriber.try_recv().is_err());
    assert_eq!(told.take(), ["missed 4"]);
    assert!(subscriber.try_recv().is_ok());
    assert_eq!(told.take(), ["delivered 1, 0"]);
    assert!(subscriber.try_recv().is_err());
    assert_eq!(told.take(), [""; 0]);
}

/// Who comes back is told what it missed, and so are the hooks.
#[test]
fn tells_what_a_token_missed() {
    let told = Told::default();
    let buffer = ReplayBuffer::builder().capacity(2).hooks(&told).build().unwrap();
    buffer.publish('-').unwrap();
    let token = buffer.token();
    buffer.publish_all(['a', 'b', 'c', 'd', 'e']).unwrap();
    told.take();
    assert!(
        matches!(buffer.resume(token), bellwether::Resume::Gap { missed, .. } if missed.events() == 3)
    );
    assert_eq!(told.take(), ["missed 3"]);
    assert!(matches!(buffer.resume(buffer.token()), bellwether::Resume::Complete(_)));
    assert_eq!(told.take(), [""; 0]);
}

#[test]
fn tells_of_batches_and_waits() {
    let told = Told::default();
    let buffer = ReplayBuffer::builder().capacity(64).hooks(&told).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut wait = pin!(subscriber.recv());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert_eq!(told.take(), ["begin"]);
    }
    assert_eq!(told.take(), ["end Cancelled"]);
    let mut events = vec![];
    {
        let mut wait = pin!(subscriber.recv_many(&mut events, 10));
        assert!(wait.as_mut().poll(&mut context).is_pending());
        buffer.publish_all(['x'; 11]).unwrap();
        assert!(wait.as_mut().poll(&mut context).is_ready());
    }
    // Chunks of 8.
    let expected = ["begin", "published 11, 44", "end Ready", "delivered 8, 3", "delivered 2, 1"];
    assert_eq!(told.take(), expected);
    assert_eq!(events.len(), 10);
}
