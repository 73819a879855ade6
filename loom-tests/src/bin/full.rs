//! Explores every model as far as it goes, and fails each of its weak
//! compare-exchanges in turn:
//!
//! ```text
//! cargo run -p loom-tests -F full --bin full                      against what was found before
//! cargo run -p loom-tests -F full --bin full -- --record          and keeps what was found
//! cargo run -p loom-tests -F full --bin full -- --record --cap 1000000   more executions of each model
//! cargo run -p loom-tests -F full --bin full -- replay_ publish   models with one of these in their names
//! ```
//!
//! `loom-tests/full.tsv` says for each model how many preemptions an execution may have,
//! how many executions were found, whether these were all, and how many weak
//! compare-exchanges an execution has. Half of what was found is the floor; and what was
//! complete has to stay so.
//!
//! A model without a record is first explored with all preemptions. If there are more
//! executions than the cap, the ones that loom gets to first differ in their last steps
//! alone; so it starts again with [`BOUND`] preemptions, where all steps have their turn.
//! A model with a record is explored as far as before.

#[path = "../../models/list.rs"]
#[allow(dead_code, reason = "the tests use more")]
mod models;

#[path = "full/table.rs"]
mod table;

use core::any::Any;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::collections::BTreeSet;
use std::panic::{catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;
use std::{env, thread};

use models::support::{Model, explored};
use table::{Row, Table};

/// Where all preemptions are too many. Most errors take two or three.
const BOUND: usize = 5;
/// Executions of one model: what two cores do in an hour.
const CAP: usize = 60_000;

struct Options {
    record: bool,
    cap: usize,
    names: Vec<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { record: false, cap: CAP, names: vec![] };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--record" => options.record = true,
            "--cap" => {
                let cap = arguments.next().and_then(|cap| cap.parse().ok());
                options.cap = cap.filter(|&cap| cap > 0).ok_or("--cap how many executions?")?;
            }
            name if !name.starts_with('-') => options.names.push(name.into()),
            other => return Err(format!("what is {other}?")),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}\nusage: full [--record] [--cap EXECUTIONS] [NAME...]");
            return ExitCode::from(2);
        }
    };
    let all: Vec<&Model> = models::CROWDS.iter().chain(models::PAIRS).collect();
    let names: BTreeSet<_> = all.iter().map(|model| model.name).collect();
    let known = Table::read();
    let mut chosen: Vec<&Model> = all
        .iter()
        .filter(|model| {
            let named = |part: &String| model.name.contains(part.as_str());
            options.names.is_empty() || options.names.iter().any(named)
        })
        .copied()
        .collect();
    // The longest first, so that all cores end together.
    chosen.sort_by_key(|model| {
        core::cmp::Reverse(known.row(model.name).map_or(usize::MAX, |row| row.executions))
    });

    let (rows, mut failures) = explore(&chosen, &known, &names, &options);
    if options.record {
        known.with(&rows, &names).write();
    } else {
        failures.extend(rows.iter().filter_map(|row| known.objection(row)));
        failures.extend(known.strangers(&names));
    }
    summary(&rows);
    failures.iter().for_each(|failure| eprintln!("{failure}"));
    if failures.is_empty() && rows.len() == chosen.len() {
        ExitCode::SUCCESS
    } else {
        eprintln!(
            "{} of {} models explored, {} failures",
            rows.len(),
            chosen.len(),
            failures.len()
        );
        ExitCode::FAILURE
    }
}

/// On all cores, each of which takes the next model.
fn explore(
    chosen: &[&Model],
    known: &Table,
    names: &BTreeSet<&str>,
    options: &Options,
) -> (Vec<Row>, Vec<String>) {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (next, found) = (AtomicUsize::new(0), Mutex::new((vec![], vec![])));
    let work = || {
        while let Some(&model) = chosen.get(next.fetch_add(1, Relaxed)) {
            let before = known.row(model.name).filter(|_| !options.record);
            // A panic of the model's stays on a thread of its own.
            let row =
                thread::scope(|scope| scope.spawn(move || one(model, before, options.cap)).join());
            let mut found = found.lock().unwrap();
            match row {
                Ok(row) => found.0.push(row),
                Err(_) => found.1.push(format!("{} fails", model.name)),
            }
            let sum: usize = found.0.iter().map(Row::all_executions).sum();
            let done = found.0.len() + found.1.len();
            let last = found.0.last().map(Row::to_string).unwrap_or_default();
            println!("[{done} of {}] {last}; {:.1} million so far", chosen.len(), sum as f64 / 1e6);
            if options.record {
                // A run that is cut off has not been for nothing.
                known.with(&found.0, names).write();
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap()
}

/// As far as before, or else as far as it goes.
fn one(model: &Model, before: Option<&Row>, cap: usize) -> Row {
    let began = Instant::now();
    let (bound, (executions, complete)) = match before {
        Some(&Row { bound, executions, complete, .. }) => {
            let cap = if complete { cap } else { executions };
            (bound, Model { bound, ..*model }.explore_up_to(cap))
        }
        None => most(model, cap),
    };
    let (weak, weak_executions) = weak(model, cap);
    Row {
        name: model.name.into(),
        bound,
        executions,
        complete,
        weak,
        weak_executions,
        seconds: began.elapsed().as_secs_f32(),
    }
}

/// As many preemptions as the model takes: all, if there are no more executions than the
/// cap; else [`BOUND`]. Where one of the executions does not end, what comes before it, or
/// what there is with fewer preemptions, whichever is more.
fn most(model: &Model, cap: usize) -> (Option<usize>, (usize, bool)) {
    let with = |bound| if_it_ends(|| Model { bound, ..*model }.explore_up_to(cap));
    if let Some((executions, true)) = with(None) {
        return (None, (executions, true));
    }
    let mut most = (Some(BOUND), (0, false));
    for bound in (1..=BOUND).rev() {
        let ended = with(Some(bound));
        let found = ended.unwrap_or_else(|| (explored() - 1, false));
        if found.0 > most.1.0 {
            most = (Some(bound), found);
        }
        if ended.is_some() {
            break;
        }
        println!("{}: no end with {bound} preemptions, after {}", model.name, found.0);
    }
    assert!(most.1.0 > 0, "no execution of {} ends", model.name);
    most
}

/// How many weak compare-exchanges fail in turn, and the executions that this takes: with
/// one preemption, or none where executions do not end.
fn weak(model: &Model, cap: usize) -> (usize, usize) {
    let without = Model { bound: Some(1), ..*model };
    if_it_ends(|| model.explore_spurious(Some(cap))).unwrap_or_else(|| {
        println!("{}: no end with a weak failure and a preemption", model.name);
        without.explore_spurious(Some(cap))
    })
}

/// What is explored; `None` if an execution does not end, since loom may show a thread that
/// spins the same old value again and again.
fn if_it_ends<T>(explore: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(explore)) {
        Ok(found) => Some(found),
        Err(panic) if is_endless(&*panic) => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// Whether loom gave up on an execution.
fn is_endless(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or(panic.downcast_ref::<String>().map(String::as_str));
    text.is_some_and(|text| text.contains("maximum number of branches"))
}

fn summary(rows: &[Row]) {
    for row in rows.iter().filter(|row| !row.complete) {
        println!("not complete: {row}");
    }
    let sum = |of: fn(&Row) -> usize| rows.iter().map(of).sum::<usize>();
    println!("figure models {}", rows.len());
    println!("figure executions {}", sum(Row::all_executions));
    println!(
        "figure with-a-weak-failure {} of them, one preemption each",
        sum(|row| row.weak_executions)
    );
    println!("figure complete {}", sum(|row| usize::from(row.complete)));
    println!("figure weak-indices {}", sum(|row| row.weak));
}
