//! The tables of the project's README, which are written from a run: between a line
//! `<!-- figures: NAME -->` and the next `<!-- end of figures -->`.

use core::error::Error;
use std::fs;
use std::path::Path;

use super::environment::root;

/// A table: which rows and columns of which part of a run, and what they are called.
struct Shown {
    name: &'static str,
    part: &'static str,
    columns: &'static [(&'static str, &'static str)],
    /// What it is called here; the first cell of the head, if there are several tables with
    /// such a row; and of the row.
    rows: &'static [(&'static str, Option<&'static str>, &'static str)],
}

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
            ("bytes of a cell of a `u64`", None, "bytes of the cell of a `u64`"),
            ("bytes of a `get_or_init` future", None, "bytes of the future of `get_or_init`"),
            ("bytes of a `wait` future", None, "bytes of the future of `wait`"),
            ("allocations, initialisation", None, "allocations, new + init + drop"),
            ("allocations, 100 waiters", None, "allocations, 100 waiters"),
            ("locked instructions, initialisation", None, "locked instructions, new + init + drop"),
            ("locked instructions, waiting", None, "locked instructions, park"),
            ("wakes after a failure, 100 waiters", None, "leader dropped, 100 wait: wakes at once"),
            (
                "wakers kept for 100 cancelled waiters",
                None,
                "wakers kept for 100 cancelled waiters",
            ),
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
            ("`get`, ready", None, "`get`, ready"),
            (
                "`get_or_init(..).await`, ready",
                None,
                "`get_or_init(..).await`, ready, 16 to a turn",
            ),
            ("new + initialise + drop, a task", None, "new + init + drop, async"),
            ("new + initialise + drop, a thread", None, "new + init + drop, blocking"),
            (
                "wait and be woken, each of 1,000",
                None,
                "park and wake, per waiter of 1000, one waker each",
            ),
            (
                "wait and be woken, each of 10,000",
                None,
                "park and wake, per waiter of 10000, one waker each",
            ),
            ("cancel, each of 10,000", None, "cancel, per waiter of 10000, oldest first"),
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
            ("publish + receive, one thread", None, "publish + try_recv, `u64`"),
            ("receive in batches of 64", None, "read in batches of 64, `u64`"),
            ("8 threads publish", Some("threads that publish at once, ns per event"), "8"),
            ("publish to a task that waits", Some("tasks that wait, ns per publish"), "1"),
            (
                "deliver to 64 tasks on 32 workers, one by one",
                None,
                "32 workers, 64 tasks, one by one",
            ),
            ("the same, in batches", None, "32 workers, 64 tasks, in batches"),
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
            ("prometheus", None, "prometheus"),
            ("prometheus-client", None, "prometheus-client"),
            ("metrics-util", None, "metrics-util"),
            ("`histogram`, which keeps no sum", None, "histogram"),
            ("hdrhistogram's `Recorder`", None, "hdrhistogram Recorder"),
            ("`Histogram`", None, "bellwether Histogram"),
            ("`ShardedHistogram`", None, "bellwether ShardedHistogram"),
            ("`Recorder`", None, "bellwether Recorder"),
        ],
    },
];

const END: &str = "<!-- end of figures -->";

/// A line of a Markdown table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(inside.split(" | ").map(str::trim).collect())
}

/// The cell of a row and a column, in the first table that has both, and that head.
fn find<'t>(text: &'t str, head: Option<&str>, row: &str, column: &str) -> Option<&'t str> {
    let mut at = None;
    let mut previous: Vec<&str> = vec![];
    for line in text.lines() {
        let Some(cells) = cells(line) else { continue };
        if cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-')) {
            let is_it = head.is_none_or(|head| previous[0] == head);
            at = previous.iter().position(|name| is_it && *name == column);
        } else if cells[0] == row
            && let Some(at) = at
        {
            return cells.get(at).copied();
        }
        previous = cells;
    }
    None
}

fn table(shown: &Shown, text: &str) -> Result<String, String> {
    let titles: Vec<&str> = shown.columns.iter().map(|(title, _)| *title).collect();
    let mut table = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    for (title, head, row) in shown.rows {
        let cells: Vec<&str> = shown
            .columns
            .iter()
            .map(|(_, column)| {
                let missing = || format!("{}: no {column} of {row}", shown.part);
                find(text, *head, row, column).ok_or_else(missing)
            })
            .collect::<Result<_, _>>()?;
        table += &format!("| {title} | {} |\n", cells.join(" | "));
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
        let table = table(shown, &fs::read_to_string(run.join(shown.part))?)?;
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

    const TEXT: &str = "| what | a | b |\n| --- | --- | --- |\n| x | 1 | 2 |\n\n\
                        | what | c |\n| --- | --- |\n| x | 3 |\n| y | 4 |\n";

    #[test]
    fn cells_are_found() {
        assert_eq!(find(TEXT, None, "x", "b"), Some("2"));
        assert_eq!(find(TEXT, Some("what"), "x", "c"), Some("3"));
        assert_eq!((find(TEXT, None, "y", "a"), find(TEXT, Some("who"), "x", "a")), (None, None));
    }

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
