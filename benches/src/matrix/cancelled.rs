//! "Winner cancelled": whoever initialises gives up half way, three times in a row, as with
//! a time-out around the call. Somebody else has to take over each time.
//!
//! A blocking cell cannot do that: its initialiser is not cancelled.

use core::future::poll_fn;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::task::Poll;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;

use super::measured::Measured;
use super::stage::{Clock, Played, play};
use crate::peer::AsyncPeer;

/// How many give up.
pub const CANCELLED: u64 = 3;
/// After how long.
const PATIENCE: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
struct Log {
    begun: AtomicU64,
    ended: AtomicU64,
    /// When somebody gave up, and when the next one began, in turn.
    turns: Mutex<Vec<u64>>,
}

/// One run. "takeover" is from just before a call is dropped to the next initialiser's start.
///
/// # Panics
///
/// If not exactly three gave up, or somebody else has no value.
pub fn run<P: AsyncPeer>(runtime: &Runtime, callers: usize) -> Measured {
    let (cell, log) = (Arc::new(P::new()), Arc::new(Log::default()));
    let Played { callers, bystanders } = play(runtime, callers, |_, clock| {
        let (cell, log) = (cell.clone(), log.clone());
        async move { call(&*cell, &log, &clock).await }
    });
    let mut measured = Measured::default();
    let served: Vec<u64> = callers.iter().filter_map(|end| *end).collect();
    let gave_up = (callers.len() - served.len()) as u64;
    assert_eq!(gave_up, CANCELLED, "{}: all others are served", P::NAME);
    assert_eq!(log.begun.load(Relaxed), CANCELLED + 1, "{}: one after the other", P::NAME);
    let turns = log.turns.lock().expect("nobody panicked");
    measured.record("takeover", turns[1..].chunks_exact(2).map(|turn| turn[1] - turn[0]));
    let last = served.iter().max().copied().unwrap_or(0);
    measured.record("release", [last.saturating_sub(log.ended.load(Relaxed))]);
    measured.record("call", served);
    measured.record("bystander", bystanders);
    measured
}

/// When it had the value; `None` if it gave up.
async fn call<P: AsyncPeer>(cell: &P, log: &Log, clock: &Clock) -> Option<u64> {
    let has_enough = AtomicBool::new(false);
    let note = || log.turns.lock().expect("nobody panicked").push(clock.now());
    let init = || async {
        note();
        let turn = log.begun.fetch_add(1, Relaxed);
        tokio::time::sleep(PATIENCE).await;
        if turn < CANCELLED {
            has_enough.store(true, Relaxed);
            // Whoever calls sees it now, and drops this.
            core::future::pending::<()>().await;
        }
        log.ended.store(clock.now(), Relaxed);
        1
    };
    let gave_up = {
        let mut value = pin!(cell.get_or_init(init));
        let gave_up = poll_fn(|cx| match value.as_mut().poll(cx) {
            Poll::Ready(value) => {
                assert_eq!(*value, 1);
                Poll::Ready(false)
            }
            Poll::Pending if has_enough.load(Relaxed) => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        })
        .await;
        if gave_up {
            note();
        }
        gave_up
    };
    (!gave_up).then(|| clock.now())
}
