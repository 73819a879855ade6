//! `cargo run --release -p benches --bin replay`: what publishing and reading cost in
//! one thread, as Markdown. With `--quick` it only shows that everything runs.

use core::hint::black_box;
use core::time::Duration;
use std::sync::Arc;

use bellwether::{ReplayBuffer, Start, Subscriber};
use benches::clock::Stopwatch;
use benches::rounds::{Contestant, Effort, Race};
use benches::table::{Table, number};
use tokio::sync::broadcast;

const OURS: &str = "bellwether";
const TOKIO: &str = "tokio broadcast 1.54";
const CAPACITY: usize = 1024;

fn buffer<T>() -> ReplayBuffer<T> {
    ReplayBuffer::builder().capacity(CAPACITY).build().expect("a capacity that is allowed")
}

/// Publishes and reads one event after the other.
fn one_by_one<T: Clone>(n: u64, make: impl Fn() -> T) -> Duration {
    let buffer = buffer();
    let mut subscriber = buffer.subscribe(Start::Live);
    let watch = Stopwatch::start();
    for _ in 0..n {
        assert!(buffer.publish(make()).is_ok());
        black_box(subscriber.try_recv().expect("an event"));
    }
    watch.elapsed()
}

fn one_by_one_tokio<T: Clone>(n: u64, make: impl Fn() -> T) -> Duration {
    let (sender, mut receiver) = broadcast::channel(CAPACITY);
    let watch = Stopwatch::start();
    for _ in 0..n {
        assert!(sender.send(make()).is_ok());
        black_box(receiver.try_recv().expect("an event"));
    }
    watch.elapsed()
}

/// Reads what is there, 64 events at a time; publishing is not timed.
fn batches(n: u64) -> Duration {
    let buffer = buffer();
    let mut subscriber = buffer.subscribe(Start::Live);
    let mut time = Duration::ZERO;
    let mut sum = 0;
    for _ in 0..n / CAPACITY as u64 {
        buffer.publish_all(0..CAPACITY as u64).expect("it is open");
        let watch = Stopwatch::start();
        while subscriber.for_each_ready(64, |_, event| sum += *event).is_ok() {}
        time += watch.elapsed();
    }
    black_box(sum);
    time
}

fn singly_tokio(n: u64) -> Duration {
    let (sender, mut receiver) = broadcast::channel(CAPACITY);
    let mut time = Duration::ZERO;
    let mut sum = 0;
    for _ in 0..n / CAPACITY as u64 {
        (0..CAPACITY as u64).for_each(|event| assert!(sender.send(event).is_ok()));
        let watch = Stopwatch::start();
        while let Ok(event) = receiver.try_recv() {
            sum += event;
        }
        time += watch.elapsed();
    }
    black_box(sum);
    time
}

/// Publishes beside subscribers that never read.
fn beside_stalled(n: u64, stalled: usize) -> Duration {
    let buffer = buffer();
    let subscribers: Vec<_> = (0..stalled).map(|_| buffer.subscribe(Start::Live)).collect();
    let watch = Stopwatch::start();
    for event in 0..n {
        assert!(buffer.publish(event).is_ok());
    }
    let time = watch.elapsed();
    drop(subscribers);
    time
}

fn beside_stalled_tokio(n: u64, stalled: usize) -> Duration {
    let (sender, _receiver) = broadcast::channel(CAPACITY);
    let subscribers: Vec<_> = (0..stalled).map(|_| sender.subscribe()).collect();
    let watch = Stopwatch::start();
    for event in 0..n {
        assert!(sender.send(event).is_ok());
    }
    let time = watch.elapsed();
    drop(subscribers);
    time
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, millis) = if quick { (1, 0) } else { (9, 1_800) };
    let effort = Effort { rounds, time: Duration::from_millis(millis) };
    let n = if quick { 10_000 } else { 1_000_000 };

    let mut table = Table::new(&["work, ns per event", OURS, TOKIO]);
    let mut race = |what: &str, all: Vec<Contestant<'_>>| {
        let race = Race::run(all, effort);
        let median = |name| number(race.of(name).map(Contestant::median));
        table.row(vec![what.to_string(), median(OURS), median(TOKIO)]);
    };
    race(
        "`publish` + `try_recv`, `u64`",
        vec![
            Contestant::new(OURS, n, |n| one_by_one(n, || 7_u64)),
            Contestant::new(TOKIO, n, |n| one_by_one_tokio(n, || 7_u64)),
        ],
    );
    let event: Arc<str> = Arc::from("shared");
    race(
        "`publish` + `try_recv`, `Arc<str>`",
        vec![
            Contestant::new(OURS, n, |n| one_by_one(n, || event.clone())),
            Contestant::new(TOKIO, n, |n| one_by_one_tokio(n, || event.clone())),
        ],
    );
    race(
        "reading: in batches of 64; one by one",
        vec![Contestant::new(OURS, n, batches), Contestant::new(TOKIO, n, singly_tokio)],
    );
    for stalled in [0, 64, 10_000] {
        race(
            &format!("`publish` beside {stalled} that stand still"),
            vec![
                Contestant::new(OURS, n, move |n| beside_stalled(n, stalled)),
                Contestant::new(TOKIO, n, move |n| beside_stalled_tokio(n, stalled)),
            ],
        );
    }
    println!("{table}");
    println!("A subscriber takes {} bytes.", size_of::<Subscriber<&ReplayBuffer<u64>>>());
}
