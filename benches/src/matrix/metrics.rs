//! "Metrics on": every task records what its requests took, into one histogram.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Runtime;
use tokio::task::yield_now;

use super::measured::Measured;
use super::stage::{Played, play};
use crate::recording::values::Values;
use crate::recording::{Recording, Writer};

/// Records to a turn: what is timed together.
pub const RECORDS: u64 = 64;

/// What it takes, in nanoseconds.
fn turn<P: Recording>(peer: &P, place: usize, values: &mut Values) -> u64 {
    let start = Instant::now();
    let mut writer = peer.writer(place);
    (0..RECORDS).for_each(|_| writer.record(values.draw()));
    drop(writer);
    start.elapsed().as_nanos() as u64
}

/// Each task takes so many turns of [`RECORDS`] records, and lets others run between them.
/// "64 records" is one turn, with the values' generation.
///
/// # Panics
///
/// If a record is lost.
pub fn run<P: Recording + Send + 'static>(
    runtime: &Runtime,
    tasks: usize,
    turns: usize,
) -> Measured {
    let peer = Arc::new(P::new(tasks));
    let Played { callers, bystanders } = play(runtime, tasks, |place, clock| {
        let peer = peer.clone();
        async move {
            let (mut values, mut times) = (Values::new(place), Vec::with_capacity(turns));
            for _ in 0..turns {
                times.push(turn(&*peer, place, &mut values));
                yield_now().await;
            }
            drop(peer);
            (times, clock.now())
        }
    });
    let mut peer = Arc::into_inner(peer).expect("all tasks have ended");
    if let Some(count) = peer.total().count {
        assert_eq!(count, (tasks * turns) as u64 * RECORDS, "{}", P::NAME);
    }
    let mut measured = Measured::default();
    measured.record("all", callers.iter().map(|(_, end)| *end).max());
    measured.record("64 records", callers.into_iter().flat_map(|(times, _)| times));
    measured.record("bystander", bystanders);
    measured
}
