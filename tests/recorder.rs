//! The single writer: one at a time, and each goes on where the last one stopped.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use bellwether::{Grid, Histogram, Nanos, Plain, Recorder, SingleWriter, Snapshot};

fn counted<G: Grid>(snapshot: &Snapshot<G>) -> u64 {
    let buckets: u64 = snapshot.buckets().map(|bucket| bucket.count).sum();
    snapshot.underflow() + buckets + snapshot.overflow()
}

/// The greatest sum that the counted values may have.
fn most<G: Grid>(snapshot: &Snapshot<G>) -> u64 {
    assert_eq!(snapshot.overflow(), 0);
    snapshot.buckets().map(|bucket| bucket.count * bucket.upper).sum()
}

#[test]
fn records_what_a_histogram_does() {
    let shared = Histogram::<Plain<2>>::new();
    let single = SingleWriter::<Plain<2>>::default();
    let mut recorder = single.recorder().unwrap();
    for value in (0..500).map(|n| n * n * n * 1_000_003).chain([0, u64::MAX]) {
        shared.record(value);
        recorder.record(value);
        shared.record_n(value, value % 3);
        recorder.record_n(value, value % 3);
        assert_eq!(single.snapshot(), shared.snapshot());
    }
    assert_eq!(format!("{single:?}"), format!("{shared:?}").replace("Histogram", "SingleWriter"));
    assert_eq!(format!("{recorder:?}"), format!("{shared:?}").replace("Histogram", "Recorder"));
}

/// Its extremes are stored, not raised: it must look before.
#[test]
fn extremes_in_one_bucket() {
    for values in [[2, 1, 3], [2, 3, 1], [3, 2, 1], [1, 2, 3], [3, 1, 2]] {
        let single = SingleWriter::<Nanos>::new();
        let mut recorder = single.recorder().unwrap();
        values.iter().for_each(|value| recorder.record(1_000_000 + value));
        // What was in there is overwritten.
        let mut snapshot = Histogram::new().snapshot();
        single.snapshot_into(&mut snapshot);
        assert_eq!((snapshot.min(), snapshot.max()), (Some(1_000_001), Some(1_000_003)));
        assert_eq!(snapshot, single.snapshot());
    }
}

#[test]
fn there_is_one_at_a_time() {
    static WRITER: SingleWriter = SingleWriter::new();
    let first = WRITER.recorder().unwrap();
    assert!(WRITER.recorder().is_none());
    let refused = thread::spawn(|| WRITER.recorder().is_none());
    assert!(refused.join().unwrap());
    drop(first);
    let mut second = WRITER.recorder().unwrap();
    second.record(1);
    // A recorder that is leaked keeps its claim; reading goes on.
    core::mem::forget(second);
    assert!(WRITER.recorder().is_none());
    assert_eq!(WRITER.snapshot().count(), 1);
}

#[test]
fn a_panic_gives_the_claim_back() {
    let writer = SingleWriter::<Nanos>::new();
    let panicked = thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut recorder = writer.recorder().unwrap();
            recorder.record(1);
            std::panic::resume_unwind(Box::new("the worker"));
        });
        thread.join().is_err()
    });
    assert!(panicked);
    writer.recorder().expect("free again").record(2);
    assert_eq!((writer.snapshot().count(), writer.snapshot().sum()), (2, 3));
}

#[test]
fn threads_that_take_turns_lose_nothing() {
    const THREADS: u64 = 32;
    const EACH: u64 = 500;
    let writer = SingleWriter::<Nanos>::new();
    let holders = AtomicUsize::new(0);
    let done = AtomicBool::new(false);
    let write = |mut recorder: Recorder<'_>, value| {
        assert_eq!(holders.fetch_add(1, Relaxed), 0, "two at once");
        recorder.record(value);
        holders.fetch_sub(1, Relaxed);
    };
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut earlier, mut later) = (Snapshot::new(), Snapshot::new());
            while !done.load(Relaxed) {
                writer.snapshot_into(&mut later);
                assert_eq!(counted(&later), later.count());
                assert!(later.delta_since(&earlier).is_ok(), "the later contains the earlier");
                assert!(later.sum() <= most(&later), "a value is summed, and not counted");
                core::mem::swap(&mut earlier, &mut later);
            }
        });
        let writers: Vec<_> = (1..=THREADS)
            .map(|value| {
                let (writer, write) = (&writer, &write);
                scope.spawn(move || {
                    let mut left = EACH;
                    while left > 0 {
                        match writer.recorder() {
                            Some(recorder) => {
                                write(recorder, value);
                                left -= 1;
                            }
                            None => thread::yield_now(),
                        }
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        done.store(true, Relaxed);
        reader.join().unwrap();
    });
    let snapshot = writer.snapshot();
    assert_eq!(snapshot.count(), THREADS * EACH);
    assert_eq!(snapshot.sum(), EACH * THREADS * (THREADS + 1) / 2);
    assert_eq!((snapshot.min(), snapshot.max()), (Some(1), Some(THREADS)));
}

#[test]
fn workers_own_one_each() {
    const WORKERS: usize = 32;
    const EACH: u64 = 5_000;
    static WRITERS: [SingleWriter; WORKERS] = [const { SingleWriter::new() }; WORKERS];
    let workers = WRITERS.each_ref().map(|mine| {
        thread::spawn(|| {
            let mut recorder = mine.recorder().unwrap();
            (1..=EACH).for_each(|value| recorder.record(value));
        })
    });
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let mut all = Snapshot::new();
    WRITERS.iter().for_each(|writer| all.merge(&writer.snapshot()));
    assert_eq!(all.count(), WORKERS as u64 * EACH);
    assert_eq!(all.sum(), WORKERS as u64 * EACH * (EACH + 1) / 2);
    assert_eq!((all.min(), all.max()), (Some(1), Some(EACH)));
}
