//! "Reconnect storm": a deployment cuts all connections. Meanwhile events are published;
//! then all sessions come back at once, and each wants what it missed, while others follow.

use core::time::Duration;
use std::sync::Arc;

use bellwether::{ReplayBuffer, Resume, Start, Subscriber as Reader};
use tokio::runtime::Runtime;

use super::measured::Measured;
use super::stage::{Played, play};
use crate::replaying::{Got, Replaying, Subscriber};

/// What is kept.
const CAPACITY: usize = 1_024;
/// What is published while nobody is there.
const MISSED: u64 = 512;
/// What is published while they come back, and between these.
const MEANWHILE: u64 = 64;
const PAUSE: Duration = Duration::from_micros(100);

/// Each session has a subscriber that stayed behind when its connection went: all that
/// peers without tokens can offer. "caught up" is from the door's opening to when a session
/// has what was published before it.
///
/// # Panics
///
/// If a session missed something, or got something else.
pub fn run<P: Replaying<u64>>(runtime: &Runtime, sessions: usize) -> Measured {
    let peer = Arc::new(P::new(CAPACITY));
    let mut readers: Vec<_> = (0..sessions).map(|_| Some(peer.subscribe())).collect();
    let publisher = {
        let peer = peer.clone();
        move |number| peer.publish(number)
    };
    (0..MISSED).for_each(&publisher);
    storm(runtime, sessions, publisher, |session| {
        let mut reader = readers[session].take().expect("each session once");
        move || async move {
            for expected in 0..MISSED {
                match reader.recv().await {
                    Got::Event(number) => assert_eq!(number, expected, "{}", P::NAME),
                    other => panic!("{}: {other:?} instead of {expected}", P::NAME),
                }
            }
        }
    })
}

/// Each session has a token of 16 bytes, and nothing is kept for it.
///
/// # Panics
///
/// If a session missed something, or got something else.
pub fn run_by_token(runtime: &Runtime, sessions: usize) -> Measured {
    let buffer = ReplayBuffer::<u64>::builder().capacity(CAPACITY).build().expect("a capacity");
    let buffer = Arc::new(buffer);
    let token = buffer.subscribe(Start::Live).token();
    let publisher = {
        let buffer = buffer.clone();
        move |number| assert!(buffer.publish(number).is_ok(), "neither closed nor too large")
    };
    (0..MISSED).for_each(&publisher);
    storm(runtime, sessions, publisher, |_| {
        let buffer = buffer.clone();
        move || async move {
            let Resume::Complete(mut reader) = Reader::resume(buffer, token) else {
                panic!("all is still there");
            };
            for expected in 0..MISSED {
                assert_eq!(reader.recv().await.expect("an event").value, expected);
            }
        }
    })
}

/// The first caller publishes, the others come back.
fn storm<R, Fut>(
    runtime: &Runtime,
    sessions: usize,
    publish: impl Fn(u64) + Send + Sync + 'static,
    mut session: impl FnMut(usize) -> R,
) -> Measured
where
    R: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let publish = Arc::new(publish);
    let Played { callers, bystanders } = play(runtime, sessions + 1, |place, clock| {
        let publish = publish.clone();
        let read = place.checked_sub(1).map(&mut session);
        async move {
            match read {
                None => {
                    for number in MISSED..MISSED + MEANWHILE {
                        publish(number);
                        tokio::time::sleep(PAUSE).await;
                    }
                    None
                }
                Some(read) => {
                    read().await;
                    Some(clock.now())
                }
            }
        }
    });
    let mut measured = Measured::default();
    measured.record("caught up", callers.into_iter().flatten());
    measured.record("bystander", bystanders);
    measured
}
