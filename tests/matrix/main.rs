//! Generated matrices: every future of the API is dropped at every moment, and every
//! callback panics at every call. Nothing may be lost, leaked, dropped twice or stuck.
//!
//! | file | what |
//! |---|---|
//! | `world.rs`, `watch.rs` | callbacks that panic on demand; books of what is born and dropped |
//! | `case.rs`, `task.rs` | one case: tasks, steps, and what happens to one of them |
//! | `once.rs`, `init.rs`, `replay.rs`, `form.rs` | programs with every future, by every form of a buffer |
//! | `cancel.rs` | all cancellations of a program |
//! | `panic.rs` | all panics of a program |
//! | `calls.rs`, `observed.rs`, `blocking.rs` | programs for panics only: calls that do not wait, threads that do |
//! | `broken.rs` | broken primitives: the matrices find what is wrong |
//! | `scan.rs`, `complete.rs` | nothing of the API is left out |
//!
//! With `--nocapture`, lines that begin with `figure` say what was covered. With
//! `MATRIX=full` in the environment more orders and more pairs are tried, for minutes.

#![cfg(feature = "std")]

#[path = "../support/bell.rs"]
mod bell;
mod blocking;
mod broken;
mod calls;
mod cancel;
mod case;
mod complete;
mod form;
mod init;
mod observed;
mod once;
mod panic;
mod replay;
mod scan;
mod task;
mod watch;
mod world;

use std::collections::BTreeSet;

use case::Program;

fn programs() -> impl Iterator<Item = &'static (&'static str, Program)> {
    once::PROGRAMS.iter().chain(replay::PROGRAMS)
}

/// Whether everything is wanted, or what takes a few seconds.
fn full() -> bool {
    std::env::var_os("MATRIX").is_some_and(|wanted| wanted == "full")
}

/// All programs in the full run; in the other, those over cells.
fn small() -> impl Iterator<Item = &'static (&'static str, Program)> {
    once::PROGRAMS.iter().chain(replay::PROGRAMS.iter().filter(|_| full()))
}

fn figure(name: &str, value: usize, least: usize) {
    println!();
    println!("figure {name} {value}");
    assert!(value >= least, "{name}: {value} is too few");
}

/// Every task of every program, at every moment.
#[test]
fn every_future_may_go_at_any_moment() {
    let mut covered = cancel::Covered::default();
    // How many first steps are in all orders: those over buffers have many steps.
    let (cells, buffers) = if full() { (3, 2) } else { (1, 0) };
    for (_, program) in once::PROGRAMS {
        cancel::sweep(*program, cells, &mut covered);
    }
    for (_, program) in replay::PROGRAMS {
        cancel::sweep(*program, buffers, &mut covered);
    }
    for (_, program) in [once::CROWDED, replay::CROWDED] {
        cancel::sweep_crowd(program, &mut covered);
    }
    for kind in complete::kinds() {
        for act in cancel::ACTS {
            let polls = |polls| covered.moments.contains(&(kind, polls, act));
            assert!(polls(0) && polls(1), "{kind}: {act:?}: too few moments");
        }
    }
    figure("cancel-cases", covered.cases, 30_000);
    figure("cancel-moments", covered.moments.len(), 100);
}

/// Any two tasks, or one twice.
#[test]
fn any_two_futures_may_go_at_any_moments() {
    let mut covered = cancel::Covered::default();
    for (_, program) in small() {
        cancel::sweep_pairs(*program, &mut covered);
    }
    figure("cancel-pairs", covered.cases, 10_000);
}

/// Every call of every callback.
#[test]
fn every_callback_may_panic_at_any_call() {
    let mut covered = panic::Covered::default();
    let calls = calls::PROGRAMS.iter().chain(observed::PROGRAMS).chain(blocking::PROGRAMS);
    for (_, program) in programs().chain(calls) {
        panic::sweep(*program, &mut covered);
    }
    for (_, program) in [once::CROWDED, replay::CROWDED] {
        panic::sweep_crowd(program, &mut covered);
    }
    let acts = if full() { &cancel::ACTS[..] } else { &[case::Act::Drop, case::Act::Move] };
    for (_, program) in small() {
        panic::sweep_with_acts(*program, acts, &mut covered);
    }
    let panicked: BTreeSet<_> = covered.points.keys().copied().collect();
    for point in complete::points() {
        assert!(panicked.contains(point), "{point} never panicked");
    }
    figure("panic-cases", covered.cases, 25_000);
    figure("panic-callbacks", panicked.len(), 40);
}

/// Any two calls, also one while the other unwinds.
#[test]
fn any_two_calls_may_panic() {
    // What the library drops or calls while it unwinds. Received events are in the
    // frames of the programs, which drop them.
    const CELL: &[&str] =
        &["waker.", "OnceHooks::", "Clock::", "closure.", "initialiser.", "error.", "value."];
    const BUFFER: &[&str] = &["waker.", "ReplayHooks::"];
    let mut covered = panic::Covered::default();
    for (_, program) in once::PROGRAMS {
        panic::sweep_pairs(*program, CELL, &mut covered);
    }
    for (_, program) in replay::PROGRAMS.iter().take(if full() { usize::MAX } else { 1 }) {
        panic::sweep_pairs(*program, BUFFER, &mut covered);
    }
    figure("panic-pairs", covered.cases, 10_000);
    figure("panic-pairs-swallowed", covered.swallowed, 100);
}
