//! Records and exact snapshots as one operation each.

use super::super::check::{Entry, Model};
use super::super::run::Called;
use super::Counting;
use super::scenes::Act;
use super::spec::{Bucket, Ret, Seen};

/// All that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Whole {
    seen: Seen,
}

impl Whole {
    /// Of nothing, in these buckets.
    pub(crate) fn new(buckets: &[Bucket]) -> Self {
        let counts = buckets.iter().map(|&bucket| (bucket, 0)).collect();
        Self { seen: Seen { sum: 0, extremes: None, counts, running: Some(0) } }
    }

    fn record(&mut self, value: u64, n: u64) {
        let seen = &mut self.seen;
        seen.sum += value * n;
        let (min, max) = seen.extremes.unwrap_or((value, value));
        seen.extremes = Some((min.min(value), max.max(value)));
        for ((least, greatest), count) in &mut seen.counts {
            if (*least..=*greatest).contains(&value) {
                *count += n;
            }
        }
    }
}

/// The history without skewed snapshots, and those that do not know.
pub(crate) fn exact(history: &[Called<Counting>]) -> Vec<Entry<Act, Option<Seen>>> {
    let mut entries = vec![];
    for Entry { thread, op, ret, call, end } in history {
        let ret = match ret {
            Ret::Recorded => None,
            Ret::Seen(seen) if seen.running == Some(0) => Some(seen.clone()),
            Ret::Seen(_) => continue,
        };
        entries.push(Entry { thread: *thread, op: op.clone(), ret, call: *call, end: *end });
    }
    entries
}

impl Model for Whole {
    type Op = Act;
    type Ret = Option<Seen>;

    fn apply(&mut self, act: &Act) -> Option<Seen> {
        match *act {
            Act::Record { value, n } => {
                self.record(value, n);
                None
            }
            Act::Snapshot => Some(self.seen.clone()),
        }
    }

    /// As for its parts.
    fn synchronises(_: &Act, _: &Option<Seen>) -> bool {
        false
    }
}
