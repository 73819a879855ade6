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

/// Whether none of some scenarios has a history without an order.
fn is_right<S: Subject>(time: Time) -> bool {
    tally::found::<S>(0..60, time, 100).is_none()
}

/// Whether some scenario has. Few are needed most often.
fn is_found<S: Subject>(time: Time) -> bool {
    tally::found::<S>(0..600, time, 100).is_some()
}
