//! Weakens every ordering of the crate in turn, by site, without recompiling,
//! and expects some model to fail: `cargo run -p loom-tests --bin mutate`.
//!
//! The parent explores all models as they are, which finds the sites, and then
//! starts itself once for each mutant. It writes the tables of
//! `docs/orderings.md`, and fails if a mutant survives that is not argued there.

#[path = "../../models/list.rs"]
#[allow(dead_code, reason = "the tests use more")]
mod models;

use core::fmt::Write as _;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::Ordering;
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, thread};

use bellwether_loom::probe;
use models::support::Model;

/// Where the tables go, between two lines of the file.
const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/orderings.md");
const BEGIN: &str = "<!-- written by `cargo run -p loom-tests --bin mutate` -->";
const END: &str = "<!-- end -->";

struct Mutant {
    site: String,
    source: Ordering,
    weaker: Ordering,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match &arguments[..] {
        [] => parent(),
        [site, weaker] => child(site, weaker),
        _ => {
            eprintln!("usage: mutate");
            ExitCode::from(2)
        }
    }
}

fn parent() -> ExitCode {
    let (counts, sites) = baseline();
    let mutants: Vec<_> = sites
        .into_iter()
        .flat_map(|(site, source)| {
            let site = site.to_string();
            weaker(source).iter().map(move |&weaker| Mutant { site: site.clone(), source, weaker })
        })
        .collect();
    println!("{} mutants", mutants.len());

    // The cheapest models first: most mutants die at once.
    let mut order: Vec<_> = counts.iter().collect();
    order.sort_by_key(|(_, executions)| **executions);
    let order: Vec<_> = order.into_iter().map(|(name, _)| *name).collect();

    let fates: Vec<_> = mutants
        .iter()
        .map(|mutant| {
            let fate = kill(mutant, &order.join(","));
            println!("{} {:?} -> {:?}: {fate}", mutant.site, mutant.source, mutant.weaker);
            fate
        })
        .collect();
    let survivors = write_book(&counts, &mutants, &fates);
    if survivors.is_empty() {
        println!("every mutant is killed, or argued in docs/orderings.md");
        return ExitCode::SUCCESS;
    }
    survivors.iter().for_each(|survivor| eprintln!("survived without an argument: {survivor}"));
    ExitCode::FAILURE
}

/// Explores everything unchanged, on all cores: executions by model, and sites.
fn baseline() -> (BTreeMap<&'static str, usize>, Vec<(probe::Site, Ordering)>) {
    let models: Vec<&Model> = models::CROWDS.iter().chain(models::PAIRS).collect();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let counts = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let mine = models.iter().skip(worker).step_by(workers);
                scope.spawn(move || mine.map(|m| (m.name, m.explore())).collect::<Vec<_>>())
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|handle| handle.join().expect("a model fails unmutated"))
            .collect()
    });
    (counts, probe::sites())
}

/// What an ordering is weakened to.
fn weaker(order: Ordering) -> &'static [Ordering] {
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    match order {
        SeqCst => &[AcqRel, Acquire, Release, Relaxed],
        AcqRel => &[Acquire, Release, Relaxed],
        Acquire | Release => &[Relaxed],
        _ => &[],
    }
}

/// Runs the models against one mutant; says which failed, after how many.
fn kill(mutant: &Mutant, order: &str) -> String {
    let output = Command::new(env::current_exe().expect("this program"))
        .args([&mutant.site, &format!("{:?}", mutant.weaker)])
        .env("MODELS", order)
        .stderr(Stdio::null())
        .output()
        .expect("this program starts again");
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().rfind(|line| line.starts_with("at ")) {
        Some(_) if output.status.success() => "survived".into(),
        Some(line) => format!("killed by {}", &line[3..]),
        None => "the child did not start".into(),
    }
}

fn child(site: &str, weaker: &str) -> ExitCode {
    let order = [Ordering::Relaxed, Ordering::Acquire, Ordering::Release, Ordering::AcqRel]
        .into_iter()
        .find(|order| format!("{order:?}") == weaker);
    let Some(order) = order else {
        eprintln!("unknown ordering {weaker}");
        return ExitCode::from(2);
    };
    probe::mutate(site.into(), order);
    let names = env::var("MODELS").unwrap_or_default();
    for name in names.split(',') {
        let model = models::CROWDS.iter().chain(models::PAIRS).find(|model| model.name == name);
        let Some(model) = model else { return ExitCode::from(2) };
        // Printed first: some mutants abort the process.
        println!("at `{name}`");
        if catch_unwind(AssertUnwindSafe(|| model.explore())).is_err() {
            println!("at `{name}` after {} executions", model.explored());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Writes the tables; returns the survivors that the text does not argue.
fn write_book(counts: &BTreeMap<&str, usize>, mutants: &[Mutant], fates: &[String]) -> Vec<String> {
    let book = fs::read_to_string(Path::new(BOOK)).expect("docs/orderings.md is there");
    let (before, rest) = book.split_once(BEGIN).expect("the line where the tables begin");
    let (_, after) = rest.split_once(END).expect("the line where they end");

    let mut tables = String::new();
    let killed = fates.iter().filter(|fate| *fate != "survived").count();
    let executions: usize = counts.values().sum();
    writeln!(tables, "{killed} of {} mutants killed by {} models, which explore {executions} executions unmutated.\n", mutants.len(), counts.len()).unwrap();
    writeln!(tables, "| site | source | mutant | fate |\n|---|---|---|---|").unwrap();
    for (mutant, fate) in mutants.iter().zip(fates) {
        writeln!(
            tables,
            "| `{}` | {:?} | {:?} | {fate} |",
            mutant.site, mutant.source, mutant.weaker
        )
        .unwrap();
    }
    writeln!(tables, "\n| model | executions | floor |\n|---|---|---|").unwrap();
    for model in models::CROWDS.iter().chain(models::PAIRS) {
        writeln!(tables, "| `{}` | {} | {} |", model.name, counts[model.name], model.floor)
            .unwrap();
    }
    fs::write(Path::new(BOOK), format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))
        .expect("docs/orderings.md can be written");

    // An argument names its site without line and column, which change.
    let argued = |site: &str| {
        let mut parts = site.split([':', ' ']);
        let file = parts.next().unwrap_or_default();
        let what: Vec<_> = site.split(' ').skip(1).collect();
        before.contains(&format!("survivor: `{file}` {}", what.join(" ")))
    };
    mutants
        .iter()
        .zip(fates)
        .filter(|(mutant, fate)| *fate == "survived" && !argued(&mutant.site))
        .map(|(mutant, _)| format!("{} {:?} -> {:?}", mutant.site, mutant.source, mutant.weaker))
        .collect()
}
