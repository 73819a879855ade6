//! "Steady state": the value has been there for long, and every request looks at it.

use core::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Runtime;

use super::cells::{Called, Init};
use super::measured::Measured;
use super::stage::{Played, play};

/// Looks to a turn: what is timed together.
pub const LOOKS: u64 = 64;

/// Each task takes so many turns of [`LOOKS`] looks, and lets others run between them. "64
/// calls" is one turn.
///
/// # Panics
///
/// If a task does not get the value.
pub fn run<C: Called>(runtime: &Runtime, tasks: usize, turns: usize) -> Measured {
    let cell = Arc::new(C::default());
    let Played { callers, bystanders } = play(runtime, tasks, |_, clock| {
        let cell = cell.clone();
        async move {
            let init = Init::new(core::time::Duration::ZERO, clock.clone());
            assert_eq!(cell.call(&init).await, 1);
            let mut times = Vec::with_capacity(turns);
            for _ in 0..turns {
                let start = Instant::now();
                for _ in 0..LOOKS {
                    black_box(cell.call(&init).await);
                }
                times.push(start.elapsed().as_nanos() as u64);
                tokio::task::yield_now().await;
            }
            (times, clock.now())
        }
    });
    let mut measured = Measured::default();
    measured.record("all", callers.iter().map(|(_, end)| *end).max());
    measured.record("64 calls", callers.into_iter().flat_map(|(times, _)| times));
    measured.record("bystander", bystanders);
    measured
}
