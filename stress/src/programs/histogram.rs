//! The histograms: threads record, others take snapshots meanwhile. Each value is the same
//! number, so that a snapshot shows whether its parts belong together.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use bellwether::{
    Consistency, ExactHistogram, Histogram, ShardedHistogram, SingleWriter, Snapshot,
};

use crate::crowd::crowd;
use crate::value::Witness;

const WRITERS: usize = 3;
const EACH: u64 = 1_000;
const VALUE: u64 = 1_234_567;

/// What holds of every snapshot, and of the one before it.
fn check(before: &Snapshot, now: &Snapshot) {
    assert!(now.count() <= WRITERS as u64 * EACH);
    assert_eq!(now.sum() % VALUE, 0, "whole values only");
    assert!(now.sum() / VALUE <= now.count(), "what is in the sum is counted");
    if now.sum() > 0 {
        assert_eq!((now.min(), now.max()), (Some(VALUE), Some(VALUE)));
    }
    let delta = now.delta_since(before).expect("the later contains the earlier");
    assert_eq!(delta.count(), now.count() - before.count());
}

fn ends(snapshot: &Snapshot) {
    let all = WRITERS as u64 * EACH;
    assert_eq!((snapshot.count(), snapshot.sum()), (all, all * VALUE));
    assert_eq!((snapshot.min(), snapshot.max()), (Some(VALUE), Some(VALUE)));
}

/// All but the last thread record; the last takes snapshots as long as somebody does. How
/// many.
fn play(record: impl Fn() + Sync, snapshot: impl Fn() -> Snapshot + Sync) -> u64 {
    let recording = AtomicUsize::new(WRITERS);
    let taken = crowd(WRITERS + 1, |me| {
        if me.number < WRITERS {
            record();
            recording.fetch_sub(1, Relaxed);
            return 0;
        }
        let (mut before, mut taken) = (snapshot(), 1_u64);
        while recording.load(Relaxed) > 0 {
            let now = snapshot();
            check(&before, &now);
            (before, taken) = (now, taken + 1);
        }
        taken
    });
    ends(&snapshot());
    taken[WRITERS]
}

fn text(rounds: u64, snapshots: u64) -> String {
    let records = rounds * WRITERS as u64 * EACH;
    format!("{rounds} histograms, {records} records, {snapshots} snapshots")
}

pub(crate) fn shared(rounds: u64) -> String {
    let one = || {
        let histogram: Histogram = Histogram::new();
        let record = || (0..EACH).for_each(|_| histogram.record(VALUE));
        play(record, || histogram.snapshot())
    };
    text(rounds, (0..rounds).map(|_| one()).sum())
}

/// By threads that come and go, whose numbers are used again.
pub(crate) fn sharded(rounds: u64) -> String {
    let one = || {
        let histogram: ShardedHistogram = ShardedHistogram::new();
        let record = || (0..EACH).for_each(|_| histogram.record(VALUE));
        play(record, || histogram.snapshot())
    };
    text(rounds, (0..rounds).map(|_| one()).sum())
}

/// Writers take the claim from each other.
pub(crate) fn recorder(rounds: u64) -> String {
    let one = || {
        let histogram: SingleWriter = SingleWriter::new();
        // Belongs to whoever has the claim.
        let recorded = Witness::default();
        let record = || {
            let mut left = EACH;
            while left > 0 {
                let Some(mut recorder) = histogram.recorder() else {
                    thread::yield_now();
                    continue;
                };
                for _ in 0..left.min(50) {
                    recorder.record(VALUE);
                    // SAFETY: the claim is one thread's at a time.
                    unsafe { recorded.add() };
                    left -= 1;
                }
            }
        };
        let snapshots = play(record, || histogram.snapshot());
        assert_eq!(recorded.into_inner(), WRITERS as u64 * EACH);
        snapshots
    };
    text(rounds, (0..rounds).map(|_| one()).sum())
}

/// Says whether a snapshot is exact; then its sum is that of what it counts.
pub(crate) fn exact(rounds: u64) -> String {
    let exact = AtomicUsize::new(0);
    let one = || {
        let histogram: ExactHistogram = ExactHistogram::new();
        let record = || {
            for n in 0..EACH {
                histogram.record(VALUE);
                // Pauses, without which nothing is ever exact.
                if n % 64 == 0 {
                    thread::yield_now();
                }
            }
        };
        play(record, || {
            let (snapshot, consistency) = histogram.snapshot();
            if consistency == Consistency::Exact {
                assert_eq!(snapshot.sum(), snapshot.count() * VALUE);
                exact.fetch_add(1, Relaxed);
            }
            snapshot
        })
    };
    let snapshots = (0..rounds).map(|_| one()).sum();
    assert!(exact.load(Relaxed) as u64 >= rounds, "the last of each is exact");
    format!("{}, {} exact", text(rounds, snapshots), exact.load(Relaxed))
}
