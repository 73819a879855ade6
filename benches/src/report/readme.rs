//! The tables of the project's README, which are written from a run: between a line
//! `<!-- figures: NAME -->` and the next `<!-- end of figures -->`.

use core::error::Error;
use std::fs;
use std::path::Path;

use super::environment::root;
use super::markdown::find;

/// A table: which rows and columns of which part of a run, and what they are called.
struct Shown {
    name: &'static str,
    part: &'static str,
    columns: &'static [(&'static str, &'static str)],
    /// What it is called here, and where it is.
    rows: &'static [(&'static str, At)],
}

/// Where a row is found.
enum At {
    /// The first row that is called so.
    Row(&'static str),
    /// The same, of the table whose head begins with the first.
    RowUnder(&'static str, &'static str),
    /// The column of another part, in which each contestant has a row.
    Column(&'static str, &'static str),
}
use At::{Column, Row, RowUnder};

const ALL: &[Shown] = &[
    Shown {
        name: "counts",
        part: "counts.md",
        columns: &[
            ("tokio", "tokio"),
            ("async-once-cell", "async-once-cell"),
            ("async-lock", "async-lock"),
            ("bellwether", "bellwether"),
        ],
        rows: &[
            ("bytes of a cell of a `u64`", Row("bytes of the cell of a `u64`")),
            ("bytes of a `get_or_init` future", Row("bytes of the future of `get_or_init`")),
            ("bytes of a `wait` future", Row("bytes of the future of `wait`")),
            ("allocations, initialisation", Row("allocations, new + init + drop")),
            ("allocations, 100 waiters", Row("allocations, 100 waiters")),
            (
                "locked instructions, initialisation",
                Column("instructions.md", "new + init + drop: locked"),
            ),
            (
                "locked instructions to wait and be woken",
                Column("instructions.md", "park and wake, per waiter: locked"),
            ),
            ("wakes after a failure, 100 waiters", Row("leader dropped, 100 wait: wakes at once")),
            ("wakers kept for 100 cancelled waiters", Row("wakers kept for 100 cancelled waiters")),
        ],
    },
    Shown {
        name: "cells",
        part: "figures.md",
        columns: &[
            ("std `OnceLock`", "std OnceLock"),
            ("tokio", "tokio"),
            ("async-once-cell", "async-once-cell"),
            ("async-lock", "async-lock"),
            ("bellwether", "bellwether"),
        ],
        rows: &[
            ("`get`, ready", Row("`get`, ready")),
            ("`get_or_init(..).await`, ready", Row("`get_or_init(..).await`, ready, 16 to a turn")),
            ("new + initialise + drop, a task", Row("new + init + drop, async")),
            ("new + initialise + drop, a thread", Row("new + init + drop, blocking")),
            (
                "wait and be woken, each of 1,000",
                Row("park and wake, per waiter of 1000, one waker each"),
            ),
            (
                "wait and be woken, each of 10,000",
                Row("park and wake, per waiter of 10000, one waker each"),
            ),
            ("cancel, each of 10,000", Row("cancel, per waiter of 10000, oldest first")),
        ],
    },
    Shown {
        name: "replay",
        part: "replay.md",
        columns: &[
            ("tokio broadcast", "tokio broadcast"),
            ("async-broadcast", "async-broadcast"),
            ("`Mutex<VecDeque>` + `Notify`", "Mutex<VecDeque> + Notify"),
            ("bellwether", "bellwether ReplayBuffer"),
        ],
        rows: &[
            ("publish + receive, one thread", Row("publish + try_recv, `u64`")),
            ("receive in batches of 64", Row("read in batches of 64, `u64`")),
            (
                "publish beside 10,000 that stand still",
                Column("replay.md", "1 up to date, 10000 stalled"),
            ),
            (
                "bytes held for 10,000 that stand still at 1 MiB, events of 16 KiB",
                Column("replay.md", "events of 16 KiB"),
            ),
            ("8 threads publish", RowUnder("threads that publish at once, ns per event", "8")),
            ("publish to a task that waits", RowUnder("tasks that wait, ns per publish", "1")),
            (
                "deliver to 64 tasks on 32 workers, one by one",
                Row("32 workers, 64 tasks, one by one"),
            ),
            ("the same, in batches", Row("32 workers, 64 tasks, in batches")),
        ],
    },
    Shown {
        name: "forms",
        part: "replay.md",
        columns: &[("ns per event", "ns")],
        rows: &[
            ("`ReplayBuffer`", Row("ReplayBuffer")),
            ("`ReplayBuffer`, one producer", Row("ReplayBuffer, one producer")),
            ("`ReplayArray`", Row("ReplayArray")),
            ("`PlainBuffer`", Row("PlainBuffer")),
            ("`PlainBuffer`, one producer", Row("PlainBuffer, one producer")),
            ("`PlainArray`", Row("PlainArray")),
            ("`PlainBuffer`, in batches of 64", Row("PlainBuffer, read in batches of 64")),
        ],
    },
    Shown {
        name: "histograms",
        part: "histogram.md",
        columns: &[
            ("1 thread", "1 thread"),
            ("8 threads", "8 threads"),
            ("32 threads", "32 threads"),
        ],
        rows: &[
            ("prometheus", Row("prometheus")),
            ("prometheus-client", Row("prometheus-client")),
            ("metrics-util", Row("metrics-util")),
            ("`histogram`, which keeps no sum", Row("histogram")),
            ("hdrhistogram's `Recorder`", Row("hdrhistogram Recorder")),
            ("`Histogram`", Row("bellwether Histogram")),
            ("`ShardedHistogram`", Row("bellwether ShardedHistogram")),
            ("`Recorder`", Row("bellwether Recorder")),
        ],
    },
    Shown {
        name: "metrics",
        part: "metrics.md",
        columns: &[
            ("without metrics", "bellwether"),
            ("with", "with metrics"),
            ("metrics add", "metrics add"),
        ],
        rows: &[
            ("`get`, ready", Row("`get`, ready")),
            ("new + initialise + drop, a task", Row("new + init + drop, async")),
            ("wait and be woken, each of 1,000", Row("park and wake, per waiter of 1000")),
        ],
    },
    Shown {
        name: "incident",
        part: "incident.md",
        columns: &[
            ("trials in which it ran twice", "trials with two runs"),
            ("at most (95 %)", "at most (95 %)"),
            ("call p50, ms", "call p50"),
            ("call p99, ms", "call p99"),
        ],
        rows: &[
            ("`OnceLock`", Row("1.85.0, 1.40.0, `OnceLock`")),
            ("the article's remedy", Row("1.85.0, 1.40.0, `OnceLock` beside a tokio `Mutex`")),
            ("`bellwether::OnceCell`", Row("1.85.0, 1.40.0, `bellwether::OnceCell`")),
        ],
    },
];

const END: &str = "<!-- end of figures -->";

fn table(shown: &Shown, run: &Path) -> Result<String, Box<dyn Error>> {
    let titles: Vec<&str> = shown.columns.iter().map(|(title, _)| *title).collect();
    let mut table = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    for (title, at) in shown.rows {
        let part = if let Column(part, _) = at { part } else { shown.part };
        let text = fs::read_to_string(run.join(part))?;
        table += &format!("| {title}");
        for (_, name) in shown.columns {
            let cell = match at {
                Row(row) => find(&text, None, row, name),
                RowUnder(head, row) => find(&text, Some(head), row, name),
                Column(_, column) => find(&text, None, name, column),
            };
            let cell = cell.ok_or_else(|| format!("{part}: nothing of {name} for {title}"))?;
            table += &format!(" | {cell}");
        }
        table += " |\n";
    }
    Ok(table)
}

/// Puts the run's tables in.
///
/// # Errors
///
/// If a part or a row is missing, or the README has no place for it.
pub fn write(run: &Path) -> Result<(), Box<dyn Error>> {
    let path = root().join("README.md");
    let mut readme = fs::read_to_string(&path)?;
    for shown in ALL {
        let table = table(shown, run)?;
        readme = with(&readme, shown.name, &table)?;
    }
    let name = run.file_name().ok_or("a run has a name")?.to_string_lossy();
    readme = with(&readme, "run", &format!("[{name}](benches/results/{name}/README.md)\n"))?;
    fs::write(path, readme)?;
    Ok(())
}

fn with(readme: &str, name: &str, text: &str) -> Result<String, String> {
    let begin = format!("<!-- figures: {name} -->\n");
    let none = || format!("README.md has no place for {name}");
    let (before, rest) = readme.split_once(&begin).ok_or_else(none)?;
    let (_, after) = rest.split_once(END).ok_or_else(none)?;
    Ok(format!("{before}{begin}{text}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_lines_is_replaced() {
        let old = format!("a\n<!-- figures: x -->\nold\n{END}\nb\n");
        let new = with(&old, "x", "new\n").unwrap();
        assert_eq!(new, format!("a\n<!-- figures: x -->\nnew\n{END}\nb\n"));
        assert!(with(&old, "y", "new\n").is_err());
    }

    #[test]
    fn the_readme_has_a_place_for_each() {
        let readme = fs::read_to_string(root().join("README.md")).unwrap();
        for name in ALL.iter().map(|shown| shown.name).chain(["run"]) {
            assert!(with(&readme, name, "").is_ok(), "{name}");
        }
    }
}
