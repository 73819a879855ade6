//! The matrix of workloads, peers and workers:
//!
//! ```text
//! cargo run --release -p benches --bin matrix                    all; a table at the end
//! cargo run --release -p benches --bin matrix -- --out FOLDER    and as CSV
//! cargo run --release -p benches --bin matrix -- --quick         one small round on 4 and 32 workers
//! cargo run --release -p benches --bin matrix -- --only "cold start, 2 ms"
//! cargo run --release -p benches --bin matrix -- --workers 8,64 --rounds 3
//! ```
//!
//! It needs nothing but itself: `target/release/matrix` can be carried to another machine.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use benches::matrix::measured::{HEAD, Measured};
use benches::matrix::stage::runtime;
use benches::matrix::{self, Case, Size};
use benches::table::{Table, number};
use benches::{prove, recording, replaying};

struct Options {
    out: Option<PathBuf>,
    only: Option<String>,
    workers: Vec<usize>,
    rounds: usize,
    size: Size,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        out: None,
        only: None,
        workers: vec![4, 8, 16, 32],
        rounds: 7,
        size: Size { callers: 10_000, turns: 500 },
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} what?"));
        match argument.as_str() {
            "--quick" => {
                options.workers = vec![4, 32];
                options.rounds = 1;
                options.size = Size { callers: 1_000, turns: 50 };
            }
            "--out" => options.out = Some(value()?.into()),
            "--only" => options.only = Some(value()?),
            "--rounds" => options.rounds = value()?.parse().map_err(|_| "how many rounds?")?,
            "--workers" => {
                let all: Result<_, _> = value()?.split(',').map(str::parse).collect();
                options.workers = all.map_err(|_| "how many workers?")?;
            }
            other => return Err(format!("what is {other}?")),
        }
    }
    if options.rounds == 0 || options.workers.contains(&0) {
        return Err("no rounds, or no workers: nothing would be measured".into());
    }
    if let Some(only) = &options.only {
        let mut workloads: Vec<_> = matrix::cases().iter().map(|case| case.workload).collect();
        workloads.dedup();
        if !workloads.contains(&only.as_str()) {
            return Err(format!("no workload is called {only:?}; there are: {workloads:?}"));
        }
    }
    Ok(options)
}

/// What is written while it runs, so that a run which is cut off has not been for nothing.
struct Files {
    rounds: BufWriter<File>,
    distributions: BufWriter<File>,
}

impl Files {
    fn create(folder: &PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let create = |name| File::create(folder.join(name)).map(BufWriter::new);
        let (mut rounds, mut distributions) = (create("matrix.csv")?, create("distributions.csv")?);
        writeln!(rounds, "workload,workers,peer,round,{HEAD}")?;
        writeln!(distributions, "workload,workers,peer,metric,unit,from,to,count")?;
        Ok(Self { rounds, distributions })
    }

    fn round(
        &mut self,
        case: &Case,
        workers: usize,
        round: usize,
        one: &Measured,
    ) -> io::Result<()> {
        let (workload, peer) = (case.workload, case.peer);
        for row in one.rows() {
            writeln!(self.rounds, "{workload:?},{workers},{peer:?},{round},{row}")?;
        }
        self.rounds.flush()
    }

    fn all(&mut self, case: &Case, workers: usize, all: &Measured) -> io::Result<()> {
        let (workload, peer) = (case.workload, case.peer);
        for (metric, times) in &all.times {
            for bucket in times.buckets().filter(|bucket| bucket.count > 0) {
                let (from, to, count) = (bucket.lower, bucket.upper, bucket.count);
                writeln!(
                    self.distributions,
                    "{workload:?},{workers},{peer:?},{metric},ns,{from},{to},{count}"
                )?;
            }
        }
        self.distributions.flush()
    }
}

fn main() -> ExitCode {
    let result = options().and_then(|options| go(&options).map_err(|why| why.to_string()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn go(options: &Options) -> io::Result<()> {
    prove::all();
    replaying::prove::prove_all();
    recording::prove_all();
    let mut files = options.out.as_ref().map(Files::create).transpose()?;
    let mut table =
        Table::new(&["workload", "workers", "peer", "metric", "p50", "p99", "p99.9", "max"]);
    let start = Instant::now();
    for (n, &workers) in options.workers.iter().enumerate() {
        let runtime = runtime(workers);
        for (workload, cases) in by_workload(options.only.as_deref()) {
            eprintln!(
                "{:4} s  {workers} workers ({} of {}), {workload}",
                start.elapsed().as_secs(),
                n + 1,
                options.workers.len()
            );
            let mut sums: BTreeMap<&str, Measured> = BTreeMap::new();
            // The first round warms up, and each starts with another peer.
            for round in 0..=options.rounds {
                for place in 0..cases.len() {
                    let case = &cases[(round + place) % cases.len()];
                    let one = case.run(&runtime, workers, options.size);
                    if round == 0 {
                        continue;
                    }
                    if let Some(files) = &mut files {
                        files.round(case, workers, round, &one)?;
                    }
                    sums.entry(case.peer).or_default().add(&one);
                }
            }
            for case in &cases {
                let all = &sums[case.peer];
                if let Some(files) = &mut files {
                    files.all(case, workers, all)?;
                }
                rows(&mut table, case, workers, all);
            }
        }
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let Size { callers, turns } = options.size;
    println!("{callers} callers, {turns} turns, {} rounds, {cores} cores; µs.\n", options.rounds);
    print!("{table}");
    Ok(())
}

/// The cases, those of one workload together.
fn by_workload(only: Option<&str>) -> Vec<(&'static str, Vec<Case>)> {
    let mut all: Vec<(&str, Vec<Case>)> = vec![];
    for case in matrix::cases() {
        if only.is_some_and(|only| only != case.workload) {
            continue;
        }
        match all.last_mut() {
            Some((workload, cases)) if *workload == case.workload => cases.push(case),
            _ => all.push((case.workload, vec![case])),
        }
    }
    all
}

fn rows(table: &mut Table, case: &Case, workers: usize, all: &Measured) {
    let head = [case.workload.into(), workers.to_string(), case.peer.into()];
    for metric in all.times.keys() {
        let micros = |share| number(all.quantile(metric, share).map(|nanos| nanos as f64 / 1e3));
        let cells = [0.5, 0.99, 0.999, 1.0].map(micros);
        table.row(head.iter().cloned().chain([(*metric).into()]).chain(cells).collect());
    }
    for (metric, n) in &all.counts {
        let cells = [format!("{n} in all"), "–".into(), "–".into(), "–".into()];
        table.row(head.iter().cloned().chain([(*metric).into()]).chain(cells).collect());
    }
}
