//! "Slow subscriber": some follow, many never read, and one publishes. What do those that
//! follow, and whoever publishes, notice of the others?

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::task::yield_now;

use super::measured::Measured;
use super::stage::{Played, play};
use crate::replaying::{Got, Replaying, Subscriber};

/// What is kept.
const CAPACITY: usize = 1_024;
/// Events to a burst, after which others get their turn.
const BURST: u64 = 64;
/// Who follows.
const FAST: usize = 16;

/// "delivery" is from before an event is published to when a task has it, "64 publications"
/// a burst; "missed" counts events that those who follow did not get.
///
/// # Panics
///
/// If an account does not balance.
pub fn run<P: Replaying<u64>>(runtime: &Runtime, stalled: usize, bursts: u64) -> Measured {
    let peer = P::new(CAPACITY);
    let idle: Vec<_> = (0..stalled).map(|_| peer.subscribe()).collect();
    let mut readers: Vec<_> = (0..FAST).map(|_| Some(peer.subscribe())).collect();
    let (mut peer, lost) = (Some(peer), Arc::new(AtomicU64::new(0)));
    let Played { callers, bystanders } = play(runtime, FAST + 1, |place, clock| {
        let publisher = if place == 0 { peer.take() } else { None };
        let reader = place.checked_sub(1).and_then(|at| readers[at].take());
        let lost = lost.clone();
        async move {
            let mut times = vec![];
            if let Some(peer) = publisher {
                for _ in 0..bursts {
                    let start = clock.now();
                    (0..BURST).for_each(|_| peer.publish(clock.now()));
                    times.push(clock.now() - start);
                    yield_now().await;
                }
                peer.close();
            }
            let mut missed = 0;
            if let Some(mut reader) = reader {
                loop {
                    match reader.recv().await {
                        Got::Event(published) => times.push(clock.now() - published),
                        Got::Missed(events) => missed += events,
                        Got::Empty | Got::Closed => break,
                    }
                }
                assert_eq!(times.len() as u64 + missed, bursts * BURST, "{}", P::NAME);
            }
            lost.fetch_add(missed, Relaxed);
            times
        }
    });
    drop(idle);
    let (mut measured, mut callers) = (Measured::default(), callers.into_iter());
    measured.record("64 publications", callers.next().into_iter().flatten());
    measured.record("delivery", callers.flatten());
    measured.count("missed", lost.load(Relaxed));
    measured.record("bystander", bystanders);
    measured
}
