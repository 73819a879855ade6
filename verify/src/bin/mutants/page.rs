//! `docs/mutants.md`: the arguments for what lives, which are written by hand, and the
//! table, which is written here.

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::areas::{self, Area};
use crate::stage::Outcome;
use crate::tree;

const BEGINS: &str = "<!-- The table is written by the command above. -->\n";
const ENDS: &str = "<!-- It ends here. -->\n";
const COLUMNS: [&str; 7] =
    ["mutants", "by quick tests", "by all tests", "by models", "hang", "do not build", "live"];

/// What came of an area.
pub(crate) struct Row {
    area: String,
    /// As in `COLUMNS`.
    numbers: [usize; 7],
    /// The names of those that live.
    pub(crate) lives: Vec<String>,
}

impl Row {
    /// Of stages that ran one after the other, each on what the one before it missed.
    pub(crate) fn from(area: &Area, stages: &[Outcome], lives: Vec<String>) -> Self {
        let mut row = Self { area: area.name.into(), numbers: [0; 7], lives };
        for (stage, outcome) in stages.iter().enumerate() {
            row.numbers[1 + stage] += outcome.caught.len();
            row.numbers[4] += outcome.timed_out.len();
            row.numbers[5] += outcome.unviable.len();
        }
        row.numbers[6] = row.lives.len();
        row.numbers[0] = row.numbers[1..].iter().sum();
        row
    }

    /// Adds it up.
    pub(crate) fn add_to(&self, sums: &mut [usize; 7]) {
        sums.iter_mut().zip(self.numbers).for_each(|(sum, number)| *sum += number);
    }
}

pub(crate) fn print(sums: &[usize; 7], unexplained: usize) {
    let [mutants, quick, all, models, hang, unviable, live] = sums;
    println!("figure mutants {mutants}");
    println!("figure caught {} by tests, by models, or by a hang", quick + all + models + hang);
    println!("figure by-models {models}");
    println!("figure hang {hang}");
    println!("figure do-not-build {unviable}");
    println!("figure live {live}");
    println!("figure unexplained {unexplained}");
}

fn path() -> PathBuf {
    tree::project().join("docs/mutants.md")
}

fn text() -> Result<String, String> {
    fs::read_to_string(path()).map_err(|why| format!("{}: {why}", path().display()))
}

/// A mutant's name without the place, which changes with every line above it.
fn lasting(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => name.into(),
    }
}

/// How often each mutant is argued to live: lines ``- `src/a.rs: replace ...`: why``, and
/// ``- 2 × `...`: why`` for several of one text.
fn argued(text: &str) -> BTreeMap<String, usize> {
    let items = text.replace("\n  ", " ");
    let items = items.lines().filter_map(|line| {
        let (times, rest) = line.strip_prefix("- ")?.split_once('`')?;
        let (name, why) = rest.split_once("`: ")?;
        let times = times.trim_end_matches(" × ");
        let times = if times.is_empty() { 1 } else { times.parse().ok()? };
        (name.starts_with("src/") && !why.is_empty()).then(|| (name.into(), times))
    });
    items.collect()
}

/// What lives and is not argued for, and what is argued for and does not live.
pub(crate) fn complaints(area: &Area, lives: &[String]) -> Result<Vec<String>, String> {
    Ok(compare(area, lives, &text()?))
}

/// Those that nothing argues for, and the others.
pub(crate) fn unexplained_first(lives: Vec<String>) -> Result<(Vec<String>, Vec<String>), String> {
    Ok(split(lives, &argued(&text()?)))
}

fn split(lives: Vec<String>, argued: &BTreeMap<String, usize>) -> (Vec<String>, Vec<String>) {
    let names: Vec<_> = lives.iter().map(|name| lasting(name)).collect();
    let count = |name: &String| names.iter().filter(|other| **other == *name).count();
    let explained = |name: &String| argued.get(name).is_some_and(|&listed| count(name) <= listed);
    let (mut without, mut with) = (vec![], vec![]);
    for (name, text) in lives.into_iter().zip(&names) {
        if explained(text) { with.push(name) } else { without.push(name) }
    }
    (without, with)
}

fn compare(area: &Area, lives: &[String], text: &str) -> Vec<String> {
    let mut counts = BTreeMap::new();
    lives.iter().for_each(|name| *counts.entry(lasting(name)).or_insert(0) += 1);
    let argued = argued(text);
    let mut complaints = vec![];
    for (name, &count) in &counts {
        let listed = argued.get(name).copied().unwrap_or(0);
        if count > listed {
            complaints.push(format!("missed: {name} ({count}, and {listed} argued for)"));
        }
    }
    for (name, &listed) in &argued {
        let file = name.split(':').next().unwrap_or_default();
        let count = counts.get(name).copied().unwrap_or(0);
        if area.files.contains(&file) && count < listed {
            complaints.push(format!("no longer missed: {name} ({count}, and {listed} argued for)"));
        }
    }
    complaints
}

/// Puts the row into the table; the others stay.
pub(crate) fn write(row: &Row) -> Result<(), String> {
    let old = text()?;
    let (before, rest) = old.split_once(BEGINS).ok_or("docs/mutants.md has no table's begin")?;
    let (table, after) = rest.split_once(ENDS).ok_or("docs/mutants.md has no table's end")?;
    let mut rows = rows(table);
    rows.insert(row.area.clone(), row.numbers);
    let new = format!("{before}{BEGINS}\n{}\n{ENDS}{after}", table_of(&rows));
    fs::write(path(), new).map_err(|why| format!("{}: {why}", path().display()))
}

fn rows(table: &str) -> BTreeMap<String, [usize; 7]> {
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        let name = cells.next()?;
        let area = areas::ALL.iter().find(|area| area.name == name)?;
        let numbers: Vec<usize> = cells.map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
        Some((area.name.into(), numbers.try_into().ok()?))
    });
    rows.collect()
}

fn table_of(rows: &BTreeMap<String, [usize; 7]>) -> String {
    let mut table = format!("| area | {} |\n|---|{}\n", COLUMNS.join(" | "), "---|".repeat(7));
    let mut all = [0; 7];
    for area in areas::ALL {
        let Some(numbers) = rows.get(area.name) else {
            let _ = writeln!(table, "| {} | not yet run |{}", area.name, " |".repeat(6));
            continue;
        };
        let cells = numbers.map(|number| number.to_string()).join(" | ");
        let _ = writeln!(table, "| {} | {cells} |", area.name);
        all.iter_mut().zip(numbers).for_each(|(all, number)| *all += number);
    }
    let _ = writeln!(table, "| all | {} |", all.map(|number| number.to_string()).join(" | "));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area { files: &["src/a.rs"], ..areas::ALL[0] };

    #[test]
    fn each_that_lives_is_argued_for_and_the_other_way_round() {
        let text = "- 2 × `src/a.rs: replace < with <= in f`:\n  both are equal here.\n\
                    - `src/b.rs: replace g with ()`: of another area.\n";
        let lives =
            ["src/a.rs:1:2: replace < with <= in f", "src/a.rs:7:3: replace < with <= in f"]
                .map(String::from);
        assert!(compare(&AREA, &lives, text).is_empty());
        assert_eq!(compare(&AREA, &lives[..1], text).len(), 1, "one is caught now");
        let more = [&lives[..], &["src/a.rs:9:9: replace f with ()".into()]].concat();
        assert_eq!(compare(&AREA, &more, text).len(), 1, "one has no argument");
        let without_why = text.replace(":\n  both are equal here.", "");
        assert_eq!(compare(&AREA, &lives, &without_why).len(), 1);
    }

    #[test]
    fn what_is_argued_for_is_told_apart() {
        let lives = ["src/a.rs:1:2: f", "src/a.rs:7:3: f", "src/b.rs:2:4: g"].map(String::from);
        let argued = |f, g| BTreeMap::from([("src/a.rs: f".into(), f), ("src/b.rs: g".into(), g)]);
        let without = |f, g| split(lives.to_vec(), &argued(f, g)).0;
        assert!(without(2, 1).is_empty());
        assert_eq!(without(1, 1), lives[..2], "one of the two has no argument, whichever it is");
        assert_eq!(without(2, 0), lives[2..]);
    }

    #[test]
    fn the_table_is_read_as_it_was_written() {
        let numbers = [21, 1, 2, 3, 4, 5, 6];
        let areas = [0, 2].map(|n| (areas::ALL[n].name.to_string(), numbers));
        let written = BTreeMap::from(areas);
        let table = table_of(&written);
        assert_eq!(rows(&table), written, "{table}");
        assert!(table.ends_with("| all | 42 | 2 | 4 | 6 | 8 | 10 | 12 |\n"), "{table}");
    }
}
