//! What a person reads: the story, the table, the guarantees, the lesson.

use core::fmt::Write;
use core::time::Duration;

use crate::checks::Check;
use crate::format::{count, ms, percentile};
use crate::ledger::{End, Run};

/// A good run has 3; what goes beyond is told in brief.
const TOLD: usize = 10;

type Kind = fn(&End) -> bool;
type Samples = fn(&Column) -> &[Duration];

/// What one of the scenes came to.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) manner: &'static str,
    pub(crate) served: usize,
    /// How a try that is given up reads in the story.
    pub(crate) given_up: &'static str,
    pub(crate) runs: Vec<Run>,
    /// Sorted, as are the delays.
    pub(crate) latencies: Vec<Duration>,
    pub(crate) quiet: Vec<Duration>,
    pub(crate) during: Vec<Duration>,
}

/// Who did what, and when.
pub(crate) fn story(out: &mut String, column: &Column) {
    let _ = writeln!(out, "{}: {}", column.name, column.manner);
    let mut before: Option<usize> = None;
    for run in column.runs.iter().take(TOLD) {
        let verb = match before {
            None => "leads",
            Some(task) if task == run.task => "tries again",
            Some(_) => "takes over",
        };
        line(out, run.began, &format!("task {} {verb}", count(run.task)));
        let (at, how) = match &run.ended {
            Some((at, End::GivenUp)) => (*at, column.given_up.into()),
            Some((at, End::Failed(error))) => (*at, format!("fails:\n{:15}{error}", "")),
            Some((at, End::Succeeded)) => (*at, "has the value, and everybody gets it".into()),
            None => (run.began, "never ends".into()),
        };
        line(out, at, &format!("task {} {how}", count(run.task)));
        before = Some(run.task);
    }
    if column.runs.len() > TOLD {
        let _ = writeln!(out, "{:>11}  and so on", "...");
    }
    out.push('\n');
}

fn line(out: &mut String, at: Duration, what: &str) {
    let _ = writeln!(out, "{:>11}  {what}", ms(at));
}

/// The two beside each other.
pub(crate) fn table(out: &mut String, [left, right]: [&Column; 2]) {
    let mut row = |label: &str, cell: &dyn Fn(&Column) -> String| {
        let _ = writeln!(out, "{label:<36}{:>22}{:>22}", cell(left), cell(right));
    };
    row("", &|column| column.name.into());
    row("tasks served", &|column| count(column.served));
    row("tries to initialise", &|column| count(column.runs.len()));
    let ends: [(&str, Kind); 3] = [
        ("  cancelled, or timed out", |end| *end == End::GivenUp),
        ("  failed", |end| matches!(end, End::Failed(_))),
        ("  succeeded", |end| *end == End::Succeeded),
    ];
    for (label, is_it) in ends {
        row(label, &|column| {
            count(column.runs.iter().filter(|run| run.end().is_some_and(is_it)).count())
        });
    }
    row("led by task", &|column| {
        let tasks: Vec<String> = column.runs.iter().map(|run| count(run.task)).take(3).collect();
        tasks.join(" > ")
    });
    let times: [(&str, Samples); 3] = [
        ("latency of a call", |column| &column.latencies),
        ("delay of a bystander, before", |column| &column.quiet),
        ("delay of a bystander, meanwhile", |column| &column.during),
    ];
    for (label, samples) in times {
        for (rank, percent) in [("p50", 50), ("p99", 99), ("max", 100)] {
            let label = if percent == 50 { label } else { "" };
            row(&format!("{label:<33}{rank}"), &|column| {
                percentile(samples(column), percent).map_or_else(|| "-".into(), ms)
            });
        }
    }
    out.push('\n');
}

pub(crate) fn guarantees(out: &mut String, checks: &[Check]) {
    let _ = writeln!(out, "Guarantees of bellwether::OnceCell, checked in this run");
    for check in checks {
        let verdict = if check.held { "pass" } else { "FAIL" };
        let _ = writeln!(out, "  {verdict}  {:<22}{}", check.name, check.seen);
    }
    let held = checks.iter().filter(|check| check.held).count();
    let _ = writeln!(out, "{held} of {} guarantees held.\n", checks.len());
}

/// What the numbers say to the tasks that had nothing to do with it.
pub(crate) fn lesson(out: &mut String, [cell, lock]: [&Column; 2], blocked: &str) {
    let worst = |column: &Column| percentile(&column.during, 100).map_or("-".into(), ms);
    let _ = writeln!(
        out,
        "Meanwhile a bystander was late by up to {} with OnceCell, and by up to\n\
         {} with OnceLock, which blocked {blocked} at the same time.\n\
         OnceLock is made for threads: the mistake is to wait in it on a runtime's worker.",
        worst(cell),
        worst(lock),
    );
}
