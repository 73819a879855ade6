//! Records beside a snapshot. The grid has two buckets here, for 1 and for 2; 3
//! and more overflow, so that 3 and 5 are told apart by the extremes alone.

use bellwether_loom::{Consistency, ExactHistogram, Histogram, Plain, Snapshot};
use loom::sync::Arc;
use loom::thread;

pub(crate) type Grid = Plain<0>;

/// What holds for any snapshot of records of 1, 3 and 5, each at most once.
pub(crate) fn check(snapshot: &Snapshot<Grid>) {
    let in_buckets: u64 = snapshot.buckets().map(|bucket| bucket.count).sum();
    assert_eq!(snapshot.count(), snapshot.underflow() + in_buckets + snapshot.overflow());
    assert!(snapshot.min() <= snapshot.max(), "a running record inverts the extremes");
    // The sum tells which values it has.
    let summed: &[u64] = match snapshot.sum() {
        0 => &[],
        1 => &[1],
        3 => &[3],
        5 => &[5],
        4 => &[1, 3],
        6 => &[1, 5],
        8 => &[3, 5],
        9 => &[1, 3, 5],
        sum => panic!("no records have the sum {sum}"),
    };
    let overflow = summed.iter().filter(|&&value| value > 2).count();
    assert!(in_buckets >= (summed.len() - overflow) as u64, "summed, and not counted");
    assert!(snapshot.overflow() >= overflow as u64, "summed, and not counted");
    for &value in summed {
        assert!(snapshot.min() <= Some(value) && Some(value) <= snapshot.max());
    }
}

/// Two writers, one of which looks before and after.
pub(crate) fn record_beside_record_and_snapshot() {
    let shared = Arc::new(Histogram::<Grid>::new());
    let other = shared.clone();
    let thread = thread::spawn(move || other.record(5));
    shared.record(3);
    let first = shared.snapshot();
    check(&first);
    // Its own record has ended.
    assert!(first.sum() >= 3 && first.count() >= 1);
    // What is in the extremes is counted.
    assert!(first.max() != Some(5) || first.count() == 2);
    let second = shared.snapshot();
    check(&second);
    assert!(second.delta_since(&first).is_ok(), "the later contains the earlier");
    thread.join().unwrap();
    let last = shared.snapshot();
    assert_eq!((last.count(), last.sum()), (2, 8));
    assert_eq!((last.min(), last.max()), (Some(3), Some(5)));
}

/// As above, where the other's value is the minimum.
pub(crate) fn smaller_record_beside_snapshot() {
    let shared = Arc::new(Histogram::<Grid>::new());
    let other = shared.clone();
    let thread = thread::spawn(move || other.record(3));
    shared.record(5);
    let snapshot = shared.snapshot();
    check(&snapshot);
    assert!(snapshot.min() != Some(3) || snapshot.count() == 2);
    thread.join().unwrap();
}

/// Two writers beside a reader who only looks.
pub(crate) fn two_records_beside_snapshot() {
    let shared = Arc::new(Histogram::<Grid>::new());
    let writers = [1, 5].map(|value| {
        let shared = shared.clone();
        thread::spawn(move || shared.record(value))
    });
    check(&shared.snapshot());
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let last = shared.snapshot();
    assert_eq!((last.count(), last.sum()), (2, 6));
    assert_eq!((last.min(), last.max()), (Some(1), Some(5)));
}

/// A snapshot that says it is exact is the snapshot of some of the records, whole.
pub(crate) fn two_records_beside_exact_snapshot() {
    let shared = Arc::new(ExactHistogram::<Grid>::new());
    let writers = [3, 5].map(|value| {
        let shared = shared.clone();
        thread::spawn(move || shared.record(value))
    });
    let (snapshot, consistency) = shared.snapshot();
    check(&snapshot);
    let all = (snapshot.count(), snapshot.sum(), snapshot.min(), snapshot.max());
    match consistency {
        Consistency::Exact => assert!(
            [
                (0, 0, None, None),
                (1, 3, Some(3), Some(3)),
                (1, 5, Some(5), Some(5)),
                (2, 8, Some(3), Some(5)),
            ]
            .contains(&all),
            "{all:?} is not exact"
        ),
        Consistency::Skewed { running } => assert!((1..=2).contains(&running)),
    }
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let (last, consistency) = shared.snapshot();
    assert_eq!((last.count(), last.sum(), consistency), (2, 8, Consistency::Exact));
}
