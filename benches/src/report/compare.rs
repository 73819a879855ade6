//! Who is better at what, in one run; and ours against ours, in two.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use super::data::{Matrix, Spread};
use crate::matrix::cells::{Called, Nothing};
use crate::recording::{Recording, ours::Nothing as Silence};
use crate::table::Table;

/// Times differ by so much from run to run.
const NOISE: f64 = 1.1;

/// Ours, whatever follows in the name.
fn is_ours(peer: &str) -> bool {
    peer.starts_with("bellwether")
}

/// What the harness takes alone.
fn is_floor(peer: &str) -> bool {
    peer == Nothing::NAME || peer == Silence::NAME
}

/// For each peer: where it is better than the best of ours, and where ours is, by more than
/// the noise of the rounds.
#[must_use]
pub fn peers(matrix: &Matrix) -> String {
    let mut better: BTreeMap<&str, [Vec<String>; 2]> = BTreeMap::new();
    for ((workload, metric), peers) in matrix {
        for (peer, points) in peers.iter().filter(|(peer, _)| !is_ours(peer) && !is_floor(peer)) {
            for (workers, theirs) in points {
                let ours = peers.iter().filter(|(peer, _)| is_ours(peer));
                let ours = ours.filter_map(|(_, points)| points.get(workers));
                let Some(ours) = ours.min_by(|a, b| a.p50.middle.total_cmp(&b.p50.middle)) else {
                    continue;
                };
                for (name, ours, theirs) in
                    [("p50", ours.p50, theirs.p50), ("p99.9", ours.p999, theirs.p999)]
                {
                    let what = format!("{workload}: {metric} {name}, {workers} workers");
                    let ratio = ours.middle / theirs.middle;
                    let all = better.entry(peer).or_default();
                    if is_apart(theirs, ours) {
                        all[0].push(format!("{what}: {ratio:.2} ×"));
                    } else if is_apart(ours, theirs) {
                        all[1].push(format!("{what}: {ratio:.2} ×"));
                    }
                }
            }
        }
    }
    let mut text = String::new();
    for (peer, [theirs, ours]) in better {
        let _ = writeln!(
            text,
            "- **{peer}** is better in {} of the rows, ours in {}.",
            theirs.len(),
            ours.len()
        );
        theirs.iter().for_each(|row| {
            let _ = writeln!(text, "  - {row}");
        });
    }
    text
}

/// Whether every round of the first is less than every one of the second, by more than noise.
fn is_apart(less: Spread, more: Spread) -> bool {
    less.high < more.low && less.middle * NOISE < more.middle
}

/// Two runs: what became of the medians and tails of ours. A difference within the spread
/// of the rounds is noise.
#[must_use]
pub fn runs(before: &Matrix, after: &Matrix) -> Table {
    let head = ["workload", "metric", "workers", "quantile", "before", "after", "ratio", "verdict"];
    let mut table = Table::new(&head);
    for ((workload, metric), peers) in after {
        for (peer, points) in peers.iter().filter(|(peer, _)| is_ours(peer)) {
            for (workers, new) in points {
                let old = before.get(&(workload.clone(), metric.clone()));
                let Some(old) = old.and_then(|peers| peers.get(peer)?.get(workers)) else {
                    continue;
                };
                for (name, old, new) in [("p50", old.p50, new.p50), ("p99.9", old.p999, new.p999)] {
                    let verdict = if is_apart(old, new) {
                        "**slower**"
                    } else if is_apart(new, old) {
                        "faster"
                    } else {
                        "noise"
                    };
                    table.row(vec![
                        format!("{workload}, {peer}"),
                        metric.clone(),
                        workers.to_string(),
                        name.into(),
                        shown(old),
                        shown(new),
                        format!("{:.2}", new.middle / old.middle),
                        verdict.into(),
                    ]);
                }
            }
        }
    }
    table
}

/// Microseconds, with the spread.
fn shown(spread: Spread) -> String {
    let Spread { middle, low, high } = spread;
    format!("{:.1} ({:.1} to {:.1})", middle / 1e3, low / 1e3, high / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::data::Point;

    fn matrix(ours: [f64; 3], theirs: [f64; 3]) -> Matrix {
        let point = |[low, middle, high]: [f64; 3]| {
            let spread = Spread { low, middle, high };
            BTreeMap::from([(4, Point { p50: spread, p999: spread })])
        };
        let peers = [("bellwether".into(), point(ours)), ("tokio".into(), point(theirs))];
        Matrix::from([(("cold".into(), "call".into()), BTreeMap::from(peers))])
    }

    #[test]
    fn only_what_is_apart_is_better() {
        let text = peers(&matrix([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]));
        assert!(text.starts_with("- **tokio** is better in 0 of the rows, ours in 2."), "{text}");
        let text = peers(&matrix([1.0, 2.0, 5.0], [4.0, 5.0, 6.0]));
        assert!(text.contains("better in 0 of the rows, ours in 0."), "{text}");
        let text = peers(&matrix([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]));
        assert!(text.contains("better in 2") && text.contains("cold: call p50, 4 workers: 2.50"));
    }

    #[test]
    fn noise_is_no_verdict() {
        let (a, b) = ([1.0, 2.0, 3.0], [2.5, 3.0, 4.0]);
        let none = [1.0; 3];
        let verdicts = |a, b| runs(&matrix(a, none), &matrix(b, none)).to_string();
        assert!(verdicts(a, b).contains("noise"));
        assert!(verdicts(a, [4.0, 5.0, 6.0]).contains("**slower**"));
        assert!(verdicts([4.0, 5.0, 6.0], a).contains("faster"));
    }
}
