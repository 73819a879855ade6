//! `cargo run --release -p benches --bin budget`: what one bound of bytes costs a herd
//! of sessions, as Markdown. With `--quick` it only shows that everything runs.

use core::time::Duration;
use std::hint::black_box;

use benches::allocations::{self, Counting};
use benches::herd::{self, ByHand, CAPACITY, Herd, Members, Payer, Unbounded, WEIGHT};
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const UNBOUNDED: &str = "no budget";
const ROOM: &str = "a budget with room";
const USED_UP: &str = "a budget, used up";
const ITSELF: &str = "by hand, from itself";
const LARGEST: &str = "by hand, from the largest";
const ALL: [&str; 5] = [UNBOUNDED, ROOM, USED_UP, ITSELF, LARGEST];

fn memory(quick: bool) {
    let sessions = if quick { 1_000 } else { 100_000 };
    let each = |bytes: usize| format!("{:.0}", bytes as f64 / sessions as f64);
    let mut table = Table::new(&["bytes a session", "empty", "with one event"]);
    let mut row = |name: &str, make: &dyn Fn() -> Box<dyn Herd>| {
        let (empty, herd) = allocations::bytes(make);
        let (more, ()) = allocations::bytes(|| {
            let event = herd::Event::new(0);
            (0..sessions).for_each(|at| assert!(herd.publish(at, event.clone(), 1)));
        });
        table.row(vec![name.to_string(), each(empty), each(empty + more)]);
        drop(black_box(herd));
    };
    row(UNBOUNDED, &|| Box::new(Unbounded::new(sessions)));
    row("a budget", &|| Box::new(Members::new(sessions, usize::MAX)));
    row("by hand", &|| Box::new(ByHand::new(sessions, usize::MAX, Payer::Itself)));
    allocations::stop();
    println!("{table}");
    println!("Sessions keep up to {CAPACITY} events of 8 bytes each.\n");
}

fn full<'a, T: Herd + 'a>(name: &'static str, herd: T, threads: usize, n: u64) -> Contestant<'a> {
    herd::publish(&herd, 1, 2 * (herd.sessions() * CAPACITY) as u64);
    Contestant::new(name, n, move |n| herd::publish(&herd, threads, n))
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, millis) = if quick { (1, 0) } else { (5, 1_000) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    memory(quick);
    let head = ["sessions, threads; ns per publish"].into_iter().chain(ALL);
    let mut table = Table::new(&head.collect::<Vec<_>>());
    let mut kept = Table::new(&["sessions", "of the cap in use, at the end"]);
    let n = if quick { 1_000 } else { 100_000 };
    let herds: &[usize] = if quick { &[100] } else { &[100, 10_000, 100_000] };
    for &sessions in herds {
        // What fills half of all places; and more than fits.
        let (cap, ample) = (sessions * CAPACITY * WEIGHT / 2, sessions * CAPACITY * WEIGHT * 2);
        for threads in [1, 4, 8] {
            let used_up = Members::new(sessions, cap);
            let budget = used_up.0.clone();
            let mut all = vec![
                full(UNBOUNDED, Unbounded::new(sessions), threads, n),
                full(ROOM, Members::new(sessions, ample), threads, n),
                full(USED_UP, used_up, threads, n),
                full(ITSELF, ByHand::new(sessions, cap, Payer::Itself), threads, n),
            ];
            // Each of its publications looks at all sessions.
            let few = (n / sessions as u64).clamp(threads as u64, 1_000);
            let largest = ByHand::new(sessions, cap, Payer::Largest);
            herd::publish(&largest, 1, (sessions * CAPACITY / 2) as u64 - sessions as u64);
            all.push(Contestant::new(LARGEST, few, move |n| herd::publish(&largest, threads, n)));
            let race = Race::run(all, effort);
            let cells = ALL.map(|name| number(race.of(name).map(Contestant::median)));
            let what = format!("{sessions}, {threads}");
            table.row([what].into_iter().chain(cells).collect());
            assert!(budget.used() <= cap);
            let share = 100.0 * budget.used() as f64 / cap as f64;
            kept.row(vec![format!("{sessions}, {threads}"), format!("{share:.2} %")]);
        }
    }
    println!("{table}\n{kept}");
    if quick {
        println!("Too short a run to time anything: it shows that all of it runs.");
    }
}
