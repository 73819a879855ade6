//! Whether the primitives are linearizable: seeded scenarios of three threads under
//! loom. Prints what was explored: `cargo test -p loom-tests --test linear -- --nocapture`.

#[path = "../linear/list.rs"]
#[allow(dead_code, reason = "real threads use more")]
mod linear;

#[path = "linear/broken.rs"]
mod broken;
#[path = "linear/checker.rs"]
mod checker;

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

use linear::check::Time;
use linear::replay_spec::Publishing;
use linear::replay_subject::Real;
use linear::run::{Subject, run};
use linear::scenario::Scenario;

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether_loom::*;
    pub(crate) use loom::sync::atomic::AtomicUsize;
    pub(crate) use loom::thread;
}

/// What exploring one scenario came to.
struct Explored {
    executions: usize,
    operations: usize,
    /// Of the executions those in which a publisher let go of the lock half-way, and
    /// those in which it was refused then.
    let_go: usize,
    refused: usize,
    /// The first history without an order.
    fault: Option<String>,
}

/// Explores at most so many executions; ends with the first that has no order.
fn explore<S: Subject>(scenario: &Scenario, time: Time, most: usize) -> Explored {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_permutations = Some(most);
    builder.checkpoint_interval = 1;
    builder.max_branches = 5_000;
    let counts = Arc::new([(); 4].map(|()| AtomicUsize::new(0)));
    let fault = Arc::new(Mutex::new(None));
    let explored = {
        let (scenario, counts, fault) = (scenario.clone(), counts.clone(), fault.clone());
        catch_unwind(AssertUnwindSafe(|| {
            builder.check(move || {
                counts[0].fetch_add(1, Relaxed);
                match run::<S>(&scenario, time) {
                    Ok(ran) => {
                        counts[1].fetch_add(ran.operations, Relaxed);
                        match ran.publishing {
                            Publishing::Locked => {}
                            Publishing::LetsGo => drop(counts[2].fetch_add(1, Relaxed)),
                            Publishing::Refused => drop(counts[3].fetch_add(1, Relaxed)),
                        }
                    }
                    Err(why) => {
                        *fault.lock().unwrap() = Some(why);
                        // Ends the exploration.
                        std::panic::resume_unwind(Box::new("no order"));
                    }
                }
            });
        }))
    };
    let fault = fault.lock().unwrap().take();
    if let (Err(panic), None) = (explored, &fault) {
        eprintln!("{scenario:?}");
        std::panic::resume_unwind(panic);
    }
    let [executions, operations, let_go, refused] =
        [0, 1, 2, 3].map(|n: usize| counts[n].load(Relaxed));
    Explored { executions, operations, let_go, refused, fault }
}

/// All scenarios with these seeds, of which every history must have an order.
fn all<S: Subject>(what: &str, seeds: core::ops::Range<u64>, time: Time, most: usize) {
    let (mut executions, mut operations, mut let_go, mut refused) = (0, 0, 0, 0);
    for seed in seeds.clone() {
        let scenario = Scenario::new(seed);
        let explored = explore::<S>(&scenario, time, most);
        if let Some(fault) = explored.fault {
            panic!("seed {seed}, {time:?}, {scenario:?}\n{fault}");
        }
        executions += explored.executions;
        operations += explored.operations;
        let_go += explored.let_go;
        refused += explored.refused;
    }
    println!("{what}, {time:?}: seeds {seeds:?}, {executions} histories, {operations} operations");
    println!("    let go half-way: {let_go}; refused then: {refused}");
    assert!(executions > 20 * seeds.count(), "they are explored");
    assert!(100 * (let_go + refused) < executions, "what is granted is seldom needed");
}

/// Events that have a drop; threads that know of each other by the buffer only.
#[test]
fn replay_buffer_with_drops() {
    all::<Real<Box<u64>>>("Box<u64>", 0..120, Time::Synchronised, 150);
}

/// Events without a drop, which may be published in place.
#[test]
fn replay_buffer_in_place() {
    all::<Real<u64>>("u64", 120..240, Time::Synchronised, 150);
}

/// Threads that look at one clock: what returned before is seen by what is called after.
#[test]
fn replay_buffer_with_drops_in_real_time() {
    all::<Real<Box<u64>>>("Box<u64>", 240..300, Time::Real, 150);
}

/// As above, without a drop.
#[test]
fn replay_buffer_in_place_in_real_time() {
    all::<Real<u64>>("u64", 300..360, Time::Real, 150);
}
