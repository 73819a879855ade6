//! Two runs side by side, ours against ours.

use super::better::{is_apart, is_ours};
use super::data::{Matrix, Spread};
use crate::table::Table;

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
                    let verdict = if old.is_a_point() && new.is_a_point() {
                        "one round"
                    } else if is_apart(old, new) {
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
    use std::collections::BTreeMap;

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
    fn noise_is_no_verdict() {
        let (a, b) = ([1.0, 2.0, 3.0], [2.5, 3.0, 4.0]);
        let none = [1.0; 3];
        let verdicts = |a, b| runs(&matrix(a, none), &matrix(b, none)).to_string();
        assert!(verdicts(a, b).contains("noise"));
        assert!(verdicts(a, [4.0, 5.0, 6.0]).contains("**slower**"));
        assert!(verdicts([4.0, 5.0, 6.0], a).contains("faster"));
        assert!(verdicts([1.0; 3], [9.0; 3]).contains("one round"));
    }
}
