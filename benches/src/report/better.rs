//! Who is better at what, in one run: in the tables of figures and counts, and in the matrix.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use super::data::{Matrix, Spread};
use super::markdown;
use crate::matrix::cells::{Called, Nothing};
use crate::recording::{Recording, ours::Nothing as Silence};
use crate::watched::WITH_METRICS;

/// Times differ by so much from run to run.
const NOISE: f64 = 1.1;

/// Who is not ours in the tables, and no floor.
const PEERS: [&str; 14] = [
    "std OnceLock",
    "once_cell",
    "tokio",
    "async-once-cell",
    "async-lock",
    "tokio broadcast",
    "async-broadcast",
    "Mutex<VecDeque> + Notify",
    "prometheus",
    "prometheus-client",
    "metrics-util",
    "histogram",
    "Mutex<hdrhistogram>",
    "hdrhistogram Recorder",
];

/// Ours, whatever follows in the name.
pub(super) fn is_ours(peer: &str) -> bool {
    peer.starts_with("bellwether") || peer == WITH_METRICS
}

/// What the harness takes alone.
fn is_floor(peer: &str) -> bool {
    peer == Nothing::NAME || peer == Silence::NAME
}

/// Whether every round of the first is less than every one of the second, by more than noise.
pub(super) fn is_apart(less: Spread, more: Spread) -> bool {
    less.high < more.low && less.middle * NOISE < more.middle
}

/// For each peer: in which rows it is better than the best of ours, and in how many ours is,
/// by more than noise.
#[derive(Debug, Default)]
pub struct Better(BTreeMap<String, (Vec<String>, usize)>);

impl Better {
    fn note(&mut self, peer: &str, what: &str, ours: f64, theirs: f64, verdict: [bool; 2]) {
        let (rows, n) = self.0.entry(peer.into()).or_default();
        match verdict {
            [true, _] if theirs > 0.0 => rows.push(format!("{what}: {:.2} ×", ours / theirs)),
            [true, _] => rows.push(format!("{what}: {ours} for none")),
            [_, true] => *n += 1,
            _ => {}
        }
    }

    /// Takes a part's tables, in which less is better: contestants are the columns, or the rows.
    pub fn tables(&mut self, text: &str) {
        for markdown::Printed { head, rows } in markdown::tables(text) {
            let title = head[0];
            if head.iter().any(|name| is_ours(name)) {
                for row in rows {
                    let line = head.iter().copied().zip(row.iter().copied());
                    self.line(&format!("{title}, {}", row[0]), line);
                }
            } else if rows.iter().any(|row| is_ours(row[0])) {
                for (at, column) in head.iter().enumerate().skip(1) {
                    self.line(
                        &format!("{title}, {column}"),
                        rows.iter().map(|row| (row[0], row[at])),
                    );
                }
            }
        }
    }

    /// Names and cells.
    fn line<'t>(&mut self, what: &str, all: impl Iterator<Item = (&'t str, &'t str)>) {
        let number = |cell: &str| cell.trim_end_matches(" %").parse::<f64>().ok();
        let all: Vec<_> = all.filter_map(|(name, cell)| Some((name, number(cell)?))).collect();
        let ours = all.iter().filter(|(name, _)| is_ours(name)).map(|(_, n)| *n);
        let Some(ours) = ours.min_by(f64::total_cmp) else { return };
        for (peer, theirs) in all.into_iter().filter(|(name, _)| PEERS.contains(name)) {
            let verdict = [theirs * NOISE < ours, ours * NOISE < theirs];
            self.note(peer, what, ours, theirs, verdict);
        }
    }

    /// Takes the matrix.
    pub fn matrix(&mut self, matrix: &Matrix) {
        for ((workload, metric), peers) in matrix {
            for (peer, points) in peers.iter().filter(|(peer, _)| !is_ours(peer) && !is_floor(peer))
            {
                for (workers, theirs) in points {
                    let ours = peers.iter().filter(|(peer, _)| is_ours(peer));
                    let ours = ours.filter_map(|(_, points)| points.get(workers));
                    let least = ours.min_by(|a, b| a.p50.middle.total_cmp(&b.p50.middle));
                    let Some(ours) = least else { continue };
                    for (name, ours, theirs) in
                        [("p50", ours.p50, theirs.p50), ("p99.9", ours.p999, theirs.p999)]
                    {
                        let what = format!("{workload}, {metric} {name}, {workers} workers");
                        let verdict = [is_apart(theirs, ours), is_apart(ours, theirs)];
                        self.note(peer, &what, ours.middle, theirs.middle, verdict);
                    }
                }
            }
        }
    }

    /// As Markdown.
    #[must_use]
    pub fn list(&self) -> String {
        let mut text = String::new();
        for (peer, (rows, ours)) in &self.0 {
            let n = rows.len();
            let _ = writeln!(text, "- **{peer}** is better in {n} of the rows, ours in {ours}.");
            rows.iter().for_each(|row| text += &format!("  - {row}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::data::Point;

    fn of_matrix(ours: [f64; 3], theirs: [f64; 3]) -> String {
        let point = |[low, middle, high]: [f64; 3]| {
            let spread = Spread { low, middle, high };
            BTreeMap::from([(4, Point { p50: spread, p999: spread })])
        };
        let peers = [("bellwether".into(), point(ours)), ("tokio".into(), point(theirs))];
        let matrix = Matrix::from([(("cold".into(), "call".into()), BTreeMap::from(peers))]);
        let mut better = Better::default();
        better.matrix(&matrix);
        better.list()
    }

    #[test]
    fn only_what_is_apart_is_better() {
        let text = of_matrix([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]);
        assert_eq!(text, "- **tokio** is better in 0 of the rows, ours in 2.\n");
        let text = of_matrix([1.0, 2.0, 5.0], [4.0, 5.0, 6.0]);
        assert!(text.contains("better in 0 of the rows, ours in 0."), "{text}");
        let text = of_matrix([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]);
        assert!(text.contains("better in 2") && text.contains("cold, call p50, 4 workers: 2.50"));
    }

    #[test]
    fn tables_are_read_both_ways() {
        let mut better = Better::default();
        better.tables(
            "| ns | tokio | floor | bellwether | goal |\n| --- | --- | --- | --- | --- |\n\
             | get | 1.0 | 0.1 | 2.0 | ≤ 3 |\n| set | 5.0 | – | 2.0 | – |\n| try | – | 1 | 2 | – |\n\n\
             | bytes | one | met |\n| --- | --- | --- |\n| histogram | 0 | yes |\n\
             | bellwether Histogram | 8 | yes |\n| bellwether Recorder | 9 | no |\n",
        );
        let text = "- **histogram** is better in 1 of the rows, ours in 0.\n  - bytes, one: 8 for none\n\
                    - **tokio** is better in 1 of the rows, ours in 1.\n  - ns, get: 2.00 ×\n";
        assert_eq!(better.list(), text);
    }
}
