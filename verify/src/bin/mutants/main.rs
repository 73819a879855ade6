//! Mutates everything but the memory orderings: some test or model must fail.
//!
//! ```text
//! cargo run -p verify --bin mutants                    all areas
//! cargo run -p verify --bin mutants -- grid log        these
//! cargo run -p verify --bin mutants -- --afresh        all areas, also what is known
//! cargo run -p verify --bin mutants -- --list          the areas, and how many mutants each has
//! ```
//!
//! cargo-mutants makes the mutants: a function's body becomes a plain value, an operator
//! another, a match arm or a negation goes. (Orderings are weakened elsewhere: see
//! `docs/orderings.md`.) What is tried, and what is left out, is in `.cargo/mutants.toml`
//! and `areas.rs`.
//!
//! An area's mutants run against a few quick tests; those that live, against all tests
//! that concern the area; those that still live, against the area's models. What is left
//! must have an argument in `docs/mutants.md`, and what has an argument must be left.
//!
//! What an earlier run caught in the same sources is not tried again, nor what lived through
//! the same tests and models. What has an argument is not tried against the models.
//! `--afresh` tries everything against everything.
//!
//! | file | what |
//! |---|---|
//! | `areas.rs` | which files are tried with which tests |
//! | `tree.rs` | the copies of the project that are mutated |
//! | `stage.rs` | one run of cargo-mutants |
//! | `known.rs` | what was tried before, which is not tried again |
//! | `page.rs` | `docs/mutants.md`: the arguments, and the table that is written |

mod areas;
mod known;
mod page;
mod stage;
mod tree;

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use areas::Area;
use known::Known;
use stage::{Outcome, Stage};

/// cargo-mutants, so that all have the same mutants.
const VERSION: &str = "27.1.0";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match go(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn go(arguments: &[String]) -> Result<(), String> {
    stage::check_version()?;
    if arguments == ["--list"] {
        let tree = tree::take()?;
        for area in areas::ALL {
            println!("{:12} {:5}  {}", area.name, stage::list(&tree, area)?.len(), area.what);
        }
        return Ok(());
    }
    let (afresh, arguments) = match arguments {
        [first, rest @ ..] if first == "--afresh" => (true, rest),
        all => (false, all),
    };
    let named = |name: &String| areas::ALL.iter().find(|area| area.name == name);
    let chosen: Vec<&Area> = match arguments {
        [] => areas::ALL.iter().collect(),
        names => names
            .iter()
            .map(|name| named(name).ok_or(format!("there is no area {name}; see --list")))
            .collect::<Result<_, _>>()?,
    };
    if afresh {
        chosen.iter().try_for_each(|area| known::forget(area))?;
    }
    // A mutant's build and test keep one core busy.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (next, results) = (AtomicUsize::new(0), Mutex::new(vec![]));
    let work = || {
        while let Some(&area) = chosen.get(next.fetch_add(1, Relaxed)) {
            let result = one(area, afresh);
            results.lock().expect("nobody panicked").push(result);
        }
    };
    thread::scope(|scope| (0..cores.min(chosen.len())).for_each(|_| drop(scope.spawn(work))));

    let (mut sums, mut failures) = ([0; 7], vec![]);
    for result in results.into_inner().expect("nobody panicked") {
        match result {
            Ok((row, complaints)) => {
                row.add_to(&mut sums);
                failures.extend(complaints);
            }
            Err(why) => failures.push(why),
        }
    }
    page::print(&sums, failures.len());
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// Tries an area, and writes its row.
fn one(area: &Area, afresh: bool) -> Result<(page::Row, Vec<String>), String> {
    let (stages, lives) = all_stages(&tree::take()?, area, afresh)?;
    let row = page::Row::from(area, &stages, lives);
    let _lock = tree::lock()?;
    page::write(&row)?;
    let complaints = page::complaints(area, &row.lives)?;
    Ok((row, complaints))
}

/// What became of an area's mutants: what each stage caught of what the one before it
/// missed, and what lives.
fn all_stages(
    tree: &tree::Tree,
    area: &Area,
    afresh: bool,
) -> Result<([Outcome; 3], Vec<String>), String> {
    let mut lives = stage::list(tree, area)?;
    let mut known = Known::open(area, &lives)?;
    lives.retain(|name| !known.has(name));
    let library =
        |name, arguments| Stage { name, package: "bellwether", features: area.features, arguments };
    let mut stages = vec![(0, library("quick tests", area.quick))];
    stages.extend(area.more.iter().map(|tests| (1, library("all tests", tests))));
    stages.push((
        2,
        Stage {
            name: "models",
            package: "loom-tests",
            features: "--features=std",
            arguments: area.models,
        },
    ));
    let mut explained = vec![];
    for (n, stage) in stages {
        // The models take minutes for each.
        if n == 2 && !afresh {
            (lives, explained) = page::unexplained_first(lives)?;
        }
        if lives.is_empty() || stage.arguments.is_empty() {
            continue;
        }
        let mut outcome = stage.run(tree, area, &lives, |so_far| known.write(n, so_far))?;
        lives = core::mem::take(&mut outcome.missed);
        known.stages[n].add(outcome);
    }
    lives.append(&mut explained);
    let lives = known.keep(lives)?;
    Ok((known.stages, lives))
}
