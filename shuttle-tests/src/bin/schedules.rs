//! Runs so many schedules of the scenarios under shuttle, each checked for
//! linearizability: `cargo run --release -p shuttle-tests -- 1000000`. With the name of
//! a suite and a seed after the number, that scenario alone.

#[path = "../harness.rs"]
mod harness;
#[path = "../../../loom-tests/linear/list.rs"]
#[allow(dead_code, reason = "other harnesses use more")]
mod linear;
#[path = "../suites.rs"]
mod suites;

use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::process::ExitCode;
use std::sync::Mutex;
use std::{env, thread};

use harness::explore;
use linear::tally::Counts;
use suites::{SUITES, Suite, scenarios};

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether_shuttle::*;
    pub(crate) use shuttle::sync::atomic::AtomicUsize;
    pub(crate) use shuttle::sync::{Condvar, Mutex};
    pub(crate) use shuttle::thread;
}

/// How many scenarios a thread takes at once.
const CHUNK: u64 = 10;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let numbers = |text: &String| text.parse::<u64>().ok();
    match arguments.iter().map(numbers).collect::<Vec<_>>()[..] {
        [Some(schedules)] => report(&every(schedules as usize)),
        [Some(schedules), None, Some(seed)] => {
            let Some(suite) = SUITES.iter().find(|suite| suite.name == arguments[1]) else {
                SUITES.iter().for_each(|suite| eprintln!("{}: {:?}", suite.name, suite.seeds));
                return ExitCode::FAILURE;
            };
            report(&(suite.run)(seed..seed + 1, schedules as usize));
        }
        _ => {
            eprintln!("usage: schedules NUMBER [SUITE SEED]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// All scenarios, each with its share of the schedules; a panic is a history without
/// an order.
fn every(schedules: usize) -> Counts {
    let each = schedules.div_ceil(scenarios());
    println!("{} scenarios, {each} schedules each", scenarios());
    let chunks: Vec<(&Suite, Range<u64>)> = SUITES
        .iter()
        .flat_map(|suite| {
            let starts = suite.seeds.clone().step_by(CHUNK as usize);
            starts.map(move |from| (suite, from..suite.seeds.end.min(from + CHUNK)))
        })
        .collect();
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Counts::default());
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                let _stop = Stop(&next);
                while let Some((suite, seeds)) = chunks.get(next.fetch_add(1, Relaxed)) {
                    let counts = (suite.run)(seeds.clone(), each);
                    let mut all = all.lock().unwrap();
                    all.add(counts);
                    let name = suite.name;
                    println!("{name}, seeds {seeds:?}: {} schedules so far", all.histories);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

/// If one thread fails, the others take nothing more.
struct Stop<'a>(&'a AtomicUsize);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(usize::MAX / 2, Relaxed);
        }
    }
}

fn report(counts: &Counts) {
    println!("figure scenarios {}", counts.scenarios);
    println!("figure schedules {}", counts.histories);
    println!("figure histories-checked {}", counts.histories);
    println!("figure histories-distinct {}", counts.distinct);
    println!("figure operations {}", counts.operations);
    for (what, times) in &counts.granted {
        println!("granted, since {what}: {times}");
    }
}
