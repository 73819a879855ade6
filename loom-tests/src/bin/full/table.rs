//! What was found before: a line for each model, tabs between.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/full.tsv");
const HEAD: &str = "model\tpreemptions\texecutions\tcomplete\tweak";

#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// All, if `None`.
    pub(crate) bound: Option<usize>,
    pub(crate) executions: usize,
    pub(crate) complete: bool,
    pub(crate) weak: usize,
    /// In which one of these fails. Is not kept.
    pub(crate) weak_executions: usize,
    /// Is not kept.
    pub(crate) seconds: f32,
}

impl Row {
    pub(crate) fn all_executions(&self) -> usize {
        self.executions + self.weak_executions
    }

    fn bound(&self) -> String {
        self.bound.map_or("all".into(), |bound| bound.to_string())
    }

    fn line(&self) -> String {
        let complete = if self.complete { "yes" } else { "no" };
        let Self { name, executions, weak, .. } = self;
        format!("{name}\t{}\t{executions}\t{complete}\t{weak}\n", self.bound())
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split('\t');
        let row = Self {
            name: parts.next()?.into(),
            bound: match parts.next()? {
                "all" => None,
                bound => Some(bound.parse().ok()?),
            },
            executions: parts.next()?.parse().ok()?,
            complete: match parts.next()? {
                "yes" => true,
                "no" => false,
                _ => return None,
            },
            weak: parts.next()?.parse().ok()?,
            weak_executions: 0,
            seconds: 0.0,
        };
        parts.next().is_none().then_some(row)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, executions, weak, weak_executions, seconds, .. } = self;
        let end = if self.complete { "complete" } else { "capped" };
        let bound = self.bound();
        write!(
            f,
            "{name}: {executions} executions, {bound} preemptions, {end}; \
             {weak_executions} with one of {weak} weak failures; {seconds:.1} s"
        )
    }
}

pub(crate) struct Table(BTreeMap<String, Row>);

impl Table {
    /// # Panics
    ///
    /// If a line is not one of ours.
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(FILE).unwrap_or_default();
        let row = |line| Row::parse(line).unwrap_or_else(|| panic!("{FILE}: what is {line:?}?"));
        Self(text.lines().skip(1).map(row).map(|row| (row.name.clone(), row)).collect())
    }

    pub(crate) fn row(&self, name: &str) -> Option<&Row> {
        self.0.get(name)
    }

    /// These rows instead of those before, and none for what is no model any more.
    pub(crate) fn with(&self, rows: &[Row], models: &BTreeSet<&str>) -> Self {
        let mut all = self.0.clone();
        all.extend(rows.iter().map(|row| (row.name.clone(), row.clone())));
        all.retain(|name, _| models.contains(name.as_str()));
        Self(all)
    }

    /// # Panics
    ///
    /// If the file cannot be written.
    pub(crate) fn write(&self) {
        let lines: String = self.0.values().map(Row::line).collect();
        fs::write(FILE, format!("{HEAD}\n{lines}")).expect("the table can be written");
    }

    /// What is wrong with what was found now.
    pub(crate) fn objection(&self, found: &Row) -> Option<String> {
        let Some(known) = self.row(&found.name) else {
            return Some(format!("{}: not in {FILE}; --record keeps it", found.name));
        };
        let what = if found.executions < known.executions / 2 {
            "fewer than half of the executions"
        } else if known.complete && !found.complete {
            "is not complete any more"
        } else if found.weak < known.weak / 2 {
            "fewer than half of the weak compare-exchanges"
        } else {
            return None;
        };
        Some(format!("{found}: {what}; it was {known}"))
    }

    /// Rows of what is no model.
    pub(crate) fn strangers(&self, models: &BTreeSet<&str>) -> Vec<String> {
        let names = self.0.keys().filter(|name| !models.contains(name.as_str()));
        names.map(|name| format!("{name}: in {FILE}, and no model")).collect()
    }
}
