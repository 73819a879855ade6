//! Our forms beside each other: `u64`, one thread, and threads that poll.

use core::hint::black_box;
use core::time::Duration;
use std::sync::Arc;

use bellwether::replay::{Plain, Store};
use bellwether::{
    PlainArray, PlainBuffer, Replay, ReplayArray, ReplayBuffer, SingleProducer, Start, Subscriber,
};
use tokio::sync::broadcast;

use super::work::{self, CAPACITY};
use super::{Event, Replaying, delivery, ours};
use crate::rounds::{Contestant, Effort, Race};
use crate::table::{Table, number};
use crate::work::timed;

/// The plain form, whose subscribers own a share of it.
#[derive(Debug)]
pub struct PlainShared<T: Plain>(Arc<PlainBuffer<T>>);

impl<T: Event + Plain> Replaying<T> for PlainShared<T> {
    const NAME: &'static str = "bellwether PlainBuffer";
    type Subscriber = Subscriber<Arc<PlainBuffer<T>>>;

    fn new(events: usize) -> Self {
        let builder = ReplayBuffer::builder().capacity(events);
        Self(Arc::new(builder.build_plain().expect("good bounds")))
    }
    fn subscribe(&self) -> Self::Subscriber {
        Subscriber::new(Arc::clone(&self.0), Start::Live)
    }
    #[inline(always)]
    fn publish(&self, event: T) {
        assert!(self.0.publish(event).is_ok(), "neither closed nor too large");
    }
    fn close(self) {
        self.0.close();
    }
}

/// Publishes and reads, in turn.
macro_rules! alone {
    ($n:expr, $publish:expr, $reader:expr) => {{
        #[allow(unused_mut, reason = "one of the forms needs it")]
        let (mut publish, mut reader) = ($publish, $reader);
        timed($n, 1, |turns| {
            for number in 0..turns {
                assert!(publish(black_box(number)).is_ok());
                black_box(reader.try_recv().expect("published"));
            }
        })
    }};
}

fn many<S: Store<Event = u64>>(n: u64, buffer: &Replay<S>) -> Duration {
    alone!(n, |number| buffer.publish(number), buffer.subscribe(Start::Live))
}

fn one<S: Store<Event = u64>>(n: u64, buffer: Replay<S>) -> Duration {
    let buffer = SingleProducer::new(buffer);
    let mut producer = buffer.producer().expect("the first");
    alone!(n, |number| producer.publish(number), buffer.subscribe(Start::Live))
}

fn heap() -> ReplayBuffer<u64> {
    ReplayBuffer::builder().capacity(CAPACITY).build().expect("good bounds")
}

fn plain() -> PlainBuffer<u64> {
    ReplayBuffer::builder().capacity(CAPACITY).build_plain().expect("good bounds")
}

/// What it is called, the most nanoseconds that are wanted, or infinitely many, and what
/// publishes and reads so often.
pub type Work = (&'static str, f64, fn(u64) -> Duration);

/// All that are compared.
pub const FORMS: [Work; 8] = [
    ("ReplayBuffer", 25.0, |n| many(n, &heap())),
    ("ReplayArray", f64::INFINITY, |n| many(n, &ReplayArray::<u64, CAPACITY>::new())),
    ("ReplayBuffer, one producer", 20.0, |n| one(n, heap())),
    ("PlainBuffer", 15.0, |n| many(n, &plain())),
    ("PlainArray", f64::INFINITY, |n| many(n, &PlainArray::<u64, CAPACITY>::new())),
    ("PlainBuffer, one producer", 8.0, |n| one(n, plain())),
    ("PlainBuffer, read in batches of 64", f64::INFINITY, work::batches::<PlainShared<u64>, u64>),
    ("a lock, taken and let go", f64::INFINITY, super::floor::lock),
];

/// The table, and what is missed.
#[must_use]
pub fn table(effort: Effort, n: u64) -> (Table, Vec<String>) {
    let mut table =
        Table::new(&["our forms, publish + try_recv, `u64`, one thread", "ns", "goal", "met"]);
    let mut missed = Vec::new();
    let race = Race::run(FORMS.map(|(name, _, run)| Contestant::new(name, n, run)).into(), effort);
    for (name, goal, _) in FORMS {
        let nanos = race.of(name).map(Contestant::median);
        let verdict = match nanos {
            Some(nanos) if goal.is_finite() && nanos > goal => {
                missed.push(format!("{name}: {nanos:.1} ns"));
                "**no**"
            }
            _ if goal.is_finite() => "yes",
            _ => "–",
        };
        let goal = if goal.is_finite() { format!("≤ {goal} ns") } else { "–".to_string() };
        table.row(vec![name.to_string(), number(nanos), goal, verdict.to_string()]);
    }
    (table, missed)
}

/// Threads that poll: ns per event delivered, by the plain form and the others.
#[must_use]
pub fn threads(effort: Effort, n: u64) -> (Table, Vec<String>) {
    const TOKIO: &str = "tokio broadcast";
    const OURS: [&str; 2] = ["bellwether ReplayBuffer", "bellwether PlainBuffer"];
    let mut table = Table::new(&[
        "plain data to threads that poll",
        TOKIO,
        OURS[0],
        OURS[1],
        "times tokio's speed",
        "goal",
        "met",
    ]);
    let mut missed = Vec::new();
    for threads in [1, 4, 8] {
        let all = vec![
            Contestant::new(TOKIO, n, move |n| {
                delivery::threads::<broadcast::Sender<u64>>(n, threads)
            }),
            Contestant::new(OURS[0], n, move |n| {
                delivery::threads::<ours::Shared<u64>>(n, threads)
            }),
            Contestant::new(OURS[1], n, move |n| delivery::threads::<PlainShared<u64>>(n, threads)),
        ];
        let race = Race::run(all, effort);
        let times = race.ratio(TOKIO, OURS[1]).unwrap_or_default();
        let (goal, met) = match threads {
            8 if times < 4.0 => {
                missed.push(format!("plain, 8 threads: {times:.2} × tokio"));
                ("≥ 4 ×", "**no**")
            }
            8 => ("≥ 4 ×", "yes"),
            _ => ("–", "–"),
        };
        let nanos =
            [TOKIO, OURS[0], OURS[1]].map(|name| number(race.of(name).map(Contestant::median)));
        let cells = core::iter::once(threads.to_string()).chain(nanos);
        table
            .row(cells.chain([format!("{times:.2}"), goal.to_string(), met.to_string()]).collect());
    }
    (table, missed)
}
