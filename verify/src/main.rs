//! Shows that bellwether is right, and that the proof could have failed.
//!
//! ```text
//! cargo run -p verify                     the quick form of each step, as CI runs it
//! cargo run -p verify -- --full           everything; writes docs/verification.{json,md}
//! cargo run -p verify -- --full --resume  without what has passed on the same sources
//! cargo run -p verify -- --only api,msrv  these steps alone (with --full: their full form)
//! cargo run -p verify -- --list           the steps
//! ```
//!
//! Each step's output is in `target/verify/<step>.log`.
//!
//! | file | what |
//! |---|---|
//! | `step.rs` | what a step is |
//! | `steps.rs`, `steps/` | all steps, a technique a file |
//! | `run.rs` | one step while it runs: its commands, figures, goals |
//! | `command.rs` | a command, its log, its progress |
//! | `record.rs` | what is kept of a run, as JSON |
//! | `page.rs` | the same as a page to read |
//! | `machine.rs` | where it ran, with which tools |

mod command;
mod machine;
mod page;
mod record;
mod run;
mod step;
mod steps;

use std::process::ExitCode;
use std::{env, fs};

use record::{Record, Status};
use step::Step;

const USAGE: &str = "usage: verify [--full [--resume]] [--only STEP,...] | --list";

struct Choice {
    full: bool,
    resume: bool,
    steps: Vec<&'static Step>,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if arguments == ["--list"] {
        for step in steps::ALL {
            println!(
                "{:16} {}{}",
                step.name,
                step.what,
                if step.quick { "" } else { " (full only)" }
            );
        }
        return ExitCode::SUCCESS;
    }
    match choice(&arguments) {
        Ok(choice) => go(&choice),
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn choice(arguments: &[String]) -> Result<Choice, String> {
    let mut choice = Choice { full: false, resume: false, steps: steps::ALL.iter().collect() };
    let mut only = None;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--full" => choice.full = true,
            "--resume" => choice.resume = true,
            "--only" => only = Some(arguments.next().ok_or("--only which steps?")?),
            other => return Err(format!("what is {other}?")),
        }
    }
    if choice.resume && !choice.full {
        return Err("only a full run can be resumed".into());
    }
    if let Some(names) = only {
        let named = |name| steps::ALL.iter().find(|step| step.name == name);
        choice.steps = names
            .split(',')
            .map(|name| named(name).ok_or(format!("there is no step {name}; see --list")))
            .collect::<Result<_, _>>()?;
    } else if !choice.full {
        choice.steps.retain(|step| step.quick);
    }
    Ok(choice)
}

fn go(choice: &Choice) -> ExitCode {
    let root = machine::root();
    let json = if choice.full {
        root.join("docs/verification.json")
    } else {
        root.join("target/verify/quick.json")
    };
    let known = || Record::read(&json).unwrap_or_default();
    let sources = machine::sources();
    let mut bad = vec![];
    let many = choice.steps.len();
    for (n, step) in choice.steps.iter().enumerate() {
        let record = known();
        if choice.resume && record.passed(step.name, &sources) {
            println!(
                "[{} of {many}] {}: passed on these sources, {}",
                n + 1,
                step.name,
                record.when(step.name)
            );
            continue;
        }
        println!("[{} of {many}] {}: {}", n + 1, step.name, step.what);
        let done = run::run(step, choice.full, &sources);
        println!("{}", page::line(&done));
        if done.status != Status::Passed {
            bad.push(step.name);
        }
        // Another run, of other steps, may have ended some meanwhile.
        let mut record = known();
        record.machine = machine::describe();
        let names = || steps::ALL.iter().map(|step| step.name);
        record.put(done, names());
        // After each step: what is done is kept, whatever happens next.
        record.write(&json);
        if choice.full {
            fs::write(root.join("docs/verification.md"), page::page(&record, names()))
                .expect("the page can be written");
        }
    }
    if bad.is_empty() {
        println!("verified: {many} steps");
        return ExitCode::SUCCESS;
    }
    eprintln!("NOT verified: {}", bad.join(", "));
    ExitCode::FAILURE
}
