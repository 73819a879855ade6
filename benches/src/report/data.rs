//! `matrix.csv`, read again.

use core::error::Error;
use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// A line: one metric of one round.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// The workload.
    pub workload: String,
    /// The runtime's workers.
    pub workers: u32,
    /// The contestant.
    pub peer: String,
    /// From 1 on.
    pub round: u32,
    /// What was measured.
    pub metric: String,
    /// `ns`, or 1 for a count.
    pub unit: String,
    /// How many samples.
    pub count: u64,
    /// In the unit, as all that follow.
    pub min: u64,
    /// The median.
    pub p50: u64,
    /// The 90th percentile.
    pub p90: u64,
    /// The 99th percentile.
    pub p99: u64,
    /// The 99.9th percentile.
    #[serde(rename = "p99.9")]
    pub p999: u64,
    /// The greatest.
    pub max: u64,
}

/// The median of the rounds, and how far apart they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle round's.
    pub middle: f64,
    /// The least round's.
    pub low: f64,
    /// The greatest round's.
    pub high: f64,
}

impl Spread {
    /// `None` of nothing.
    #[must_use]
    pub fn of(rounds: &[u64]) -> Option<Self> {
        let mut sorted = rounds.to_vec();
        sorted.sort_unstable();
        let (low, high) = (*sorted.first()? as f64, *sorted.last()? as f64);
        Some(Self { middle: sorted[sorted.len() / 2] as f64, low, high })
    }

    /// Nothing is known of the noise: of a single round, or of rounds that are all alike.
    #[must_use]
    pub fn is_a_point(&self) -> bool {
        self.low == self.high
    }
}

/// One metric of one contestant on so many workers.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// The rounds' medians.
    pub p50: Spread,
    /// The rounds' 99.9th percentiles.
    pub p999: Spread,
}

/// Workload and metric, then the contestant, then its workers.
pub type Matrix = BTreeMap<(String, String), BTreeMap<String, BTreeMap<u32, Point>>>;

/// Reads the file.
///
/// # Errors
///
/// If it cannot be read, or a line is not one of ours.
pub fn read(path: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let at = |why: csv::Error| format!("{}: {why}", path.display());
    let lines = csv::Reader::from_path(path).map_err(at)?.into_deserialize();
    Ok(lines.collect::<Result<_, _>>().map_err(at)?)
}

/// Puts the times together, without counts and what nothing was measured of.
#[must_use]
pub fn matrix(lines: &[Line]) -> Matrix {
    let mut rounds: BTreeMap<_, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.unit == "ns" && line.count > 0) {
        let key = (&line.workload, &line.metric, &line.peer, line.workers);
        let (p50, p999) = rounds.entry(key).or_default();
        p50.push(line.p50);
        p999.push(line.p999);
    }
    let mut matrix = Matrix::new();
    for ((workload, metric, peer, workers), (p50, p999)) in rounds {
        let (Some(p50), Some(p999)) = (Spread::of(&p50), Spread::of(&p999)) else { continue };
        let peers = matrix.entry((workload.clone(), metric.clone())).or_default();
        peers.entry(peer.clone()).or_default().insert(workers, Point { p50, p999 });
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::measured::{HEAD, Measured};

    #[test]
    fn what_is_written_is_read() {
        let mut text = format!("workload,workers,peer,round,{HEAD}\n");
        for (round, nanos) in [(1, 3_000), (2, 1_000), (3, 2_000)] {
            let mut measured = Measured::default();
            measured.record("call", [nanos; 3]);
            measured.record("never", []);
            measured.count("inits", 1);
            for row in measured.rows() {
                text += &format!("\"cold start, 2 ms\",4,\"a, b\",{round},{row}\n");
            }
        }
        let reader = csv::Reader::from_reader(text.as_bytes());
        let lines: Vec<Line> = reader.into_deserialize().collect::<Result<_, _>>().unwrap();
        let matrix = matrix(&lines);
        assert_eq!(matrix.len(), 1, "counts and nothing are left out");
        let point = matrix[&("cold start, 2 ms".into(), "call".into())]["a, b"][&4];
        let Spread { middle, low, high } = point.p50;
        assert_eq!((low, middle, high), (1_000.0, 2_000.0, 3_000.0));
    }
}
