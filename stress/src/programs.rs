//! The programs, one for each primitive and protocol.

mod budget;
mod cell;
mod histogram;
mod metrics;
mod replay;
mod scene;
mod single;
mod waiters;

pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// Rounds of it for each that is asked for: they differ in length.
    pub(crate) weight: u64,
    /// Whether it rests on the counts of an `Arc`, which free by a fence: then it is not
    /// for ThreadSanitizer.
    pub(crate) counts: bool,
    /// Plays so many rounds, and says what was done.
    pub(crate) run: fn(u64) -> String,
}

const fn program(name: &'static str, weight: u64, run: fn(u64) -> String) -> Program {
    Program { name, weight, counts: false, run }
}

pub(crate) const PROGRAMS: &[Program] = &[
    program("cell", 20, cell::run),
    program("waiters", 10, waiters::run),
    program("heap", 1, replay::heap),
    program("inline", 1, replay::inline),
    program("plain", 1, replay::plain),
    program("plain-array", 1, replay::plain_array),
    program("single-heap", 1, single::heap),
    program("single-plain", 1, single::plain),
    program("budget", 1, budget::stay),
    Program { name: "members", weight: 1, counts: true, run: budget::come_and_go },
    program("histogram", 1, histogram::shared),
    program("sharded", 1, histogram::sharded),
    program("recorder", 1, histogram::recorder),
    program("exact", 1, histogram::exact),
    program("metrics", 1, metrics::run),
];
