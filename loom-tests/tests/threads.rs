//! The scenarios of `linear.rs` on real threads, with the library as its users have it.

#[path = "../linear/list.rs"]
#[allow(dead_code, reason = "other harnesses use more")]
mod linear;

use linear::check::Time;
use linear::histogram::subject::{self as histogram, All, Exact, Single};
use linear::run::{Scenario, Subject};
use linear::tally::{Counts, Tally, test};
use linear::{once, replay};

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether::*;
    pub(crate) use core::sync::atomic::AtomicUsize;
    pub(crate) use std::sync::{Condvar, Mutex};
    pub(crate) use std::thread;
}

/// How often each scenario runs.
const TIMES: usize = 50;

/// Runs it so many times, or up to the first that has no order.
fn explore<S: Subject>(scenario: &Scenario<S::Of>, time: Time, most: usize) -> Counts {
    let tally = Tally::default();
    for _ in 0..most {
        if !tally.run::<S>(scenario, time) {
            break;
        }
    }
    tally.counts()
}

#[test]
fn cell() {
    test::<once::subject::Real>(0..200, Time::Real, TIMES, TIMES);
}

#[test]
fn replay_buffer_with_drops() {
    test::<replay::subject::Real<Box<u64>>>(0..200, Time::Real, TIMES, TIMES);
}

#[test]
fn replay_buffer_in_place() {
    test::<replay::subject::Real<u64>>(200..400, Time::Real, TIMES, TIMES);
}

#[test]
fn histogram() {
    test::<histogram::Real<All>>(0..100, Time::Real, TIMES, TIMES);
}

#[test]
fn exact_histogram() {
    test::<histogram::Real<Exact>>(100..200, Time::Real, TIMES, TIMES);
}

#[test]
fn single_writer() {
    test::<histogram::Real<Single>>(200..250, Time::Real, TIMES, TIMES);
}
