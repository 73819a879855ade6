//! `cargo run --release -p benches --bin replay`: the figures of replay buffers, as
//! Markdown. With `--quick` it only shows that everything runs.

use core::cell::Cell;
use core::time::Duration;
use std::sync::Arc;

use bellwether::Histogram;
use benches::allocations::{self, Counting};
use benches::each_replaying;
use benches::replaying::counter::Counter;
use benches::replaying::delivery::{self, Scene};
use benches::replaying::work::{self, Audience};
use benches::replaying::{Replaying, Subscriber, Tally, floor, forms, memory, prove, publishing};
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const OURS: &str = "bellwether ReplayBuffer";
const TOKIO: &str = "tokio broadcast";
const FLOOR: &str = Counter::NAME;
/// The last columns.
const VERDICT: [&str; 3] = ["the fastest peer takes, times ours", "goal", "met"];
/// The same, where the floor is measured too.
const WITH_FLOOR: [&str; 4] = [FLOOR, VERDICT[0], VERDICT[1], VERDICT[2]];
/// Events that are published before others get their turn.
const BURST: u64 = 64;
/// Subscribers that never read.
const STALLED: usize = 10_000;
/// Between two events whose latency is measured.
const PAUSE: Duration = Duration::from_micros(200);

type Bytes = Arc<[u8]>;

/// What is asked of ours.
#[derive(Clone, Copy)]
enum Goal {
    None,
    /// At most so many nanoseconds.
    Nanos(f64),
    /// At least so many times as fast as [`TOKIO`].
    TimesFaster(f64),
}

struct Figures {
    effort: Effort,
    quick: bool,
    missed: Vec<String>,
}

fn columns() -> Vec<&'static str> {
    let mut all = Vec::new();
    each_replaying!(P of u64 => all.push(<P as Replaying<u64>>::NAME));
    all
}

fn table(first: &str, last: &[&str]) -> Table {
    let head = core::iter::once(first).chain(columns()).chain(last.iter().copied());
    Table::new(&head.collect::<Vec<_>>())
}

fn runtime(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).build().expect("threads")
}

impl Figures {
    /// As many operations, or a few.
    fn n(&self, n: u64) -> u64 {
        if self.quick { n / 200 } else { n }
    }

    fn verdict(&mut self, what: &str, met: bool) -> String {
        if !met {
            self.missed.push(what.to_string());
        }
        if met { "yes" } else { "**no**" }.to_string()
    }

    /// Whether ours reaches its goal; dashes if it takes no part.
    fn judge(&mut self, what: &str, race: &Race<'_>, goal: Goal) -> [String; 3] {
        let none = || "–".to_string();
        let fastest = race.fastest(&[OURS, FLOOR]).and_then(|peer| race.ratio(peer.name, OURS));
        let ours = race.of(OURS).map(Contestant::median);
        let [goal, met] = match goal {
            Goal::None => [none(), none()],
            Goal::Nanos(most) => {
                let met =
                    ours.map(|ours| self.verdict(&format!("{what}: {ours:.1} ns"), ours <= most));
                [format!("≤ {most} ns"), met.unwrap_or_else(none)]
            }
            Goal::TimesFaster(least) => {
                let met = race.ratio(TOKIO, OURS).map(|times| {
                    let met = self.verdict(&format!("{what}: {times:.2} × tokio"), times >= least);
                    format!("{met} ({times:.2} ×)")
                });
                [format!("≥ {least} × tokio"), met.unwrap_or_else(none)]
            }
        };
        [fastest.map_or_else(none, |times| format!("{times:.2}")), goal, met]
    }

    /// A row of medians, with the goal.
    fn row(&mut self, table: &mut Table, what: &str, all: Vec<Contestant<'_>>, goal: Goal) {
        let floor = all.iter().find(|peer| peer.name == FLOOR).map(|_| FLOOR);
        let race = Race::run(all, self.effort);
        let names = columns().into_iter().chain(floor);
        let times = names.map(|name| number(race.of(name).map(Contestant::median)));
        let cells = core::iter::once(what.to_string()).chain(times.collect::<Vec<_>>());
        table.row(cells.chain(self.judge(what, &race, goal)).collect());
    }

    fn floors(&self) {
        let n = self.n(2_000_000);
        let mut table = Table::new(&["floor, one thread", "ns"]);
        let all = vec![
            Contestant::new("a spin lock, taken and let go", n, floor::lock),
            Contestant::new("a store, then a load", n, floor::store_then_load),
            Contestant::new("a load and a clone, `u64`", n, floor::load_and_clone::<u64>),
            Contestant::new("a load and a clone, 64 bytes", n, floor::load_and_clone::<[u64; 8]>),
            Contestant::new("a load and a clone, `Arc<[u8]>`", n, floor::load_and_clone::<Bytes>),
            Contestant::new("the clock, where it is read once in 1,024 events", n, work::clock),
        ];
        let names: Vec<_> = all.iter().map(|contestant| contestant.name).collect();
        let race = Race::run(all, self.effort);
        for name in names {
            let cells = [name.to_string(), number(race.of(name).map(Contestant::median))];
            table.row(cells.to_vec());
        }
        println!("{table}");
    }

    fn one_thread(&mut self) {
        let mut table = table("one thread, ns per event", &VERDICT);
        let n = self.n(1_000_000);
        macro_rules! row {
            ($what:expr, $work:ident of $event:ty, $goal:expr) => {{
                let mut all = Vec::new();
                each_replaying!(P of $event => {
                    let run = work::$work::<P, $event>;
                    all.push(Contestant::new(<P as Replaying<$event>>::NAME, n, run));
                });
                self.row(&mut table, $what, all, $goal);
            }};
        }
        row!("publish + try_recv, `u64`", alone of u64, Goal::Nanos(25.0));
        row!("publish + try_recv, 64 bytes", alone of [u64; 8], Goal::None);
        row!("publish + try_recv, `Arc<[u8]>`", alone of Bytes, Goal::None);
        row!("read in batches of 64, `u64`", batches of u64, Goal::Nanos(4.0));
        row!("read in batches of 64, 64 bytes", batches of [u64; 8], Goal::None);
        row!("read in batches of 64, `Arc<[u8]>`", batches of Bytes, Goal::None);
        println!("{table}");
        let mut with = Vec::new();
        each_replaying!(P of u64 => {
            if <<P as Replaying<u64>>::Subscriber as Subscriber<u64>>::HAS_BATCHES {
                with.push(<P as Replaying<u64>>::NAME);
            }
        });
        println!("Batches are read one by one but by: {}.\n", with.join(", "));
    }

    /// `ns per publish` beside a growing audience, and by how much it grows.
    fn publish(&mut self, what: &str, audiences: &[(usize, usize)], most: f64) {
        let titles: Vec<_> = audiences
            .iter()
            .map(|(readers, stalled)| match stalled {
                0 => format!("{readers} up to date"),
                _ => format!("{readers} up to date, {stalled} stalled"),
            })
            .collect();
        let mut head = vec![what];
        head.extend(titles.iter().map(String::as_str));
        head.extend(["last / first", "goal", "met"]);
        let mut table = Table::new(&head);
        let n = self.n(500_000);
        each_replaying!(P of u64 => {
            let name = <P as Replaying<u64>>::NAME;
            let contestant = |(title, &(readers, stalled)): (&String, _)| {
                let mut audience = Audience::<P>::new(readers, stalled);
                // A contestant's name lives as long as the program.
                Contestant::new(title.clone().leak(), n, move |n| audience.publish(n))
            };
            let race = Race::run(titles.iter().zip(audiences).map(contestant).collect(), self.effort);
            let times = titles.iter().map(|title| number(race.of(title).map(Contestant::median)));
            let cells: Vec<_> = core::iter::once(name.to_string()).chain(times).collect();
            let growth = race.ratio(&titles[titles.len() - 1], &titles[0]).expect("both take part");
            let met = if name == OURS {
                self.verdict(&format!("{what}: grows {growth:.2} ×"), growth <= most)
            } else {
                "–".to_string()
            };
            table.row(cells.into_iter().chain([format!("{growth:.2}"), format!("≤ {most}"), met]).collect());
        });
        println!("{table}");
    }

    fn publishers(&mut self) {
        let mut table = table("threads that publish at once, ns per event", &VERDICT);
        for threads in [1, 2, 4, 8] {
            let (mut all, n) = (Vec::new(), self.n(500_000));
            each_replaying!(P of u64 => {
                let run = move |n| publishing::contended::<P>(n, threads);
                all.push(Contestant::new(<P as Replaying<u64>>::NAME, n, run));
            });
            self.row(&mut table, &threads.to_string(), all, Goal::None);
        }
        println!("{table}");
    }

    fn parked(&mut self) {
        let mut table = table("tasks that wait, ns per publish", &VERDICT);
        for waiters in [1, 32] {
            let (mut all, n) = (Vec::new(), self.n(100_000 / waiters as u64));
            each_replaying!(P of u64 => {
                let run = move |n| publishing::parked::<P>(n, waiters);
                all.push(Contestant::new(<P as Replaying<u64>>::NAME, n, run));
            });
            self.row(&mut table, &waiters.to_string(), all, Goal::None);
        }
        println!("{table}");
    }

    fn threads(&mut self) {
        let mut table = table("to threads that poll, ns per event delivered", &WITH_FLOOR);
        for (what, threads, goal) in
            [("1 thread", 1, Goal::None), ("8 threads", 8, Goal::TimesFaster(4.0))]
        {
            let (mut all, n) = (Vec::new(), self.n(1_000_000));
            each_replaying!(P of u64 => {
                let run = move |n| delivery::threads::<P>(n, threads);
                all.push(Contestant::new(<P as Replaying<u64>>::NAME, n, run));
            });
            let floor = move |n| delivery::threads::<Counter>(n, threads);
            all.push(Contestant::new(FLOOR, n, floor));
            self.row(&mut table, what, all, goal);
        }
        println!("{table}");
    }

    fn tasks(&mut self) {
        let mut times = table("to awaiting tasks, ns per event delivered", &WITH_FLOOR);
        let mut lags = table("of all events, missed", &[]);
        let all_workers: &[usize] = if self.quick { &[4] } else { &[4, 8, 16, 32] };
        for &workers in all_workers {
            let runtime = &runtime(workers);
            let mut scene = |tasks, in_batches, burst, goal| {
                let how = if in_batches { "in batches" } else { "one by one" };
                let pace = if burst == BURST { "" } else { ", no pauses" };
                let what = format!("{workers} workers, {tasks} tasks, {how}{pace}");
                let scene = Scene { tasks, in_batches, burst };
                let lag = self.deliver(runtime, scene, &what, goal, &mut times);
                lags.row(core::iter::once(what).chain(lag).collect());
            };
            for tasks in [1, 4, 16, 64] {
                let goal = |least| if tasks == 64 { Goal::TimesFaster(least) } else { Goal::None };
                scene(tasks, false, BURST, goal(1.5));
                scene(tasks, true, BURST, goal(3.0));
            }
            scene(64, false, u64::MAX, Goal::None);
            scene(64, true, u64::MAX, Goal::None);
        }
        println!("{times}");
        println!("The floor: a number in the place of the buffer, and tokio's `Notify`.\n");
        println!("In each run, for each task: received + missed = published.\n\n{lags}");
    }

    fn deliver(
        &mut self,
        runtime: &Runtime,
        scene: Scene,
        what: &str,
        goal: Goal,
        times: &mut Table,
    ) -> Vec<String> {
        let n = self.n(1_000_000);
        let published = (n / scene.tasks as u64).min(100_000);
        let accounts: Vec<_> = columns().iter().map(|_| Cell::<Tally>::default()).collect();
        let (mut all, mut free) = (Vec::new(), accounts.iter());
        each_replaying!(P of u64 => {
            let account = free.next().expect("one each");
            let run = move |n| {
                let all = delivery::tasks::<P>(runtime, scene, published);
                let mut tally = account.get();
                tally.received += all.tally.received;
                tally.missed += all.tally.missed;
                account.set(tally);
                all.time.mul_f64(n as f64 / all.tally.received as f64)
            };
            all.push(Contestant::new(<P as Replaying<u64>>::NAME, n, run));
        });
        let floor = move |n| {
            let all = delivery::tasks::<Counter>(runtime, scene, published);
            all.time.mul_f64(n as f64 / all.tally.received as f64)
        };
        all.push(Contestant::new(FLOOR, n, floor));
        self.row(times, what, all, goal);
        let share = |tally: Tally| 100.0 * tally.missed as f64 / tally.next() as f64;
        accounts.iter().map(|account| format!("{:.2} %", share(account.get()))).collect()
    }

    fn latency(&mut self) {
        let mut table = table("publish to delivery, 4 workers, µs", &[]);
        let (rounds, events) = if self.quick { (1, 10) } else { (5, 1_000) };
        let runtime = runtime(4);
        for tasks in [1, 64] {
            let all: Vec<_> = columns().iter().map(|_| Arc::new(Histogram::new())).collect();
            let mut recorded = vec![0; all.len()];
            for _ in 0..rounds {
                let mut of = all.iter().zip(&mut recorded);
                each_replaying!(P of u64 => {
                    let (histogram, recorded) = of.next().expect("one each");
                    *recorded += delivery::latency::<P>(&runtime, tasks, events, PAUSE, histogram);
                });
            }
            let all: Vec<_> = all.iter().map(|histogram| histogram.snapshot()).collect();
            for ((name, snapshot), received) in columns().iter().zip(&all).zip(recorded) {
                assert_eq!(snapshot.count(), received, "{name}");
            }
            for (share, what) in [(0.5, "p50"), (0.99, "p99"), (0.999, "p99.9")] {
                let times = all.iter().map(|all| {
                    let nanos = all.quantile(share).expect("a share");
                    number(nanos.map(|nanos| nanos as f64 / 1e3))
                });
                table.row([format!("{tasks} tasks, {what}")].into_iter().chain(times).collect());
            }
        }
        println!("{table}");
    }

    /// First of all: nobody else may free meanwhile what is counted here.
    fn memory(&mut self) {
        let title = format!("{STALLED} stalled subscribers, {} events", work::CAPACITY);
        let head = [
            &title,
            "bytes a subscriber",
            "events of 1 KiB",
            "times the floor",
            "events of 16 KiB",
            "times the floor",
            "goal",
            "met",
        ];
        let mut table = Table::new(&head);
        each_replaying!(P of Bytes => {
            let name = <P as Replaying<Bytes>>::NAME;
            let all = [1 << 10, 16 << 10].map(|event| memory::stalled::<P>(STALLED, event));
            let floor = memory::BOUND + STALLED * all[0].cursor;
            let times = all.map(|held| held.all as f64 / floor as f64);
            let met = if name == OURS {
                let worst = times[0].max(times[1]);
                self.verdict(&format!("memory: {worst:.2} × the floor"), worst <= 1.1)
            } else {
                "–".to_string()
            };
            let cells = [name.to_string(), all[0].cursor.to_string()].into_iter();
            let held = (0..2).flat_map(|at| [all[at].all.to_string(), format!("{:.2}", times[at])]);
            table.row(cells.chain(held).chain(["≤ 1.1".to_string(), met]).collect());
        });
        allocations::stop();
        println!("{table}");
        println!("The floor: 1 MiB, and the subscribers themselves.\n");
    }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, millis) = if quick { (1, 0) } else { (7, 1_500) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    let mut figures = Figures { effort, quick, missed: Vec::new() };
    figures.memory();
    prove::prove_all();
    figures.floors();
    figures.one_thread();
    let forms = forms::table(effort, figures.n(1_000_000));
    let polled = forms::threads(effort, figures.n(1_000_000));
    for (table, missed) in [forms, polled] {
        println!("{table}");
        figures.missed.extend(missed);
    }
    figures.publish("ns per publish, nobody waits", &[1, 2, 4, 8, 16, 32, 64].map(|n| (n, 0)), 1.5);
    figures.publish("ns per publish", &[(1, 0), (1, STALLED)], 1.1);
    figures.publishers();
    figures.parked();
    figures.threads();
    figures.tasks();
    figures.latency();
    match figures.missed.as_slice() {
        _ if quick => println!("Too short a run to time anything: it shows that all of it runs."),
        _ if !columns().contains(&OURS) => println!("Nothing is judged: {OURS} takes no part."),
        [] => println!("All goals are met."),
        missed => println!("Missed: {}.", missed.join("; ")),
    }
}
