//! The sharded histogram, the numbers of threads, and the single writer. The grid
//! and what holds of its snapshots are those of `histogram.rs`.
//!
//! A reader is the thread that starts last: loom looks for a race with the *last*
//! access of a word only, so that a writer's own load before its store would hide
//! the load of a reader that ran earlier. A reader that runs later may read old
//! values anyway.

use core::cell::Cell;
use core::mem::forget;
use std::collections::BTreeSet;

use bellwether_loom::{Pool, ShardedHistogram, SingleWriter};
use loom::sync::Arc;
use loom::thread;

use super::histogram::{Grid, check};

pub(crate) type Sharded = ShardedHistogram<Grid, fn() -> usize, 2>;

loom::thread_local! {
    pub(crate) static SHARD: Cell<usize> = Cell::new(0);
}

pub(crate) fn sharded() -> Arc<Sharded> {
    Arc::new(ShardedHistogram::with_key(|| SHARD.with(Cell::get)))
}

pub(crate) fn record(shared: &Sharded, shard: usize, value: u64) {
    SHARD.with(|at| at.set(shard));
    shared.record(value);
}

fn recorded(shared: &Sharded, values: [u64; 2]) {
    let last = shared.snapshot();
    assert_eq!((last.count(), last.sum()), (2, values[0] + values[1]));
    assert_eq!((last.min(), last.max()), (Some(values[0]), Some(values[1])));
}

/// Two writers, one of which looks twice.
pub(crate) fn records_on_two_shards_beside_snapshots() {
    let shared = sharded();
    let reader = {
        let shared = shared.clone();
        thread::spawn(move || {
            record(&shared, 0, 3);
            let first = shared.snapshot();
            check(&first);
            assert!(first.sum() >= 3 && first.count() >= 1, "its own record has ended");
            assert!(first.max() != Some(5) || first.count() == 2, "an extreme, and not counted");
            let second = shared.snapshot();
            check(&second);
            assert!(second.delta_since(&first).is_ok(), "the later contains the earlier");
            assert!(second.sum() >= first.sum() && second.max() >= first.max());
        })
    };
    record(&shared, 1, 5);
    reader.join().unwrap();
    recorded(&shared, [3, 5]);
}

/// Two writers beside a reader who only looks.
fn records_beside_reader(shards: [usize; 2]) {
    let shared = sharded();
    let [writer, reader] = [Some(shards[0]), None].map(|shard| {
        let shared = shared.clone();
        thread::spawn(move || match shard {
            Some(shard) => record(&shared, shard, 1),
            None => check(&shared.snapshot()),
        })
    });
    record(&shared, shards[1], 5);
    writer.join().unwrap();
    reader.join().unwrap();
    recorded(&shared, [1, 5]);
}

pub(crate) fn two_shards_beside_reader() {
    records_beside_reader([0, 1]);
}

/// They meet, as when there are more threads than shards.
pub(crate) fn one_shard_of_two_beside_reader() {
    records_beside_reader([0, 2]);
}

/// Takes a number for ever.
fn take(pool: &Pool<1>) -> usize {
    let lease = pool.lease();
    let id = lease.id();
    forget(lease);
    id
}

/// Three threads that live at once have the three lowest numbers.
pub(crate) fn leases_at_once() {
    let pool = Arc::new(Pool::<1>::new());
    let others = [(); 2].map(|()| {
        let pool = pool.clone();
        thread::spawn(move || take(&pool))
    });
    let mine = take(&pool);
    let others = others.into_iter().map(|other| other.join().unwrap());
    assert_eq!(others.chain([mine]).collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2]));
    assert_eq!(take(&pool), 3, "none is leaked");
}

/// A number that was given back is found again, and no other is lost with it.
pub(crate) fn leases_that_come_and_go() {
    let pool = Arc::new(Pool::<1>::new());
    let other = {
        let pool = pool.clone();
        thread::spawn(move || {
            assert!(pool.lease().id() < 2, "two live at once");
            take(&pool)
        })
    };
    let lease = pool.lease();
    let first = lease.id();
    drop(lease);
    let mine = pool.lease();
    assert!(first < 2 && mine.id() < 2, "two live at once");
    let other = other.join().unwrap();
    assert_ne!(mine.id(), other);
    drop(mine);
    assert_eq!(take(&pool), 1 - other, "the one that was given back");
    assert_eq!(take(&pool), 2);
}

/// One gets it, the other shares with number 0, and gives nothing back.
pub(crate) fn the_last_lease() {
    let pool = Arc::new(Pool::<1>::new());
    let last = Pool::<1>::IDS - 1;
    (0..last).for_each(|id| assert_eq!(take(&pool), id));
    let other = {
        let pool = pool.clone();
        thread::spawn(move || take(&pool))
    };
    let lease = pool.lease();
    let mine = lease.id();
    let other = other.join().unwrap();
    assert_eq!(BTreeSet::from([mine, other]), BTreeSet::from([0, last]));
    drop(lease);
    let next = if mine == last { last } else { 1 };
    assert_eq!(take(&pool), next, "what is shared is not given back");
}

/// The recorder before has recorded 3, this one records 5.
pub(crate) fn recorder_beside_snapshots() {
    let shared = Arc::new(SingleWriter::<Grid>::new());
    shared.recorder().unwrap().record(3);
    let reader = {
        let shared = shared.clone();
        thread::spawn(move || {
            let first = shared.snapshot();
            check(&first);
            assert!(first.sum() >= 3 && first.count() >= 1, "the first record has ended");
            assert!(first.max() != Some(5) || first.count() == 2, "an extreme, and not counted");
            let second = shared.snapshot();
            check(&second);
            assert!(second.delta_since(&first).is_ok(), "the later contains the earlier");
            assert!(second.sum() >= first.sum() && second.max() >= first.max());
        })
    };
    shared.recorder().unwrap().record(5);
    reader.join().unwrap();
    let last = shared.snapshot();
    assert_eq!((last.count(), last.sum()), (2, 8));
    assert_eq!((last.min(), last.max()), (Some(3), Some(5)));
}

/// Whoever sees what the second recorder did sees what the first did before.
pub(crate) fn two_recorders_beside_snapshot() {
    let shared = Arc::new(SingleWriter::<Grid>::new());
    let other = {
        let shared = shared.clone();
        thread::spawn(move || try_to_record(&shared, 5))
    };
    let reader = {
        let shared = shared.clone();
        thread::spawn(move || check(&shared.snapshot()))
    };
    let mine = try_to_record(&shared, 3);
    let other = other.join().unwrap();
    reader.join().unwrap();
    let last = shared.snapshot();
    assert_eq!((last.count(), last.sum()), (mine.0 + other.0, mine.1 + other.1));
}

/// The claim is all that orders two writers: each records if it gets it.
fn try_to_record(shared: &SingleWriter<Grid>, value: u64) -> (u64, u64) {
    match shared.recorder() {
        Some(mut recorder) => {
            recorder.record(value);
            (1, value)
        }
        None => (0, 0),
    }
}

/// What one recorder stored, the next one does not overwrite.
pub(crate) fn recorder_handed_on() {
    let shared = Arc::new(SingleWriter::<Grid>::new());
    let other = {
        let shared = shared.clone();
        thread::spawn(move || try_to_record(&shared, 5))
    };
    let mine = try_to_record(&shared, 3);
    let other = other.join().unwrap();
    let last = shared.snapshot();
    check(&last);
    assert!(last.count() > 0, "one got the claim");
    assert_eq!((last.count(), last.sum()), (mine.0 + other.0, mine.1 + other.1));
    assert_eq!(last.max(), Some(mine.1.max(other.1)));
}

/// Three writers, and a chain of two hand-overs.
pub(crate) fn recorders_take_turns() {
    let shared = Arc::new(SingleWriter::<Grid>::new());
    let others = [1, 5].map(|value| {
        let shared = shared.clone();
        thread::spawn(move || try_to_record(&shared, value))
    });
    let mut all = try_to_record(&shared, 3);
    for other in others {
        let (count, sum) = other.join().unwrap();
        all = (all.0 + count, all.1 + sum);
    }
    let last = shared.snapshot();
    check(&last);
    assert_eq!((last.count(), last.sum()), all);
}

/// One wins; when it has let go, anybody may.
pub(crate) fn claim_beside_claim() {
    let shared = Arc::new(SingleWriter::<Grid>::new());
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.recorder().map(forget).is_some())
    };
    let mine = shared.recorder();
    let (won, other) = (mine.is_some(), other.join().unwrap());
    assert!(won != other, "exactly one");
    drop(mine);
    assert_eq!(shared.recorder().is_some(), won, "the other was leaked");
}
