//! The counter of two words, which the other models do not use. It starts just
//! below a multiple of 2³¹, where it carries.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use bellwether_loom::Pair;
use loom::sync::Arc;
use loom::sync::atomic::AtomicBool;
use loom::thread;

const HALF: u64 = 1 << 31;

/// Reads are among the sums that the counter went through, and do not go back.
fn watch(counter: &Pair, sums: &[u64]) {
    let mut last = 0;
    for _ in 0..2 {
        let now = counter.load(Relaxed);
        assert!(sums.contains(&now), "{now:#x} is none of {sums:x?}");
        assert!(now >= last, "{last:#x}, then {now:#x}");
        last = now;
    }
}

/// A counter that stands there, and what another thread adds to it.
fn add_beside_watch(start: u64, add: &'static [u64], sums: &[u64]) {
    let counter = Arc::new(Pair::new());
    counter.add(start, Relaxed);
    let other = counter.clone();
    let thread = thread::spawn(move || add.iter().for_each(|&n| other.add(n, Relaxed)));
    watch(&counter, sums);
    thread.join().unwrap();
    assert_eq!(counter.load(Relaxed), start + add.iter().sum::<u64>());
}

/// The bits differ while it is outstanding, whichever of the two is set.
pub(crate) fn carry_beside_reads() {
    add_beside_watch(HALF - 1, &[3], &[HALF - 1, HALF + 2]);
}

/// The same from the other side.
pub(crate) fn second_carry_beside_reads() {
    add_beside_watch(2 * HALF - 1, &[3], &[2 * HALF - 1, 2 * HALF + 2]);
}

/// A reader that is overtaken by carries finds a sum that there was meanwhile:
/// one that was reached, or the multiple below it.
pub(crate) fn carries_beside_reads() {
    add_beside_watch(
        HALF - 1,
        &[HALF - 1, HALF - 1, HALF],
        &[
            HALF - 1,
            2 * HALF - 2,
            3 * HALF - 3,
            4 * HALF - 3,
            // Reached, and gone beyond.
            HALF,
            2 * HALF,
            3 * HALF,
        ],
    );
}

/// A writer beside it that does not carry.
pub(crate) fn carry_beside_addition_and_reads() {
    let counter = Arc::new(Pair::new());
    counter.add(HALF - 1, Relaxed);
    let other = counter.clone();
    let carries = thread::spawn(move || other.add(3, Relaxed));
    let other = counter.clone();
    let adds = thread::spawn(move || other.add(HALF / 2, Relaxed));
    watch(&counter, &[HALF - 1, HALF + 2, HALF + HALF / 2 - 1, HALF + HALF / 2 + 2]);
    carries.join().unwrap();
    adds.join().unwrap();
    assert_eq!(counter.load(Relaxed), HALF + HALF / 2 + 2);
}

/// Whatever is seen of an addition, what was before it is seen too.
pub(crate) fn addition_beside_its_reader() {
    for n in [1, 5 << 32] {
        let shared = Arc::new((Pair::new(), AtomicBool::new(false)));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            other.1.store(true, Relaxed);
            other.0.add(n, Release);
        });
        assert!(shared.0.load(Acquire) == 0 || shared.1.load(Relaxed));
        thread.join().unwrap();
    }
}
