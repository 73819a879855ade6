//! Breaks the crate at every site in turn, without recompiling, and expects some model
//! to fail: `cargo run -p loom-tests --bin mutate`. What a site is, and how it is
//! broken, is said in `src/sync/probe/sites.rs`.
//!
//! | step | who |
//! |---|---|
//! | find the orderings, wake-ups and orders of steps that the source has | `source.rs` |
//! | explore all models as they are, which finds the sites and who reaches them | `run.rs` |
//! | start this program once for each mutant, as many at a time as there are cores | `run.rs` |
//! | explore the models that reach the site, the cheapest first, until one fails | `child.rs` |
//! | write the tables of `docs/orderings.md`, and look for the survivors' arguments | `book.rs` |
//!
//! It fails if something that the source has is reached by no model, if a mutant
//! survives that is not argued, and if an argument is for none that survives.

#[path = "../../../models/list.rs"]
#[allow(dead_code, reason = "the tests use more")]
mod models;

mod book;
mod child;
mod run;
mod source;

use std::env;
use std::process::ExitCode;

use models::support::Model;

const USAGE: &str = "usage: mutate [--mutants | --only TEXT] | --sites MODEL,... | --mutant SITE MUTATION MODEL,...";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => run::all(),
        ["--mutants"] => run::mutants_alone(),
        ["--only", text] => run::only(text),
        ["--sites", names] => child::sites(names),
        ["--mutant", site, mutation, names] => child::run(site, mutation, names),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(child::WRONG)
        }
    }
}

fn all_models() -> impl Iterator<Item = &'static Model> {
    models::CROWDS.iter().chain(models::PAIRS)
}

/// The models of these names, with commas between.
fn named(names: &str) -> Result<Vec<&'static Model>, String> {
    let named = |name| all_models().find(|model| model.name == name);
    names.split(',').map(|name| named(name).ok_or(format!("there is no model {name}"))).collect()
}
