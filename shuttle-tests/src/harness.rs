//! One scenario under shuttle: half of the schedules random, half with three changes
//! of priority (PCT). From fixed seeds: the same again finds the same again.

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

use crate::linear::check::Time;
use crate::linear::run::{Scenario, Subject};
use crate::linear::tally::{Counts, Tally};

const SEED: u64 = 5;
const CHANGES: usize = 3;

/// Goes on until a history has no order.
#[derive(Debug)]
struct Until<S>(S, Tally);

impl<S: Scheduler> Scheduler for Until<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        if self.1.is_faulty() { None } else { self.0.new_execution() }
    }
    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        yields: bool,
    ) -> Option<TaskId> {
        self.0.next_task(runnable, current, yields)
    }
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

fn schedule<S: Subject>(
    scheduler: impl Scheduler + 'static,
    scenario: &Scenario<S::Of>,
    time: Time,
    tally: &Tally,
) {
    let mut config = Config::new();
    // The checker runs on it.
    config.stack_size = 1 << 20;
    config.failure_persistence = FailurePersistence::Print;
    config.max_steps = MaxSteps::FailAfter(100_000);
    config.silence_warnings = true;
    let runner = Runner::new(Until(scheduler, tally.clone()), config);
    let (scenario, tally) = (scenario.clone(), tally.clone());
    runner.run(move || {
        tally.run::<S>(&scenario, time);
    });
}

/// Runs so many schedules, or up to the first that has no order.
pub(crate) fn explore<S: Subject>(scenario: &Scenario<S::Of>, time: Time, most: usize) -> Counts {
    let tally = Tally::default();
    let explored = catch_unwind(AssertUnwindSafe(|| {
        let random = RandomScheduler::new_from_seed(SEED, most / 2);
        schedule::<S>(random, scenario, time, &tally);
        let changes = PctScheduler::new_from_seed(SEED, CHANGES + 1, most - most / 2);
        schedule::<S>(changes, scenario, time, &tally);
    }));
    let mut counts = tally.counts();
    if let Err(panic) = explored {
        eprintln!("{}, {scenario:?}", core::any::type_name::<S>());
        resume_unwind(panic);
    }
    if let Some(fault) = &mut counts.fault {
        *fault += &format!("  in schedule {} of {most}, from seed {SEED}\n", counts.histories);
    }
    counts
}
