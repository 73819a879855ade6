//! The last execution of a model, step by step.

use core::cell::RefCell;
use core::panic::Location;
use std::format;
use std::prelude::rust_2024::*;

/// One atomic operation of the execution that runs.
struct Step {
    thread: loom::thread::ThreadId,
    at: &'static Location<'static>,
    operation: &'static str,
    value: String,
}

std::thread_local! {
    static TRACE: RefCell<Option<Vec<Step>>> = const { RefCell::new(None) };
}

/// From now on the executions on this thread are recorded.
pub fn record() {
    TRACE.set(Some(Vec::new()));
}

/// The execution that ran last, a line for each atomic operation.
pub fn trace() -> Vec<String> {
    TRACE.with_borrow(|trace| {
        let steps = trace.iter().flatten();
        steps
            .map(|Step { thread, at, operation, value }| {
                let file = at.file().rsplit_once("src/").map_or(at.file(), |(_, file)| file);
                format!("{thread:?} {file}:{} {operation} {value}", at.line())
            })
            .collect()
    })
}

/// Another execution begins.
pub(super) fn begin() {
    TRACE.with_borrow_mut(|trace| trace.iter_mut().for_each(Vec::clear));
}

#[track_caller]
pub(super) fn traced<V: core::fmt::Debug>(operation: &'static str, value: V) -> V {
    let at = Location::caller();
    TRACE.with_borrow_mut(|trace| {
        if let Some(trace) = trace {
            let thread = loom::thread::current().id();
            trace.push(Step { thread, at, operation, value: format!("{value:x?}") });
        }
    });
    value
}
