//! A histogram in each of its forms: recording beside snapshots.
//!
//! One 1 is recorded before. The first thread records 2s and the second 5s, one or two
//! of them, so that a sum tells what is in it. In this grid 5 overflows.

use std::sync::Mutex;

use bellwether_loom::{
    Consistency, ExactHistogram, Histogram, ShardedHistogram, SingleWriter, Snapshot,
};

use super::super::histogram::Grid;
use super::super::shards::{SHARD, Sharded};
use super::Subject;

pub(crate) mod exact;
pub(crate) mod sharded;
pub(crate) mod shared;
pub(crate) mod single_writer;

const VALUES: [u64; 2] = [2, 5];

pub(crate) trait Form: 'static {
    /// Whether it says that a snapshot is exact.
    const SAYS: bool = false;
    fn build() -> Self;
    /// Whether it was recorded: another may be the only writer.
    fn record(&self, thread: usize, value: u64) -> bool;
    fn record_n(&self, thread: usize, value: u64, n: u64) -> bool;
    /// Whether it is said to be exact.
    fn snapshot(&self) -> (Snapshot<Grid>, bool);
    fn snapshot_into(&self, snapshot: &mut Snapshot<Grid>) -> bool;
}

pub(crate) struct Shared<F: Form> {
    histogram: F,
    /// The values recorded by each thread.
    recorded: Mutex<[u64; 2]>,
}

impl<F: Form> Shared<F> {
    fn note(&self, thread: usize, n: u64, recorded: bool) {
        self.recorded.lock().unwrap()[thread] += n * u64::from(recorded);
    }
}

/// What holds of any snapshot; returns how many of each thread are in its sum.
fn check(snapshot: &Snapshot<Grid>) -> [u64; 2] {
    let in_buckets: u64 = snapshot.buckets().map(|bucket| bucket.count).sum();
    assert_eq!(snapshot.count(), snapshot.underflow() + in_buckets + snapshot.overflow());
    let of_others = snapshot.sum().checked_sub(1).expect("what was before is there");
    let summed = (0..9)
        .map(|at| [at % 3, at / 3])
        .find(|[first, second]| first * VALUES[0] + second * VALUES[1] == of_others);
    let [first, second] = summed.unwrap_or_else(|| panic!("no records have the sum {of_others}"));
    assert!(in_buckets > first, "summed, and not counted");
    assert!(snapshot.overflow() >= second, "summed, and not counted");
    assert_eq!(snapshot.min(), Some(1));
    let least = if second > 0 {
        5
    } else if first > 0 {
        2
    } else {
        1
    };
    assert!(snapshot.max() >= Some(least), "summed, and not in the extremes");
    assert!(snapshot.max() != Some(5) || snapshot.overflow() > 0, "an extreme, and not counted");
    assert!(snapshot.max() != Some(2) || in_buckets > 1, "an extreme, and not counted");
    [first, second]
}

/// As above; one that is exact is of whole records.
fn check_exact(snapshot: &Snapshot<Grid>, exact: bool) {
    let [first, second] = check(snapshot);
    if exact {
        assert_eq!(snapshot.count(), 1 + first + second, "it is not exact");
        let max = if second > 0 {
            5
        } else if first > 0 {
            2
        } else {
            1
        };
        assert_eq!(snapshot.max(), Some(max), "it is not exact");
    }
}

impl<F: Form> Subject for Shared<F> {
    fn new() -> Self {
        let histogram = F::build();
        assert!(histogram.record(0, 1));
        Self { histogram, recorded: Mutex::default() }
    }

    fn settle(&self) {
        // Nobody records.
        let (snapshot, exact) = self.histogram.snapshot();
        assert_eq!(exact, F::SAYS);
        check_exact(&snapshot, true);
        let [first, second] = *self.recorded.lock().unwrap();
        assert_eq!(snapshot.count(), 1 + first + second);
        assert_eq!(snapshot.sum(), 1 + 2 * first + 5 * second);
    }
}

fn record<F: Form>(shared: &Shared<F>, thread: usize) {
    shared.note(thread, 1, shared.histogram.record(thread, VALUES[thread]));
}

fn record_two<F: Form>(shared: &Shared<F>, thread: usize) {
    shared.note(thread, 2, shared.histogram.record_n(thread, VALUES[thread], 2));
}

fn snapshot<F: Form>(shared: &Shared<F>, _: usize) {
    let (snapshot, exact) = shared.histogram.snapshot();
    check_exact(&snapshot, exact);
}

/// Twice, into the same: the later contains the earlier.
fn snapshot_into<F: Form>(shared: &Shared<F>, _: usize) {
    let mut snapshot = Snapshot::new();
    let exact = shared.histogram.snapshot_into(&mut snapshot);
    check_exact(&snapshot, exact);
    let first = snapshot.clone();
    let exact = shared.histogram.snapshot_into(&mut snapshot);
    check_exact(&snapshot, exact);
    assert!(snapshot.delta_since(&first).is_ok(), "the later contains the earlier");
}
