//! `cargo run --release -p benches --bin histogram`: the figures of histograms, as
//! Markdown. With `--quick` it only shows that everything runs; with
//! `--threads 8,32` it does only these, to repeat a column that was disturbed.

use core::time::Duration;
use std::collections::BTreeMap;

use bellwether::Snapshot;
use benches::allocations::{self, Counting};
use benches::each_recording;
use benches::recording::ours::{Own, Sharded, Shared};
use benches::recording::values::Values;
use benches::recording::{self, Recording, Writer, work};
use benches::rounds::{Contestant, Effort, Race, median, quantile};
use benches::table::{Table, number};
use histogram::AtomicHistogram;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SHARED: &str = Shared::NAME;
const SHARDED: &str = Sharded::NAME;
/// Timings of equal work differ by so much.
const NOISE: f64 = 1.05;
/// The goal of a snapshot, in nanoseconds.
const SNAPSHOT: f64 = 2_000.0;

/// What is asked: ours, at this number of threads, is so many times as fast as that.
const GOALS: [(&str, usize, &str, f64); 12] = [
    (SHARED, 1, "prometheus", 2.0),
    (SHARED, 1, "prometheus-client", 1.5),
    (SHARED, 1, "metrics-util", 2.5),
    (SHARDED, 8, "prometheus", 10.0),
    (SHARDED, 32, "prometheus", 10.0),
    (SHARDED, 8, "prometheus-client", 3.0),
    (SHARDED, 32, "prometheus-client", 3.0),
    (SHARDED, 8, "metrics-util", 3.0),
    (SHARDED, 32, "metrics-util", 3.0),
    (SHARDED, 8, "histogram", 1.0),
    (SHARDED, 32, "histogram", 1.0),
    (Own::NAME, 1, "hdrhistogram Recorder", 1.25),
];

struct Figures {
    effort: Effort,
    /// Records per sample.
    n: u64,
    threads: Vec<usize>,
    missed: Vec<String>,
}

impl Figures {
    fn verdict(&mut self, what: &str, met: bool) -> String {
        if !met {
            self.missed.push(what.to_string());
        }
        if met { "yes" } else { "**no**" }.to_string()
    }

    fn records(&mut self) {
        let mut races = BTreeMap::new();
        for &threads in &self.threads {
            let mut all = Vec::new();
            each_recording!(P => {
                let run = move |n| work::record::<P>(n, threads);
                all.push(Contestant::new(<P as Recording>::NAME, self.n, run));
            });
            races.insert(threads, Race::run(all, self.effort));
        }
        let columns = races.keys().map(|threads| match threads {
            1 => "1 thread".to_string(),
            _ => format!("{threads} threads"),
        });
        let head: Vec<_> = core::iter::once("ns per record".to_string()).chain(columns).collect();
        let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
        each_recording!(P => {
            let name = <P as Recording>::NAME;
            let times = races.values().map(|race| number(race.of(name).map(Contestant::median)));
            table.row(core::iter::once(name.to_string()).chain(times).collect());
        });
        println!("{table}");
        self.judge(&races);
    }

    fn judge(&mut self, races: &BTreeMap<usize, Race<'_>>) {
        let head =
            ["ours", "threads", "peer", "ours, ns", "peer, ns", "times as fast", "goal", "met"];
        let mut table = Table::new(&head);
        for (ours, threads, peer, goal) in GOALS {
            let Some(race) = races.get(&threads) else { continue };
            let times = race.ratio(peer, ours).expect("both take part");
            // Only equality has to be forgiven its noise.
            let met = times >= if goal == 1.0 { 1.0 / NOISE } else { goal };
            let of = |name| number(race.of(name).map(Contestant::median));
            let what = format!("{ours}, {threads} threads: {times:.2} × {peer}");
            let cells = [ours, &threads.to_string(), peer, &of(ours), &of(peer)].map(String::from);
            let verdict = [format!("{times:.2}"), format!("≥ {goal}"), self.verdict(&what, met)];
            table.row(cells.into_iter().chain(verdict).collect());
        }
        println!("{table}");
    }

    fn snapshots(&mut self, n: usize) {
        let head = [
            "snapshot, median ns",
            "nobody records",
            "32 threads record",
            "90 %",
            "a pause between",
            "90 %",
            "goal",
            "met",
        ];
        let mut table = Table::new(&head);
        let mut row =
            |name: &str, is_goal: bool, of: &mut dyn FnMut(usize, usize, Duration) -> Vec<f64>| {
                let all = [
                    of(0, n, Duration::ZERO),
                    of(32, n, Duration::ZERO),
                    of(32, n / 4 + 1, Duration::from_millis(1)),
                ];
                let [quiet, busy, rested] = all.each_ref().map(|times| median(times));
                let tails = all.each_ref().map(|times| quantile(times, 0.9));
                let cells = [quiet, busy, tails[1], rested, tails[2]].map(|ns| number(Some(ns)));
                let worst = busy.max(rested);
                let met = self.verdict(
                    &format!("{name}: {worst:.0} ns a snapshot"),
                    !is_goal || worst <= SNAPSHOT,
                );
                let goal = if is_goal {
                    [format!("≤ {SNAPSHOT}"), met]
                } else {
                    ["–", "–"].map(String::from)
                };
                table.row(core::iter::once(name.to_string()).chain(cells).chain(goal).collect());
            };
        let mut into = Snapshot::new();
        row(SHARED, true, &mut |threads, n, pause| {
            work::snapshots::<Shared>(threads, n, pause, |peer| peer.0.snapshot_into(&mut into))
        });
        row(SHARDED, false, &mut |threads, n, pause| {
            work::snapshots::<Sharded>(threads, n, pause, |peer| peer.0.snapshot_into(&mut into))
        });
        row("histogram", false, &mut |threads, n, pause| {
            let mut into = <AtomicHistogram as Recording>::new(1).load();
            work::snapshots::<AtomicHistogram>(threads, n, pause, |peer| {
                peer.load_into(&mut into).expect("alike");
            })
        });
        println!("{table}");
    }
}

/// What one takes, for one thread and for eight, and what a record adds to it.
fn memory() {
    const RECORDS: usize = 10_000;
    let mut table = Table::new(&["bytes", "for 1 thread", "for 8 threads", "more, per record"]);
    each_recording!(P => {
        let sizes = [1, 8].map(|threads| {
            // Writers are counted too: some have a histogram each.
            let (heap, made) = allocations::bytes(|| <P as Recording>::new(threads));
            let (writers, all) =
                allocations::bytes(|| (0..threads).map(|at| made.writer(at)).collect::<Vec<_>>());
            let vec = size_of_val(&all[..]);
            drop(all);
            (size_of::<P>() + heap + writers - vec).to_string()
        });
        let mut made = <P as Recording>::new(1);
        let grown = {
            let mut writer = made.writer(0);
            let mut values = Values::new(0);
            allocations::bytes(|| (0..RECORDS).for_each(|_| Writer::record(&mut writer, values.draw()))).0
        };
        made.total();
        let grown = format!("{:.1}", grown as f64 / RECORDS as f64);
        let row = [<P as Recording>::NAME.to_string()].into_iter().chain(sizes).chain([grown]);
        table.row(row.collect());
    });
    allocations::stop();
    println!("{table}");
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    // First of all: some free what they hold much later.
    memory();
    recording::prove_all();
    let (rounds, millis) = if quick { (1, 0) } else { (9, 4_000) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    let n = if quick { 10_000 } else { 2_000_000 };
    let threads = match std::env::args().skip_while(|argument| argument != "--threads").nth(1) {
        Some(asked) => asked.split(',').map(|n| n.parse().expect("numbers of threads")).collect(),
        None if quick => vec![1, 8],
        None => vec![1, 2, 4, 8, 16, 32],
    };
    let mut figures = Figures { effort, n, threads, missed: Vec::new() };
    figures.records();
    figures.snapshots(if quick { 10 } else { 10_000 });
    match figures.missed.as_slice() {
        _ if quick => println!("Too short a run to time anything: it shows that all of it runs."),
        [] => println!("All goals are met."),
        missed => println!("Missed: {}.", missed.join("; ")),
    }
}
