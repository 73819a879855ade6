//! One mutant, in a process of its own: some mutants abort it.
//!
//! | it ends with | which means |
//! |---|---|
//! | [`SURVIVED`] | all models passed |
//! | [`KILLED`] | a model failed |
//! | a signal | a model failed, and aborted |
//! | [`WRONG`] | there is no such mutant, or no model reached it |
//!
//! How far it is, it says in a file, since the last execution may be its end.

use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::{self, catch_unwind};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::{env, format};

use bellwether_loom::probe;

use crate::models::support;

pub(crate) const SURVIVED: u8 = 0;
pub(crate) const KILLED: u8 = 1;
pub(crate) const WRONG: u8 = 2;

/// The variable that names the file: `MODEL EXECUTIONS REACHED`.
pub(crate) const PROGRESS: &str = "MUTATE_PROGRESS";

static FILE: OnceLock<File> = OnceLock::new();

std::thread_local! {
    /// Whose executions run.
    static NOW: Cell<&'static str> = const { Cell::new("") };
}

/// Called before each execution.
fn tell(model: &str, executions: usize) {
    if let Some(mut file) = FILE.get() {
        // As long as ever, so that nothing of the last is left.
        let line = format!("{model} {executions} {:<99}\n", probe::is_reached());
        let written = file.rewind().and_then(|()| file.write_all(line.as_bytes()));
        written.expect("progress can be written");
    }
}

/// Prints what these models reach.
pub(crate) fn sites(names: &str) -> ExitCode {
    match crate::named(names) {
        Ok(models) => {
            for model in models {
                model.explore();
            }
            for seen in probe::sites() {
                println!("site {}: {}", seen.site, seen.kind);
            }
            ExitCode::SUCCESS
        }
        Err(why) => wrong(&why),
    }
}

pub(crate) fn run(site: &str, mutation: &str, names: &str) -> ExitCode {
    let (mutation, models) = match (mutation.parse(), crate::named(names)) {
        (Ok(mutation), Ok(models)) => (mutation, models),
        (Err(why), _) | (_, Err(why)) => return wrong(&why),
    };
    if let Some(path) = env::var_os(PROGRESS) {
        FILE.get_or_init(|| File::create(path).expect("progress can be written"));
    }
    support::tell(tell);
    probe::mutate(site.into(), mutation);
    // Once more, since a panic may be the end, and the first execution reach the site.
    panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        tell(NOW.get(), support::explored());
    }));
    for model in models {
        NOW.set(model.name);
        if catch_unwind(AssertUnwindSafe(|| model.explore())).is_err() {
            if !probe::is_reached() {
                return wrong(&format!("{} fails by itself", model.name));
            }
            tell(model.name, support::explored());
            println!("killed by {} after {} executions", model.name, support::explored());
            return ExitCode::from(KILLED);
        }
    }
    if !probe::is_reached() {
        return wrong(&format!("no model reached {site}"));
    }
    println!("survived");
    ExitCode::from(SURVIVED)
}

fn wrong(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(WRONG)
}
