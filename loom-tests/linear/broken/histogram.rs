//! Histograms that are wrong on purpose, of four buckets.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::sync::Arc;

use super::{TIMES, is_found, is_right};
use crate::linear::histogram::Counting;
use crate::linear::histogram::scenes::Act;
use crate::linear::histogram::spec::{Bucket, Ret, Seen};
use crate::linear::run::{Answers, Subject};
use crate::under_test::AtomicUsize;

/// It is right.
const NONE: u8 = 0;
/// A bucket is loaded and stored, not added to.
const LOSES: u8 = 1;
/// Two snapshots may both move the same records from where they are collected.
const COUNTS_TWICE: u8 = 2;
/// A record is in the sum before it is counted.
const SUM_FIRST: u8 = 3;
/// A snapshot looks at the extremes before the sum.
const EXTREMES_FIRST: u8 = 4;
/// A record has ended before all of it is there.
const ENDS_EARLY: u8 = 5;

const BUCKETS: [Bucket; 4] = [(0, 0), (1, 1), (2, 2), (3, u64::MAX)];

struct Words {
    counts: [AtomicUsize; 4],
    /// What waits to be moved to the counts.
    collected: [AtomicUsize; 4],
    max: AtomicUsize,
    /// Its complement.
    min: AtomicUsize,
    sum: AtomicUsize,
    ended: AtomicUsize,
}

#[derive(Clone)]
struct Flawed<const FAULT: u8>(Arc<Words>);

impl<const FAULT: u8> Flawed<FAULT> {
    fn record(&self, value: usize, n: usize) {
        let Words { counts, collected, max, min, sum, ended } = &*self.0;
        if FAULT == ENDS_EARLY {
            ended.fetch_add(n, AcqRel);
        }
        if FAULT == SUM_FIRST {
            sum.fetch_add(value * n, AcqRel);
        }
        let count = &counts[value.min(3)];
        match FAULT {
            LOSES => count.store(count.load(Acquire) + n, Release),
            COUNTS_TWICE => drop(collected[value.min(3)].fetch_add(n, AcqRel)),
            _ => drop(count.fetch_add(n, AcqRel)),
        }
        max.fetch_max(value, AcqRel);
        min.fetch_max(!value, AcqRel);
        if FAULT != SUM_FIRST {
            sum.fetch_add(value * n, AcqRel);
        }
        if FAULT != ENDS_EARLY {
            ended.fetch_add(n, AcqRel);
        }
    }

    fn extremes(&self) -> (u64, u64) {
        (!(self.0.min.load(Acquire) as u64), self.0.max.load(Acquire) as u64)
    }

    fn count(&self, bucket: usize) -> u64 {
        let Words { counts, collected, .. } = &*self.0;
        if FAULT == COUNTS_TWICE {
            let found = collected[bucket].load(Acquire);
            counts[bucket].fetch_add(found, AcqRel);
            collected[bucket].fetch_sub(found, AcqRel);
        }
        counts[bucket].load(Acquire) as u64
    }

    fn snapshot(&self) -> Seen {
        let ended = self.0.ended.load(Acquire) as u64;
        let (mut min, mut max) = self.extremes();
        let sum = self.0.sum.load(Acquire) as u64;
        if FAULT != EXTREMES_FIRST {
            (min, max) = self.extremes();
        }
        let counts: Vec<_> = (0..4).map(|n| (BUCKETS[n], self.count(n))).collect();
        let mut used = counts.iter().filter(|(_, count)| *count > 0).map(|(bucket, _)| *bucket);
        let first = used.next();
        let extremes = first.map(|first| {
            let last = used.next_back().unwrap_or(first);
            let max = max.clamp(last.0, last.1);
            (min.clamp(first.0, first.1).min(max), max)
        });
        let mut seen = Seen { sum, extremes, counts, running: None };
        seen.running = Some(seen.count().wrapping_sub(ended));
        seen
    }
}

impl<const FAULT: u8> Subject for Flawed<FAULT> {
    type Of = Counting;
    type Seat = ();

    fn new((): &()) -> Self {
        let zero = || AtomicUsize::new(0);
        let zeroes = || [zero(), zero(), zero(), zero()];
        Self(Arc::new(Words {
            counts: zeroes(),
            collected: zeroes(),
            max: zero(),
            min: zero(),
            sum: zero(),
            ended: zero(),
        }))
    }

    fn perform(&self, _: &mut Option<()>, act: &Act) -> Answers<Counting> {
        let ret = match *act {
            Act::Record { value, n } => {
                self.record(value as usize, n as usize);
                Ret::Recorded
            }
            Act::Snapshot => Ret::Seen(self.snapshot()),
        };
        vec![(act.clone(), ret)]
    }
}

#[test]
fn a_histogram_of_four_buckets_keeps_its_promise() {
    for &time in TIMES {
        assert!(is_right::<Flawed<NONE>>(time));
    }
}

#[test]
fn a_lost_record_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<LOSES>>(time));
    }
}

#[test]
fn a_record_that_counts_twice_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<COUNTS_TWICE>>(time));
    }
}

#[test]
fn a_sum_of_what_is_not_counted_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<SUM_FIRST>>(time));
    }
}

#[test]
fn a_sum_of_what_is_outside_the_extremes_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<EXTREMES_FIRST>>(time));
    }
}

#[test]
fn a_snapshot_that_is_not_exact_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<ENDS_EARLY>>(time));
    }
}
