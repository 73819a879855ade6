//! "Failing backend, retry storm": the first initialisers fail. Each caller tries until it
//! has the value, or gives up with its own failure.
//!
//! `OnceLock` is not among the contestants: its fallible form is not stable.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::measured::Measured;
use super::stage::{Played, play};
use crate::peer::{AsyncPeer, Failed};

/// How many initialisers fail, if callers try again.
pub const FAILURES: u64 = 8;
/// What an attempt takes.
const ATTEMPT: Duration = Duration::from_millis(1);

/// The backend comes back after [`FAILURES`] attempts, and callers try until then.
///
/// # Panics
///
/// If the initialiser ran more often than it had to.
pub fn run<P: AsyncPeer>(runtime: &Runtime, callers: usize) -> Measured {
    let (cell, attempts) = (Arc::new(P::new()), Arc::new(AtomicU64::new(0)));
    let ended = Arc::new(AtomicU64::new(0));
    let Played { callers, bystanders } = play(runtime, callers, |_, clock| {
        let (cell, attempts, ended) = (cell.clone(), attempts.clone(), ended.clone());
        async move {
            let attempt = || async {
                tokio::time::sleep(ATTEMPT).await;
                if attempts.fetch_add(1, Relaxed) < FAILURES {
                    return Err(Failed);
                }
                ended.store(clock.now(), Relaxed);
                Ok(1)
            };
            while cell.get_or_try_init(attempt).await.is_err() {}
            assert_eq!(cell.get(), Some(&1));
            clock.now()
        }
    });
    let attempts = attempts.load(Relaxed);
    assert_eq!(attempts, FAILURES + 1, "{}: until it succeeds", P::NAME);
    let mut measured = Measured::default();
    let last = callers.iter().max().copied().unwrap_or(0);
    measured.record("release", [last.saturating_sub(ended.load(Relaxed))]);
    measured.record("call", callers);
    measured.record("bystander", bystanders);
    measured
}

/// The backend does not come back, and each caller gives up with its own failure, at once.
///
/// # Panics
///
/// If not each caller's initialiser ran.
pub fn run_in_vain<P: AsyncPeer>(runtime: &Runtime, callers: usize) -> Measured {
    let (cell, attempts) = (Arc::new(P::new()), Arc::new(AtomicU64::new(0)));
    let Played { callers, bystanders } = play(runtime, callers, |_, clock| {
        let (cell, attempts) = (cell.clone(), attempts.clone());
        async move {
            let attempt = || async {
                tokio::task::yield_now().await;
                attempts.fetch_add(1, Relaxed);
                Err(Failed)
            };
            assert_eq!(cell.get_or_try_init(attempt).await, Err(Failed));
            clock.now()
        }
    });
    assert_eq!(attempts.load(Relaxed), callers.len() as u64, "{}: each for itself", P::NAME);
    let mut measured = Measured::default();
    measured.record("call", callers);
    measured.record("bystander", bystanders);
    measured
}
