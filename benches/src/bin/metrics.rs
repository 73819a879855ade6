//! `cargo run --release -p benches --bin metrics`: what metrics cost a cell, as
//! Markdown. With `--quick` it only shows that everything runs.

use core::time::Duration;

use bellwether::{OnceCell, OnceMetrics};
use benches::peer::{AsyncPeer, SyncPeer};
use benches::peers::OURS;
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};
use benches::wakers::Wakers;
use benches::watched::{METRICS, WITH_METRICS, WITHOUT_CLOCK};
use benches::{crowd, each_of, watched, work};

type Bare = OnceCell<u64>;
type Metered = OnceCell<u64, &'static OnceMetrics>;
type Timeless = OnceCell<u64, &'static OnceMetrics<fn() -> u64>>;

const COLUMNS: [&str; 3] = [OURS, WITHOUT_CLOCK, WITH_METRICS];

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    watched::prove();
    let (rounds, millis) = if quick { (1, 0) } else { (9, 1_800) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    let n = if quick { 10_000 } else { 2_000_000 };

    let head = ["work, ns per operation"].into_iter().chain(COLUMNS).chain(["metrics add"]);
    let mut table = Table::new(&head.collect::<Vec<_>>());
    let mut race = |what: &str, all: Vec<Contestant<'_>>| {
        let race = Race::run(all, effort);
        let median = |name| race.of(name).map(Contestant::median);
        let added = median(WITH_METRICS).zip(median(OURS)).map(|(with, bare)| with - bare);
        let added = added.map_or("–".to_string(), |added| format!("{added:+.1} ns"));
        let row = COLUMNS.map(|name| number(median(name)));
        table.row([what.to_string()].into_iter().chain(row).chain([added]).collect());
    };

    let mut all = Vec::new();
    each_of!(P => all.push(Contestant::new(<P as SyncPeer>::NAME, n, work::get::<P>)),
        Bare, Timeless, Metered);
    race("`get`, ready", all);
    let mut all = Vec::new();
    each_of!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, n, work::ready_await::<P>)),
        Bare, Timeless, Metered);
    race("`get_or_init(..).await`, ready", all);
    let mut all = Vec::new();
    each_of!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, n / 4, work::fresh::<P>)),
        Bare, Timeless, Metered);
    race("new + init + drop, async", all);
    for waiters in [1_000, 10_000] {
        if quick && waiters > 1_000 {
            continue;
        }
        let wakers = &Wakers::distinct(waiters);
        let mut all = Vec::new();
        each_of!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, waiters as u64,
            move |_| crowd::park_and_wake::<P>(waiters, wakers))), Bare, Timeless, Metered);
        race(&format!("park and wake, per waiter of {waiters}"), all);
    }
    print!("{table}");
    println!("\nSeen meanwhile: {METRICS}");
}
