//! The numbers of threads, which choose their shards: distinct among those that
//! live, given back by those that exit. One test, since all threads of a process
//! share the numbers.
#![cfg(feature = "std")]

use core::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Barrier};
use std::thread;

use bellwether::{Plain, ShardKey, ShardedHistogram, ThreadShard};

#[path = "support/allocator.rs"]
mod allocator;

const IDS: usize = 1024;

static HISTOGRAM: ShardedHistogram<Plain> = ShardedHistogram::new();

/// The numbers of so many threads that live at the same time.
fn crowd(size: usize) -> Vec<usize> {
    let all = Arc::new(Barrier::new(size));
    let threads: Vec<_> = (0..size)
        .map(|_| {
            let all = all.clone();
            let small = thread::Builder::new().stack_size(64 << 10);
            let thread = small.spawn(move || {
                HISTOGRAM.record(1);
                all.wait();
                ThreadShard.shard()
            });
            thread.expect("a thread starts")
        })
        .collect();
    // Not a scope: it does not wait for the threads' destructors.
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Records when it is dropped.
struct Late(Cell<usize>);

impl Drop for Late {
    fn drop(&mut self) {
        HISTOGRAM.record(1);
        assert!(self.0.get() == 0 || self.0.get() == ThreadShard.shard());
    }
}

thread_local! {
    static LATE: Late = const { Late(Cell::new(0)) };
}

#[test]
fn threads_have_numbers() {
    // This thread has none; thousands that come and go have the first.
    let alone = crowd(1)[0];
    for _ in 0..2000 {
        assert_eq!(crowd(1), [alone]);
    }
    assert_eq!(HISTOGRAM.snapshot().count(), 2001);

    // Those that live at once have the lowest, each its own.
    let mine = ThreadShard.shard();
    assert_eq!(mine, alone);
    for size in [8, 100, 8] {
        let numbers = crowd(size);
        let distinct: BTreeSet<_> = numbers.iter().copied().collect();
        assert_eq!(distinct, (mine + 1..=mine + size).collect(), "with {numbers:?}");
    }

    // Beyond the limit they share, evenly, and give back what is not shared.
    let beyond = 90;
    let numbers = crowd(IDS - 1 + beyond);
    let mut holders = BTreeMap::new();
    numbers.iter().chain([&mine]).for_each(|number| *holders.entry(*number).or_insert(0) += 1);
    assert!(holders.keys().copied().eq(mine..mine + IDS));
    assert_eq!(holders.values().max(), Some(&2));
    assert_eq!(crowd(3).into_iter().max(), Some(mine + 3), "all were given back");
    let count = HISTOGRAM.snapshot().count();
    assert_eq!(count, 2001 + 116 + (IDS - 1 + beyond) as u64 + 3);

    // Thread-locals are dropped in either order: the lease goes before or after.
    for lease_first in [true, false] {
        let late = thread::spawn(move || {
            if lease_first {
                LATE.with(|_| ());
            }
            HISTOGRAM.record(1);
            LATE.with(|late| late.0.set(ThreadShard.shard()));
        });
        late.join().unwrap();
    }
    // The first record of a thread may be that of a destructor.
    thread::spawn(|| LATE.with(|_| ())).join().unwrap();
    assert_eq!(HISTOGRAM.snapshot().count(), count + 5);
    assert_eq!(crowd(1), [mine + 1], "all were given back");

    // The destructor is registered without Rust's allocator where the C library does
    // that, and with one allocation, at most, where `std` keeps a list.
    let counts = thread::spawn(|| [(); 2].map(|()| allocator::allocations(|| HISTOGRAM.record(1))));
    let [first, second] = counts.join().unwrap();
    assert!(first <= usize::from(!cfg!(all(target_os = "linux", target_env = "gnu"))));
    assert_eq!(second, 0);
}
