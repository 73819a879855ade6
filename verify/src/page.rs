//! The record as a page to read: `docs/verification.md`.

use core::fmt::Write as _;

use crate::record::{Done, Figure, Record, Status};

/// `12,345`, `98.7`: thousands apart, at most two decimals.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let (whole, part) = text.split_once('.').expect("it has decimals");
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match part.trim_end_matches('0') {
        "" => grouped,
        part => format!("{grouped}.{part}"),
    }
}

/// What came of a step, for the terminal.
pub(crate) fn line(done: &Done) -> String {
    let status = match done.status {
        Status::Passed => "ok".into(),
        Status::Failed => format!("FAILED: {}", done.failures.join("; ")),
    };
    let figures: Vec<_> = done.figures.iter().map(figure).collect();
    format!("    {status}, {} s. {}", done.seconds, figures.join(", "))
}

fn figure(figure: &Figure) -> String {
    let mut text = format!("{} {}", figure.name, number(figure.value));
    if !figure.unit.is_empty() {
        text += &format!(" {}", figure.unit);
    }
    if let Some(goal) = &figure.goal {
        text += &format!(" ({goal}{})", if figure.met { "" } else { ": **missed**" });
    }
    text
}

fn duration(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", (seconds + 30) / 60) }
}

/// The page; `all` are the names of all steps.
pub(crate) fn page<'a>(record: &Record, all: impl Iterator<Item = &'a str>) -> String {
    let mut page = String::from("# What was verified\n\n");
    page += "Written by `cargo run -p verify -- --full`; the same with every detail is in\n";
    page +=
        "[verification.json](verification.json). What each technique can and cannot see is in\n";
    page += "[limitations.md](limitations.md).\n\n";
    let seconds = record.steps.iter().map(|done| done.seconds).sum();
    let passed = record.steps.iter().filter(|done| done.status == Status::Passed).count();
    let _ = writeln!(
        page,
        "{passed} of {} steps passed, in {}.",
        record.steps.len(),
        duration(seconds)
    );
    let ran = |name: &&str| record.steps.iter().any(|done| done.name == *name);
    let others: Vec<_> = all.filter(|name| !ran(name)).map(|name| format!("`{name}`")).collect();
    if !others.is_empty() {
        let _ = writeln!(page, "Not yet run: {}.", others.join(", "));
    }
    page += &one_library(record);
    page += "\n| step | what it shows | result | figures (goal) | took | on |\n|---|---|---|---|---|---|\n";
    for done in &record.steps {
        let result = match done.status {
            Status::Passed => "passed",
            Status::Failed => "**failed**",
        };
        let figures: Vec<_> = done.figures.iter().map(figure).collect();
        let Done { name, what, date, commit, .. } = done;
        let took = duration(done.seconds);
        let figures = figures.join("<br>");
        let _ = writeln!(
            page,
            "| `{name}` | {what} | {result} | {figures} | {took} | {date}, {commit} |"
        );
    }
    details(&mut page, record);
    page += "\n## Machine and tools\n\n| | |\n|---|---|\n";
    let tools = record.steps.iter().flat_map(|done| &done.tools);
    let mut seen = vec![];
    for pair in record.machine.iter().chain(tools) {
        if !seen.contains(&pair) {
            seen.push(pair);
            let _ = writeln!(page, "| {} | {} |", pair.0, pair.1);
        }
    }
    page
}

/// Whether all results are about the same library.
fn one_library(record: &Record) -> String {
    let Some(newest) = record.steps.iter().max_by_key(|done| &done.date) else {
        return String::new();
    };
    let older: Vec<_> = record
        .steps
        .iter()
        .filter(|done| done.sources != newest.sources)
        .map(|done| format!("`{}`", done.name))
        .collect();
    if older.is_empty() {
        return "All results are about the same `src/`.\n".into();
    }
    format!("Not about the same `src/` as the newest result: {}.\n", older.join(", "))
}

fn details(page: &mut String, record: &Record) {
    for done in &record.steps {
        let _ = writeln!(page, "\n## {}\n", done.name);
        for failure in &done.failures {
            let _ = writeln!(page, "- **Failed**: {failure}");
        }
        for note in &done.notes {
            let _ = writeln!(page, "- {note}");
        }
        if !(done.failures.is_empty() && done.notes.is_empty()) {
            page.push('\n');
        }
        page.push_str("```text\n");
        done.commands.iter().for_each(|command| {
            let _ = writeln!(page, "{command}");
        });
        page.push_str("```\n");
    }
}

#[test]
fn numbers_are_readable() {
    let cases = [
        (0.0, "0"),
        (999.0, "999"),
        (1_000.0, "1,000"),
        (12_345_678.0, "12,345,678"),
        (98.756, "98.76"),
        (98.5, "98.5"),
        (-1_234.0, "-1,234"),
        (-123.0, "-123"),
    ];
    for (value, text) in cases {
        assert_eq!(number(value), text);
    }
}
