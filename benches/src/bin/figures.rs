//! `cargo run --release -p benches --bin figures`: the table of figures, as
//! Markdown. With `--quick` it only shows that everything runs.

use core::time::Duration;

use benches::allocations::{self, Counting};
use benches::crowd::{self, Order};
use benches::floor::{self, Floor};
use benches::peer::{AsyncPeer, SyncPeer};
use benches::peers::OURS;
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};
use benches::wakers::Wakers;
use benches::{counts, each_async, each_of, each_sync, prove, work};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The columns between the work and the goal.
const COLUMNS: [&str; 7] =
    ["std OnceLock", "once_cell", "tokio", "async-once-cell", "async-lock", FLOOR, OURS];
const FLOOR: &str = "floor";
/// Timings of equal work differ by so much.
const NOISE: f64 = 1.05;

struct Figures {
    table: Table,
    effort: Effort,
    /// Operations per sample of the rows that take nanoseconds.
    n: u64,
    quick: bool,
    missed: Vec<String>,
}

/// What the table asks of a row.
enum Goal {
    None,
    /// Ours takes at most so many times as long as the fastest but the floor.
    OfFastest(f64),
    /// The same; the floor is most of it, so the ratio without the floor is told too.
    Net(f64),
    /// Ours takes at most so many times as long as that one.
    Of(&'static str, f64),
}

impl Figures {
    fn race(&mut self, what: &str, goal: &Goal, all: Vec<Contestant<'_>>) -> (f64, f64) {
        let race = Race::run(all, self.effort);
        let (words, met) = match goal {
            Goal::None => ("–".to_string(), "–".to_string()),
            Goal::OfFastest(limit) | Goal::Net(limit) => {
                let fastest = race.fastest(&[OURS, FLOOR]).expect("has peers").name;
                let words = format!("≤ {limit} × the fastest");
                let mut met = self.verdict(what, race.ratio(OURS, fastest), *limit, fastest);
                if let (Goal::Net(_), Some(net)) = (goal, race.net_ratio(OURS, fastest, FLOOR)) {
                    met += &format!(" ({net:.2} × net of the floor)");
                }
                (words, met)
            }
            Goal::Of(peer, limit) => {
                let words = format!("≤ {limit} × {peer}");
                (words, self.verdict(what, race.ratio(OURS, peer), *limit, peer))
            }
        };
        let ns = COLUMNS.map(|name| number(race.of(name).map(Contestant::median)));
        self.row(what, ns, words, met);
        let ours = race.of(OURS).map_or(0.0, Contestant::median);
        (ours, race.ratio(OURS, FLOOR).unwrap_or(0.0))
    }

    fn row(&mut self, what: &str, cells: [String; 7], goal: String, met: String) {
        let row = core::iter::once(what.to_string()).chain(cells).chain([goal, met]);
        self.table.row(row.collect());
    }

    fn verdict(&mut self, what: &str, ratio: Option<f64>, limit: f64, peer: &str) -> String {
        let ratio = ratio.expect("both take part");
        // Only equality has to be forgiven its noise.
        let limit = if limit == 1.0 { NOISE } else { limit };
        let met = ratio <= limit;
        if !met {
            self.missed.push(format!("{what}: {ratio:.2} × {peer}"));
        }
        format!("{}: {ratio:.2} × {peer}", if met { "yes" } else { "**no**" })
    }

    fn ready(&mut self) {
        let n = self.n;
        let mut all = Vec::new();
        each_of!(P => all.push(Contestant::new(<P as SyncPeer>::NAME, n, work::get::<P>)),
            std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>, Floor);
        each_async!(P =>
            all.push(Contestant::new(<P as AsyncPeer>::NAME, n, work::get_async::<P>)));
        self.race("`get`, ready", &Goal::OfFastest(1.0), all);

        for (what, per_turn) in [("16 to a turn", work::UNROLLED), ("one to a turn", 1)] {
            let mut all = Vec::new();
            let is_unrolled = per_turn == work::UNROLLED;
            all.push(Contestant::new(FLOOR, n, move |n| floor::ready_await(n, per_turn)));
            each_async!(P => {
                let run = if is_unrolled { work::ready_await::<P> } else { work::ready_await_loop::<P> };
                all.push(Contestant::new(<P as AsyncPeer>::NAME, n, run));
            });
            let goal = if is_unrolled { Goal::OfFastest(0.25) } else { Goal::None };
            self.race(&format!("`get_or_init(..).await`, ready, {what}"), &goal, all);
        }

        let mut all = Vec::new();
        each_sync!(P => all.push(Contestant::new(<P as SyncPeer>::NAME, n, work::ready_sync::<P>)));
        self.race("`get_or_init`, ready, blocking", &Goal::None, all);
    }

    fn fresh(&mut self) {
        let n = self.n / 4;
        const STD: &str = "std OnceLock";
        let sync = || {
            let mut all = Vec::new();
            each_of!(P => all.push(Contestant::new(<P as SyncPeer>::NAME, n, work::fresh_sync::<P>)),
                std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>, Floor);
            all
        };
        let mut all = sync();
        each_async!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, n, work::fresh::<P>)));
        self.race("new + init + drop, async", &Goal::Of(STD, 0.94), all);
        let mut all = sync();
        type Ours = bellwether::OnceCell<u64>;
        all.push(Contestant::new(OURS, n, work::fresh_sync::<Ours>));
        self.race("new + init + drop, blocking", &Goal::Of(STD, 0.94), all);
    }

    fn crowds(&mut self) {
        for (kind, distinct) in [("one waker each", true), ("one waker for all", false)] {
            for (n, limit) in [(1_000, 0.75), (10_000, 0.65)] {
                if self.quick && n > 1_000 {
                    continue;
                }
                let wakers = &if distinct { Wakers::distinct(n) } else { Wakers::Shared };
                let per = n as u64;
                let mut all = Vec::new();
                all.push(Contestant::new(FLOOR, per, move |_| {
                    crowd::park_and_wake_floor(n, wakers)
                }));
                each_async!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, per,
                    move |_| crowd::park_and_wake::<P>(n, wakers))));
                let what = format!("park and wake, per waiter of {n}, {kind}");
                self.race(&what, &Goal::Net(limit), all);
            }
        }
    }

    /// One waker for all, so that what grows is the list and not the memory of
    /// the wakers. The boxes' memory does grow: so the growth is taken over the
    /// floor's, and told without that too.
    fn cancels(&mut self) {
        for (how, order) in [
            ("oldest first", Order::Oldest),
            ("newest first", Order::Newest),
            ("in any order", Order::Shuffled),
        ] {
            let mut ours = Vec::new();
            for n in [100, 1_000, 10_000, 100_000] {
                if self.quick && n > 1_000 {
                    continue;
                }
                let per = n as u64;
                let mut all = Vec::new();
                all.push(Contestant::new(FLOOR, per, move |_| {
                    crowd::cancel_floor(n, &Wakers::Shared, order)
                }));
                each_async!(P => all.push(Contestant::new(<P as AsyncPeer>::NAME, per,
                    move |_| crowd::cancel::<P>(n, &Wakers::Shared, order))));
                let what = format!("cancel, per waiter of {n}, {how}");
                ours.push(self.race(&what, &Goal::None, all));
            }
            let first = ours[0];
            let raw = ours.iter().map(|ours| ours.0 / first.0).fold(0.0, f64::max);
            let grown = ours.iter().map(|ours| ours.1 / first.1).fold(0.0, f64::max);
            let what = format!("cancel, {how}: growth from 100 on");
            let mut met = self.verdict(&what, Some(grown), 1.5, "the floor's");
            met += &format!(" ({raw:.2} × as measured)");
            let cells = [const { String::new() }; 7];
            self.row(&what, cells, "flat: < 1.5 × the floor's".to_string(), met);
        }
    }

    fn counts(&mut self) {
        let mut all = Vec::new();
        each_async!(P => all.push((<P as AsyncPeer>::NAME, counts::of::<P>())));
        allocations::stop();
        let mut sizes = vec![];
        each_of!(P => sizes.push((<P as SyncPeer>::NAME, size_of::<P>())),
            std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>);
        let beside = |size: usize| (size - size_of::<u64>()) as f64;
        let bytes = sizes.iter().map(|(name, size)| (*name, beside(*size)));
        let of_cells = all.iter().map(|(name, counts)| (*name, beside(counts.cell)));
        self.count("bytes beside a `u64`", bytes.chain(of_cells).collect(), 8.0);
        let futures = all.iter().map(|(name, counts)| (*name, counts.get_or_init as f64));
        self.count("bytes of a `get_or_init` future", futures.collect(), 64.0);
        let alone = all.iter().filter_map(|(name, c)| Some((*name, c.allocations_alone? as f64)));
        self.count("allocations, uncontended", alone.collect(), 0.0);
        let crowd = all.iter().filter_map(|(name, c)| Some((*name, c.allocations_crowd? as f64)));
        self.count("allocations, 100 waiters", crowd.collect(), 0.0);
    }

    fn count(&mut self, what: &str, all: Vec<(&str, f64)>, limit: f64) {
        let of = |name| all.iter().find(|(peer, _)| *peer == name).map(|(_, count)| *count);
        let cells =
            COLUMNS.map(|name| of(name).map_or("–".to_string(), |count| count.to_string()));
        let met = of(OURS).is_some_and(|count| count <= limit);
        if !met {
            self.missed.push(what.to_string());
        }
        let met = if met { "yes" } else { "**no**" };
        self.row(what, cells, format!("≤ {limit}"), met.to_string());
    }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    prove::all();
    let (rounds, millis) = if quick { (1, 0) } else { (9, 1_800) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    let n = if quick { 10_000 } else { 2_000_000 };
    let head = ["work, ns per operation"].into_iter().chain(COLUMNS).chain(["goal", "met"]);
    let table = Table::new(&head.collect::<Vec<_>>());
    let mut figures = Figures { table, effort, n, quick, missed: Vec::new() };
    figures.counts();
    figures.ready();
    figures.fresh();
    figures.crowds();
    figures.cancels();
    print!("{}", figures.table);
    match figures.missed.as_slice() {
        _ if quick => println!("\nToo short a run to time anything: it shows that all of it runs."),
        [] => println!("\nAll goals are met."),
        missed => println!("\nMissed: {}.", missed.join("; ")),
    }
}
