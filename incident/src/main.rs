//! The incident's scenario with one Tokio: see `benches/README.md`.
//!
//! ```text
//! incident CELL WORKERS CALLERS INIT_MILLISECONDS TRIALS
//! ```
//!
//! Prints a line `trials,double,inits` and then what was measured, as CSV. `double` is in
//! how many trials the initialiser ran more than once. It is built with each Tokio by each
//! compiler, and run, by `cargo run --release -p benches --bin incident`.

mod cells;
mod matrix;
#[path = "../../benches/src/peer.rs"]
#[allow(dead_code, unused_macros, reason = "the benches use more")]
mod peer;

use core::time::Duration;
use std::process::ExitCode;

use cells::{Guarded, Ours};
use matrix::cells::{Blocks, Called};
use matrix::measured::{HEAD, Measured};
use matrix::{cold_start, stage};
use std::sync::OnceLock;

struct Scenario {
    workers: usize,
    callers: usize,
    takes: Duration,
    trials: u64,
}

fn play<C: Called>(scenario: &Scenario) {
    let runtime = stage::runtime(scenario.workers);
    let (mut all, mut double) = (Measured::default(), 0);
    // The first warms up.
    for trial in 0..=scenario.trials {
        let one = cold_start::run::<C>(&runtime, scenario.callers, scenario.takes);
        assert!(one.counts["inits"] > 0, "somebody initialises");
        if trial > 0 {
            double += u64::from(one.counts["inits"] > 1);
            all.add(&one);
        }
    }
    println!("{},{double},{}", scenario.trials, all.counts["inits"]);
    println!("{HEAD}");
    all.rows().for_each(|row| println!("{row}"));
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().skip(1).filter_map(|text| text.parse().ok()).collect();
    let ([cell, ..], [workers, callers, millis, trials]) = (&arguments[..], &numbers[..]) else {
        eprintln!("usage: incident CELL WORKERS CALLERS INIT_MILLISECONDS TRIALS");
        return ExitCode::from(2);
    };
    let scenario = Scenario {
        workers: *workers as usize,
        callers: *callers as usize,
        takes: Duration::from_millis(*millis),
        trials: *trials,
    };
    match cell.as_str() {
        "OnceLock" => play::<Blocks<OnceLock<u64>>>(&scenario),
        "guarded" => play::<Guarded>(&scenario),
        "bellwether" => play::<Ours>(&scenario),
        other => {
            eprintln!("there is no cell {other}: OnceLock, guarded, bellwether");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
