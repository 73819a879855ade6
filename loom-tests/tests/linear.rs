//! Whether the primitives are linearizable: seeded scenarios of three threads under
//! loom. Prints what was explored: `cargo test -p loom-tests --test linear -- --nocapture`.
//! `EXECUTIONS=1000` explores more of each scenario.

#[path = "../linear/broken.rs"]
mod broken;
#[path = "../linear/list.rs"]
#[allow(dead_code, reason = "other harnesses use more")]
mod linear;

#[path = "linear/checker.rs"]
mod checker;

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use linear::check::Time;
use linear::histogram::subject::{self as histogram, All, Exact, Single};
use linear::run::{Scenario, Subject};
use linear::tally::{Counts, Tally, test};
use linear::{once, replay};

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether_loom::*;
    pub(crate) use loom::sync::atomic::AtomicUsize;
    pub(crate) use loom::sync::{Condvar, Mutex};
    pub(crate) use loom::thread;
}

/// loom knows what one thread may not have seen of another.
const TIMES: &[Time] = &[Time::Synchronised, Time::Real];

/// Explores at most so many executions, or as the variable says; ends with the first that has no order.
fn explore<S: Subject>(scenario: &Scenario<S::Of>, time: Time, most: usize) -> Counts {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    let wanted = std::env::var("EXECUTIONS").ok();
    let wanted = wanted.map(|number| number.parse().expect("EXECUTIONS is a number"));
    builder.max_permutations = Some(wanted.unwrap_or(most));
    builder.checkpoint_interval = 1;
    builder.max_branches = 5_000;
    let tally = Tally::default();
    let explored = {
        let (scenario, tally) = (scenario.clone(), tally.clone());
        catch_unwind(AssertUnwindSafe(|| {
            builder.check(move || {
                if !tally.run::<S>(&scenario, time) {
                    // Ends the exploration.
                    resume_unwind(Box::new("no order"));
                }
            });
        }))
    };
    let counts = tally.counts();
    if let (Err(panic), None) = (explored, &counts.fault) {
        eprintln!("{scenario:?}");
        resume_unwind(panic);
    }
    counts
}

/// Threads that know of each other by the cell only.
#[test]
fn cell() {
    test::<once::subject::Real>(0..150, Time::Synchronised, 150, 20);
}

/// Threads that look at one clock: what returned before is seen by what is called after.
#[test]
fn cell_in_real_time() {
    test::<once::subject::Real>(150..300, Time::Real, 150, 20);
}

/// Events that have a drop.
#[test]
fn replay_buffer_with_drops() {
    test::<replay::subject::Real<Box<u64>>>(0..120, Time::Synchronised, 150, 20);
}

/// Events without a drop, which may be published in place.
#[test]
fn replay_buffer_in_place() {
    test::<replay::subject::Real<u64>>(120..240, Time::Synchronised, 150, 20);
}

#[test]
fn replay_buffer_with_drops_in_real_time() {
    test::<replay::subject::Real<Box<u64>>>(240..300, Time::Real, 150, 20);
}

#[test]
fn replay_buffer_in_place_in_real_time() {
    test::<replay::subject::Real<u64>>(300..360, Time::Real, 150, 20);
}

#[test]
fn histogram() {
    test::<histogram::Real<All>>(0..80, Time::Synchronised, 150, 20);
}

#[test]
fn histogram_in_real_time() {
    test::<histogram::Real<All>>(80..160, Time::Real, 150, 20);
}

#[test]
fn exact_histogram() {
    test::<histogram::Real<Exact>>(160..220, Time::Synchronised, 150, 20);
}

#[test]
fn exact_histogram_in_real_time() {
    test::<histogram::Real<Exact>>(220..280, Time::Real, 150, 20);
}

#[test]
fn single_writer() {
    test::<histogram::Real<Single>>(280..320, Time::Synchronised, 150, 20);
}

#[test]
fn single_writer_in_real_time() {
    test::<histogram::Real<Single>>(320..360, Time::Real, 150, 20);
}
