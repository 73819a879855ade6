//! A record and a snapshot, taken apart: steps, and looks at them.

use super::super::check::{Entry, Model};
use super::super::run::Called;
use super::Counting;
use super::scenes::Act;

/// The least and the greatest value of a bucket.
pub(crate) type Bucket = (u64, u64);

/// What a snapshot says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) sum: u64,
    pub(crate) extremes: Option<(u64, u64)>,
    /// All buckets, with underflow and overflow, from the lowest.
    pub(crate) counts: Vec<(Bucket, u64)>,
    /// How many records ran, if it knows.
    pub(crate) running: Option<u64>,
}

impl Seen {
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ret {
    Recorded,
    Seen(Seen),
}

/// The parts of a histogram, in the order in which a record changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Count,
    Max,
    Min,
    Sum,
    Ended,
}

impl Part {
    pub(crate) const ALL: &[Self] = &[Self::Count, Self::Max, Self::Min, Self::Sum, Self::Ended];
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A record's, of a value, so many times.
    Add(Part, u64, u64),
    Look(Part),
    /// At an extreme, when the outermost bucket that is counted is this. The snapshot
    /// tells a value of that bucket, whatever the extreme is, and no minimum above
    /// its maximum.
    LookWithin(Part, Bucket, u64),
}

/// The parts, for one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    count: u64,
    max: u64,
    min: u64,
    sum: u64,
    ended: u64,
}

impl Default for Parts {
    fn default() -> Self {
        Self { count: 0, max: 0, min: u64::MAX, sum: 0, ended: 0 }
    }
}

impl Model for Parts {
    type Op = Step;
    type Ret = u64;

    fn apply(&mut self, step: &Step) -> u64 {
        match *step {
            Step::Add(part, value, n) => {
                match part {
                    Part::Count => self.count += n,
                    Part::Max => self.max = self.max.max(value),
                    Part::Min => self.min = self.min.min(value),
                    Part::Sum => self.sum += value * n,
                    Part::Ended => self.ended += n,
                }
                0
            }
            Step::Look(Part::Count) => self.count,
            Step::Look(Part::Ended) => self.ended,
            Step::Look(_) => self.sum,
            Step::LookWithin(Part::Max, (least, greatest), _) => self.max.clamp(least, greatest),
            Step::LookWithin(_, (least, greatest), max) => self.min.clamp(least, greatest).min(max),
        }
    }

    /// Nobody learns of another's steps for certain, except in real time.
    fn synchronises(_: &Step, _: &u64) -> bool {
        false
    }
}

/// What must have an order: some parts of one bucket.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) bucket: Bucket,
    pub(crate) parts: &'static [Part],
    /// Of this snapshot in the history; of all, if `None`.
    pub(crate) snapshot: Option<usize>,
}

impl View {
    /// The steps and looks of a history that it has.
    pub(crate) fn of(&self, history: &[Called<Counting>]) -> Vec<Entry<Step, u64>> {
        let mut entries = vec![];
        for (at, entry) in history.iter().enumerate() {
            let mut push = |(op, ret)| {
                let Entry { thread, call, end, .. } = *entry;
                entries.push(Entry { thread, op, ret, call, end });
            };
            match (&entry.op, &entry.ret) {
                (&Act::Record { value, n }, _) => {
                    self.steps(value, n).for_each(|step| push((step, 0)));
                }
                (Act::Snapshot, Ret::Seen(seen)) if self.snapshot.is_none_or(|n| n == at) => {
                    self.looks(seen).for_each(push);
                }
                _ => {}
            }
        }
        entries
    }

    fn steps(&self, value: u64, n: u64) -> impl Iterator<Item = Step> {
        let (least, greatest) = self.bucket;
        let here = (least..=greatest).contains(&value);
        let parts = self.parts.iter().filter(move |&&part| here || part != Part::Count);
        parts.map(move |&part| Step::Add(part, value, n))
    }

    fn looks(&self, seen: &Seen) -> impl Iterator<Item = (Step, u64)> {
        self.parts.iter().rev().filter_map(|&part| {
            let counted = || seen.counts.iter().filter(|(_, count)| *count > 0);
            Some(match part {
                Part::Count => {
                    let (_, count) = seen.counts.iter().find(|(b, _)| *b == self.bucket)?;
                    (Step::Look(part), *count)
                }
                Part::Sum => (Step::Look(part), seen.sum),
                Part::Ended => (Step::Look(part), seen.count().wrapping_sub(seen.running?)),
                Part::Max => {
                    let ((_, max), (last, _)) = (seen.extremes?, counted().next_back()?);
                    (Step::LookWithin(part, *last, 0), max)
                }
                Part::Min => {
                    let ((min, max), (first, _)) = (seen.extremes?, counted().next()?);
                    (Step::LookWithin(part, *first, max), min)
                }
            })
        })
    }
}

/// All buckets, as the snapshots of a history have them.
pub(crate) fn buckets(history: &[Called<Counting>]) -> Vec<Bucket> {
    let seen = history.iter().find_map(|entry| match &entry.ret {
        Ret::Seen(seen) => Some(seen),
        Ret::Recorded => None,
    });
    seen.iter().flat_map(|seen| &seen.counts).map(|&(bucket, _)| bucket).collect()
}

/// Whether something is recorded or counted there.
pub(crate) fn is_used(bucket: Bucket, history: &[Called<Counting>]) -> bool {
    let (least, greatest) = bucket;
    history.iter().any(|entry| match (&entry.op, &entry.ret) {
        (Act::Record { value, .. }, _) => (least..=greatest).contains(value),
        (_, Ret::Seen(seen)) => seen.counts.iter().any(|&(at, n)| at == bucket && n > 0),
        _ => false,
    })
}
