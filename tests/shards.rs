//! The sharded histogram: nothing is lost, whichever shard a record goes to.

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::panic::{catch_unwind, resume_unwind};
use std::thread;

use bellwether::{Grid, Histogram, Nanos, Plain, ShardKey, ShardedHistogram, Snapshot};

/// Each record to the next shard.
#[derive(Default)]
struct Next(AtomicUsize);

impl ShardKey for Next {
    fn shard(&self) -> usize {
        self.0.fetch_add(1, Relaxed)
    }
}

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
fn shards_add_up_to_one_histogram() {
    let one = Histogram::<Plain<2>>::new();
    let sharded = ShardedHistogram::<Plain<2>, Next, 5>::default();
    assert_eq!(sharded.snapshot(), Snapshot::new());
    for value in (0..500).map(|n| n * n * n * 1_000_003).chain([0, u64::MAX]) {
        one.record(value);
        sharded.record(value);
        one.record_n(value, value % 3);
        sharded.record_n(value, value % 3);
    }
    let mut snapshot = one.snapshot();
    // What was in there is overwritten.
    sharded.snapshot_into(&mut snapshot);
    assert_eq!(snapshot, one.snapshot());
    assert_eq!(counted(&snapshot), snapshot.count());
    assert_eq!(format!("{sharded:?}"), format!("Sharded{one:?}"));
}

#[test]
fn any_number_is_a_shard() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn last() -> usize {
        ASKED.fetch_add(1, Relaxed);
        usize::MAX
    }
    static LAST: ShardedHistogram<Nanos, fn() -> usize, 3> = ShardedHistogram::with_key(last);
    static ONE: ShardedHistogram<Nanos, fn() -> usize, 1> = ShardedHistogram::with_key(last);
    LAST.record(5);
    ONE.record(6);
    assert_eq!((LAST.snapshot().sum(), ONE.snapshot().sum()), (5, 6));
    assert_eq!(ASKED.load(Relaxed), 2);
}

#[test]
fn a_key_that_panics_records_nothing() {
    struct Panics(bool);
    impl ShardKey for Panics {
        fn shard(&self) -> usize {
            if self.0 {
                resume_unwind(Box::new("no number"));
            }
            0
        }
    }
    let histogram = ShardedHistogram::<Plain, Panics>::with_key(Panics(true));
    assert!(catch_unwind(AssertUnwindSafe(|| histogram.record(7))).is_err());
    assert!(histogram.snapshot().is_empty());
}

/// Totals after all have ended, and what holds of every snapshot meanwhile.
fn threads_lose_nothing<K: ShardKey + Sync, const SHARDS: usize>(
    shared: &ShardedHistogram<Nanos, K, SHARDS>,
) {
    const THREADS: u64 = 32;
    const EACH: u64 = 5_000;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut earlier, mut later) = (Snapshot::new(), Snapshot::new());
            while !done.load(Relaxed) {
                shared.snapshot_into(&mut later);
                assert_eq!(counted(&later), later.count());
                assert!(later.max() <= Some(THREADS * EACH));
                assert!(later.delta_since(&earlier).is_ok(), "the later contains the earlier");
                assert!(later.sum() <= most(&later), "a value is summed, and not counted");
                core::mem::swap(&mut earlier, &mut later);
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|id| {
                scope.spawn(move || {
                    (1..=EACH).for_each(|n| shared.record(id * EACH + n));
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        done.store(true, Relaxed);
        reader.join().unwrap();
    });
    let snapshot = shared.snapshot();
    let n = THREADS * EACH;
    assert_eq!((snapshot.count(), counted(&snapshot)), (n, n));
    assert_eq!(snapshot.sum(), n * (n + 1) / 2);
    assert_eq!((snapshot.min(), snapshot.max()), (Some(1), Some(n)));
}

#[test]
fn with_a_key_that_moves_on() {
    threads_lose_nothing(&ShardedHistogram::<Nanos, Next, 4>::default());
}

#[test]
fn with_a_function_for_a_key() {
    fn core_id() -> usize {
        1
    }
    static HISTOGRAM: ShardedHistogram<Nanos, fn() -> usize, 2> =
        ShardedHistogram::with_key(core_id);
    threads_lose_nothing(&HISTOGRAM);
}

#[cfg(feature = "std")]
#[test]
fn with_a_shard_a_thread() {
    static HISTOGRAM: ShardedHistogram = ShardedHistogram::new();
    threads_lose_nothing(&HISTOGRAM);
    threads_lose_nothing(&ShardedHistogram::<Nanos, bellwether::ThreadShard, 3>::default());
}
