//! Primitives that are wrong on purpose: the same scenarios must find them out. Each
//! is beside one of its kind that is right, and is not found out.

use crate::linear::check::Time;
use crate::linear::run::Subject;
use crate::linear::tally;

#[path = "broken/histogram.rs"]
mod histogram;
#[path = "broken/once.rs"]
mod once;
#[path = "broken/replay.rs"]
mod replay;

/// Of which kinds of time the harness knows.
use crate::TIMES;

/// In how many of the first 60 scenarios some history has no order.
fn found<S: Subject>(time: Time) -> usize {
    tally::found::<S>(0..60, time, 100)
}
