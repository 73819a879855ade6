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

/// Where the tables go, between two lines of the file.
const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/orderings.md");
const BEGIN: &str = "<!-- written by `cargo run -p loom-tests --bin mutate` -->";
const END: &str = "<!-- end -->";
const ARGUMENT: &str = "- survivor: ";

pub(crate) struct Book {
    before: String,
    after: String,
}

impl Book {
    pub(crate) fn open() -> Self {
        let book = fs::read_to_string(Path::new(BOOK)).expect("docs/orderings.md is there");
        let (before, rest) = book.split_once(BEGIN).expect("the line where the tables begin");
        let (_, after) = rest.split_once(END).expect("the line where they end");
        Self { before: before.into(), after: after.into() }
    }

    pub(crate) fn write(&self, tables: &str) {
        let Self { before, after } = self;
        fs::write(Path::new(BOOK), format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))
            .expect("docs/orderings.md can be written");
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

pub(crate) fn tables(counts: &Counts, mutants: &[Mutant], fates: &[Option<Fate>]) -> String {
    let mut tables = String::new();
    let killed = fates.iter().filter(|fate| matches!(fate, Some(Fate::Killed { .. }))).count();
    let executions: usize = counts.values().sum();
    let (all, models) = (mutants.len(), counts.len());
    writeln!(
        tables,
        "{killed} of {all} mutants killed by {models} models, which explore {executions} executions unmutated.\n"
    )
    .unwrap();
    let head =
        "| site | in | what | source | mutant | killed by | after |\n|---|---|---|---|---|---|---|";
    writeln!(tables, "{head}").unwrap();
    for (mutant, fate) in mutants.iter().zip(fates) {
        let Mutant { site, function, kind, mutation, .. } = mutant;
        let fate = match fate {
            Some(Fate::Killed { model, executions }) => format!("`{model}` | {executions}"),
            Some(Fate::Survived) => "survived: argued above |".into(),
            None => "not known |".into(),
        };
        let what = format!("{} {}", site.operation, site.side);
        let (file, line, column) = (site.file, site.line, site.column);
        writeln!(
            tables,
            "| `{file}:{line}:{column}` | `{function}` | {what} | {kind} | {mutation} | {fate} |"
        )
        .unwrap();
    }
    writeln!(tables, "\n| model | executions | floor |\n|---|---|---|").unwrap();
    for model in all_models() {
        writeln!(tables, "| `{}` | {} | {} |", model.name, counts[model.name], model.floor)
            .unwrap();
    }
    tables
}
