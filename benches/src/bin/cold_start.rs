//! `cargo run --release -p benches --bin cold_start`: the workload "cold start,
//! 10,000 callers" on 4, 8, 16 and 32 workers, with an initialiser that takes
//! 2 ms and one that takes 50 ms, as Markdown. With `--quick` one round on 4
//! workers.

use core::time::Duration;

use benches::cold_start::{Called, Measured, run, runtime};
use benches::rounds::quantile;
use benches::table::{Table, number};
use benches::{each_called, prove};

const CALLERS: usize = 10_000;
const HEAD: [&str; 13] = [
    "init, ms",
    "workers",
    "cell",
    "call p50",
    "p99",
    "max",
    "release p50",
    "max",
    "bystander p50",
    "p99",
    "max",
    "waiting when ready",
    "inits per run",
];

fn row(takes: u64, workers: usize, name: &str, measured: &Measured) -> Vec<String> {
    let at = |samples: &[f64], share| match samples {
        [] => number(None),
        _ => number(Some(quantile(samples, share))),
    };
    let three = |samples: &[f64]| [0.5, 0.99, 1.0].map(|share| at(samples, share));
    let two = |samples: &[f64]| [0.5, 1.0].map(|share| at(samples, share));
    let mut cells = vec![takes.to_string(), workers.to_string(), name.to_string()];
    cells.extend(three(&measured.calls));
    cells.extend(two(&measured.releases));
    cells.extend(three(&measured.bystanders));
    // Each run asserted it.
    let inits = if measured.releases.is_empty() { "0" } else { "1" };
    cells.extend([at(&measured.waiting, 0.5), inits.to_string()]);
    cells
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    prove::all();
    let (rounds, sizes) = if quick { (1, &[4][..]) } else { (10, &[4, 8, 16, 32][..]) };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut table = Table::new(&HEAD);
    for takes in [2, 50] {
        for &workers in sizes {
            for (name, measured) in &measure(workers, Duration::from_millis(takes), rounds) {
                table.row(row(takes, workers, name, measured));
            }
        }
    }
    println!("{CALLERS} callers, {rounds} runs, {cores} cores; microseconds.\n");
    print!("{table}");
}

fn measure(workers: usize, takes: Duration, rounds: usize) -> Vec<(&'static str, Measured)> {
    let runtime = runtime(workers);
    let mut all: Vec<(&str, Measured)> = Vec::new();
    each_called!(C => all.push((C::NAME, Measured::default())));
    for round in 0..=rounds {
        let mut places = all.iter_mut();
        each_called!(C => {
            let (_, measured) = places.next().expect("one place each");
            let sample = run::<C>(&runtime, CALLERS, takes);
            // The first round warms up.
            if round > 0 {
                measured.add(sample);
            }
        });
    }
    all
}
