//! The matrix: workloads named after life, on runtimes of 4 to 32 workers, each by all
//! peers that can do it.
//!
//! | file | what it is |
//! |---|---|
//! | `matrix/stage.rs` | the runtime, the door at which callers wait, the bystanders |
//! | `matrix/measured.rs` | distributions and counts of a run, and their lines of CSV |
//! | `matrix/cells.rs`, `matrix/suspends.rs` | cells as contestants |
//! | all others | a workload each |

pub mod cancelled;
pub mod cells;
pub mod cold_start;
pub mod measured;
pub mod metrics;
pub mod reconnect;
pub mod retry_storm;
pub mod slow_subscriber;
pub mod stage;
pub mod steady;
pub mod suspends;

use core::time::Duration;

use tokio::runtime::Runtime;

use crate::peer::AsyncPeer;
use crate::recording::Recording;
use crate::replaying::Replaying;
use crate::{each_async, each_called, each_of, each_replaying};
use cells::Called;
use measured::Measured;
use suspends::Suspends;

/// How many of everything.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Who calls a cell, or comes back to a buffer.
    pub callers: usize,
    /// What each of the workers' tasks does again and again.
    pub turns: usize,
}

type Run = dyn Fn(&Runtime, usize, Size) -> Measured;

/// One contestant of one workload.
pub struct Case {
    /// The workload.
    pub workload: &'static str,
    /// The contestant.
    pub peer: &'static str,
    run: Box<Run>,
}

impl Case {
    /// One run, on a runtime that has so many workers.
    #[must_use]
    pub fn run(&self, runtime: &Runtime, workers: usize, size: Size) -> Measured {
        (self.run)(runtime, workers, size)
    }
}

/// What an initialiser takes, for the workloads with these names.
const COLD: [(&str, Duration); 2] = [
    ("cold start, 2 ms", Duration::from_millis(2)),
    ("cold start, 50 ms", Duration::from_millis(50)),
];

struct Cases(Vec<Case>);

impl Cases {
    fn add(
        &mut self,
        workload: &'static str,
        peer: &'static str,
        run: impl Fn(&Runtime, usize, Size) -> Measured + 'static,
    ) {
        self.0.push(Case { workload, peer, run: Box::new(run) });
    }

    fn cells(&mut self) {
        for (name, takes) in COLD {
            each_called!(C => self.add(name, C::NAME, move |runtime, _, size| {
                cold_start::run_once::<C>(runtime, size.callers, takes)
            }));
        }
        each_async!(P => self.add("winner cancelled", <P as AsyncPeer>::NAME, |runtime, _, size| {
            cancelled::run::<P>(runtime, size.callers)
        }));
        each_async!(P => self.add("retry storm", <P as AsyncPeer>::NAME, |runtime, _, size| {
            retry_storm::run::<P>(runtime, size.callers)
        }));
        // Some wake everybody each time.
        each_async!(P => self.add("backend is gone", <P as AsyncPeer>::NAME, |runtime, _, size| {
            retry_storm::run_in_vain::<P>(runtime, size.callers / 10)
        }));
        each_called!(C => self.add("steady state", C::NAME, |runtime, workers, size| {
            steady::run::<C>(runtime, 4 * workers, size.turns)
        }));
    }

    fn buffers(&mut self) {
        each_replaying!(P of u64 => self.add(
            "reconnect storm",
            <P as Replaying<u64>>::NAME,
            |runtime, _, size| reconnect::run::<P>(runtime, size.callers / 10),
        ));
        self.add("reconnect storm", "bellwether, by token", |runtime, _, size| {
            reconnect::run_by_token(runtime, size.callers / 10)
        });
        each_replaying!(P of u64 => self.add(
            "slow subscriber",
            <P as Replaying<u64>>::NAME,
            |runtime, _, size| {
                slow_subscriber::run::<P>(runtime, size.callers / 10, size.turns as u64)
            },
        ));
    }

    fn histograms(&mut self) {
        each_of!(C => self.add("metrics of a cold start", C::NAME, |runtime, _, size| {
            cold_start::run_once::<C>(runtime, size.callers, Duration::from_millis(2))
        }), Suspends<bellwether::OnceCell<u64>>,
            Suspends<bellwether::OnceCell<u64, &'static bellwether::OnceMetrics>>);
        each_of!(P => self.add("metrics of requests", P::NAME, |runtime, workers, size| {
            metrics::run::<P>(runtime, 4 * workers, size.turns)
        }),
            crate::recording::ours::Nothing,
            prometheus::Histogram,
            metrics_util::storage::AtomicBucket<f64>,
            histogram::AtomicHistogram,
            hdrhistogram::sync::SyncHistogram<u64>,
            std::sync::Mutex<hdrhistogram::Histogram<u64>>,
            crate::recording::ours::Shared,
            crate::recording::ours::Sharded);
    }
}

/// All of them, a workload after the other.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = Cases(vec![]);
    cases.cells();
    cases.buffers();
    cases.histograms();
    cases.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small, and on both few and many workers: each checks its own work.
    #[test]
    fn every_case_does_its_work() {
        for workers in [2, 8] {
            let runtime = stage::runtime(workers);
            for case in cases() {
                let measured = case.run(&runtime, workers, Size { callers: 100, turns: 10 });
                let (name, times) = (case.peer, &measured.times);
                assert!(times.len() >= 2, "{}, {name}: {:?}", case.workload, times.keys());
                // It may be over before the first message.
                let mut theirs = times.iter().filter(|(what, _)| **what != "bystander");
                assert!(theirs.all(|(_, times)| !times.is_empty()), "{}, {name}", case.workload);
            }
        }
    }
}
