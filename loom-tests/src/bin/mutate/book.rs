//! `docs/orderings.md`: the tables, and the arguments for survivors.
//!
//! An argument is a line of the text above the tables. It names its mutant without line
//! and column, which change:
//!
//! ```text
//! - survivor: `src/replay/log.rs` `join` fetch_add whole: two steps. Why ...
//! ```

use core::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::all_models;
use crate::run::{Counts, Fate, Mutant};
use bellwether_loom::probe::Site;

/// Where the tables go, between two lines of the file.
const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/orderings.md");
const BEGIN: &str = "<!-- written by `cargo run -p loom-tests --bin mutate` -->";
const MODELS: &str = "<!-- models -->";
const END: &str = "<!-- end -->";
const ARGUMENT: &str = "- survivor: ";

pub(crate) struct Book {
    before: String,
    models: String,
    after: String,
}

impl Book {
    pub(crate) fn open() -> Self {
        let book = fs::read_to_string(Path::new(BOOK)).expect("docs/orderings.md is there");
        let (before, rest) = book.split_once(BEGIN).expect("the line where the tables begin");
        let (tables, after) = rest.split_once(END).expect("the line where they end");
        let (_, models) = tables.split_once(MODELS).expect("the line between them");
        Self {
            before: before.into(),
            models: models.trim().to_string() + "\n",
            after: after.into(),
        }
    }

    /// Without a table of models, the one that is there stays.
    pub(crate) fn write(&self, mutants: &str, models: Option<&str>) {
        let Self { before, models: old, after } = self;
        let models = models.unwrap_or(old);
        let book = format!("{before}{BEGIN}\n\n{mutants}\n{MODELS}\n\n{models}\n{END}{after}");
        fs::write(Path::new(BOOK), book).expect("docs/orderings.md can be written");
    }

    /// How many survivors are argued. Those that are not are wrong, and so are arguments
    /// for what does not survive.
    pub(crate) fn judge(
        &self,
        mutants: &[Mutant],
        fates: &[Option<Fate>],
        wrong: &mut Vec<String>,
    ) -> usize {
        let survivors: Vec<_> = mutants
            .iter()
            .zip(fates)
            .filter(|(_, fate)| **fate == Some(Fate::Survived))
            .map(|(mutant, _)| (mutant, key(mutant)))
            .collect();
        let arguments: Vec<_> =
            self.before.lines().filter_map(|line| line.strip_prefix(ARGUMENT)).collect();
        let is_for = |argument: &str, key: &str| {
            argument.strip_prefix(key).is_some_and(|why| why.split_whitespace().count() > 3)
        };
        let mut argued = 0;
        for (mutant, key) in &survivors {
            if arguments.iter().any(|argument| is_for(argument, key)) {
                argued += 1;
            } else {
                wrong.push(format!("survived without an argument `{ARGUMENT}{key} ...`: {mutant}"));
            }
        }
        for argument in arguments {
            match survivors.iter().filter(|(_, key)| is_for(argument, key)).count() {
                0 => wrong.push(format!("an argument for nothing that survives: {argument}")),
                1 => {}
                many => wrong.push(format!("an argument for {many} survivors: {argument}")),
            }
        }
        argued
    }
}

fn key(Mutant { site, function, mutation, .. }: &Mutant) -> String {
    format!("`{}` `{function}` {} {}: {mutation}.", site.file, site.operation, site.side)
}

pub(crate) fn mutants(mutants: &[Mutant], fates: &[Option<Fate>]) -> String {
    let mut table = String::new();
    let killed = fates.iter().filter(|fate| matches!(fate, Some(Fate::Killed { .. }))).count();
    writeln!(table, "{killed} of {} mutants killed.\n", mutants.len()).unwrap();
    writeln!(table, "| site | in | what | source | mutant | killed by | after |").unwrap();
    writeln!(table, "|---|---|---|---|---|---|---|").unwrap();
    for (mutant, fate) in mutants.iter().zip(fates) {
        let Mutant { site, function, kind, mutation, .. } = mutant;
        let fate = match fate {
            Some(Fate::Killed { model, executions }) => format!("`{model}` | {executions}"),
            Some(Fate::Survived) => "survived |".into(),
            None => "not known |".into(),
        };
        let Site { file, line, column, operation, side } = site;
        writeln!(table, "| `{file}:{line}:{column}` | `{function}` | {operation} {side} | {kind} | {mutation} | {fate} |")
            .unwrap();
    }
    table
}

pub(crate) fn models(counts: &Counts) -> String {
    let mut table = String::new();
    let (models, executions) = (counts.len(), counts.values().sum::<usize>());
    writeln!(table, "{models} models explore {executions} executions unmutated.\n").unwrap();
    writeln!(table, "| model | executions | floor |\n|---|---|---|").unwrap();
    for model in all_models() {
        writeln!(table, "| `{}` | {} | {} |", model.name, counts[model.name], model.floor).unwrap();
    }
    table
}
