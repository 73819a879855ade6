//! A presence service starts cold, on a bad day.
//!
//! Ten thousand tasks need the configuration, which is not read yet. The first
//! that asks reads it, and everybody else waits for that one. But the backend
//! goes silent under the first, whose client hangs up; it sends a cut file to
//! the second; and only the third gets it whole. Meanwhile a few tasks that do
//! not need the configuration at all want to run every millisecond.
//!
//! The scene is played twice: with `bellwether::OnceCell`, and as it happened in
//! the incident that this crate was written after, with a cell that blocks.
//!
//! ```text
//! cargo run --release --example presence -- [--tasks N] [--workers N] [FILE]
//! ```

mod args;
mod backend;
mod bystanders;
mod checks;
mod config;
mod file;
mod format;
mod ledger;
mod once_cell;
mod once_lock;
mod report;
mod stage;
mod watch;

use core::num::NonZero;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;

use args::Options;
use backend::Backend;
use file::{ConfigFile, CutCopy};
use format::{count, counted};
use report::Column;

fn main() -> ExitCode {
    match args::parse(std::env::args_os().skip(1)) {
        Ok(Some(options)) => match play(&options) {
            Ok((text, true)) => say(&text, 0),
            Ok((text, false)) => say(&text, 3),
            Err(what) => complain(&format!("presence: {what}\n"), 1),
        },
        Ok(None) => say(args::USAGE, 0),
        Err(what) => complain(&format!("presence: {what}.\n\n{}", args::USAGE), 2),
    }
}

/// Both scenes; the text, and whether all guarantees held.
fn play(options: &Options) -> Result<(String, bool), String> {
    let whole = ConfigFile::new(options.file.clone());
    let expected = whole.load().map_err(|error| error.to_string())?;
    let cut = CutCopy::of(&whole).map_err(|error| error.to_string())?;
    let (tasks, workers) = (options.tasks, options.workers);
    let no_runtime = |error: io::Error| format!("the runtime cannot be started: {error}");

    let ((scene, outcome), delays) = stage::on_runtime(workers, async || {
        let backend = Backend::new(&whole, &cut.0);
        let scene = Arc::new(once_cell::Scene { cell: Default::default(), backend });
        (scene.clone(), once_cell::play(scene, tasks).await)
    })
    .map_err(no_runtime)?;
    let checks = checks::all(&scene, &outcome, tasks, &expected);
    let cell = Column {
        name: "bellwether::OnceCell",
        manner: "callers that wait are suspended",
        served: outcome.latencies.len(),
        given_up: "is aborted midway: its backend was silent, its client hung up",
        runs: scene.backend.ledger.runs(),
        latencies: outcome.latencies,
        quiet: delays.quiet,
        during: delays.during,
    };

    let ((scene, latencies), delays) = stage::on_runtime(workers, async || {
        let scene = Arc::new(once_lock::Scene::new(Backend::new(&whole, &cut.0)));
        (scene.clone(), once_lock::play(scene, tasks).await)
    })
    .map_err(no_runtime)?;
    let lock = Column {
        name: "std::sync::OnceLock",
        manner: "callers block the workers they run on",
        served: latencies.len(),
        given_up: "times out midway: its backend was silent (nobody can abort it)",
        runs: scene.backend.ledger.runs(),
        latencies,
        quiet: delays.quiet,
        during: delays.during,
    };

    let mut out = opening(options, &expected.to_string());
    report::story(&mut out, &cell);
    report::story(&mut out, &lock);
    report::table(&mut out, [&cell, &lock]);
    report::guarantees(&mut out, &checks);
    let blocked = format!("{} of {}", count(scene.most_blocked()), counted(workers, "worker"));
    report::lesson(&mut out, [&cell, &lock], &blocked);
    Ok((out, checks.iter().all(|check| check.held)))
}

fn opening(options: &Options, config: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    format!(
        "A presence service starts cold: {} ({}, {}) all need\n  \
         {}\n  {config}\n\
         which the backend withholds at first, then sends cut short, then sends whole.\n\
         {} bystanders do not need it; each wants to run once a millisecond.\n\n",
        counted(options.tasks, "task"),
        counted(options.workers, "worker"),
        counted(cores, "core"),
        options.file.display(),
        bystanders::HOW_MANY,
    )
}

/// To stdout. Who closes the pipe has read enough.
fn say(text: &str, status: u8) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("presence: the output cannot be written: {error}\n"), 1)
        }
        _ => ExitCode::from(status),
    }
}

/// To stderr. If that fails, nobody is left to be told.
fn complain(text: &str, status: u8) -> ExitCode {
    let _ = io::stderr().write_all(text.as_bytes());
    ExitCode::from(status)
}
