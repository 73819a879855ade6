//! `cargo run --release -p benches --bin budget`: what one bound of bytes costs a herd
//! of sessions, as Markdown. With `--quick` it only shows that everything runs.

use core::hint::black_box;
use core::time::Duration;

use benches::allocations::{self, Counting};
use benches::herd::{self, ByHand, Herd, Members, Payer, Unbounded, WEIGHT};
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Events that a session keeps at most, if there are many sessions.
const PLACES: usize = 16;

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
    row(UNBOUNDED, &|| Box::new(Unbounded::new(sessions, PLACES)));
    row("a budget", &|| Box::new(Members::new(sessions, PLACES, usize::MAX)));
    row("by hand", &|| Box::new(ByHand::new(sessions, PLACES, usize::MAX, Payer::Itself)));
    allocations::stop();
    println!("{table}");
    println!("Sessions keep up to {PLACES} events of 8 bytes each.\n");
}

/// Once there is nowhere an empty place.
fn full<'a, T: Herd + 'a>(name: &'static str, herd: T, scene: Scene) -> Contestant<'a> {
    herd::publish(&herd, 1, 2 * (scene.sessions * scene.places) as u64);
    Contestant::new(name, scene.n, move |n| herd::publish(&herd, scene.threads, n))
}

#[derive(Clone, Copy)]
struct Scene {
    sessions: usize,
    places: usize,
    threads: usize,
    n: u64,
}

fn row(table: &mut Table, scene: Scene, effort: Effort) {
    let Scene { sessions, places, threads, n } = scene;
    // What fills half of all places; and more than fits.
    let (cap, ample) = (sessions * places * WEIGHT / 2, sessions * places * WEIGHT * 2);
    let used_up = Members::new(sessions, places, cap);
    let budget = used_up.0.clone();
    let mut all = vec![
        full(UNBOUNDED, Unbounded::new(sessions, places), scene),
        full(ROOM, Members::new(sessions, places, ample), scene),
        full(USED_UP, used_up, scene),
        full(ITSELF, ByHand::new(sessions, places, cap, Payer::Itself), scene),
    ];
    // Each of its publications looks at all sessions.
    let few = (n / sessions as u64).clamp(64, 1_000);
    let largest = ByHand::new(sessions, places, cap, Payer::Largest);
    let event = herd::Event::new(0);
    for filled in 0..sessions * places / 2 {
        assert!(largest.publish(filled % sessions, event.clone(), WEIGHT));
    }
    all.push(Contestant::new(LARGEST, few, move |n| herd::publish(&largest, threads, n)));
    let race = Race::run(all, effort);
    let cells = ALL.map(|name| number(race.of(name).map(Contestant::median)));
    assert!(budget.used() <= cap);
    let share = format!("{:.2} %", 100.0 * budget.used() as f64 / cap as f64);
    let what = format!("{sessions} of {places}, {threads}");
    table.row([what].into_iter().chain(cells).chain([share]).collect());
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, millis) = if quick { (1, 0) } else { (5, 1_000) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    memory(quick);
    let first = "sessions of places, threads; ns per publish";
    let head = [first].into_iter().chain(ALL).chain(["of the bytes in use"]);
    let mut table = Table::new(&head.collect::<Vec<_>>());
    let n = if quick { 1_000 } else { 100_000 };
    let herds = [(100, 1_024), (100, PLACES), (10_000, PLACES), (100_000, PLACES)];
    for &(sessions, places) in if quick { &herds[1..2] } else { &herds } {
        for threads in [1, 4, 8] {
            row(&mut table, Scene { sessions, places, threads, n }, effort);
        }
    }
    println!("{table}");
    if quick {
        println!("Too short a run to time anything: it shows that all of it runs.");
    }
}
