//! What a thread must do at least: a lock to put events in order, or a fence if it is alone;
//! and a look.

use core::hint::{black_box, spin_loop};
use core::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use core::time::Duration;

use super::Event;
use crate::work::timed;

/// A spin lock is taken and let go, and a number stored in between.
pub fn lock(n: u64) -> Duration {
    #[inline(never)]
    fn run(lock: &AtomicBool, published: &AtomicU64, turns: u64) {
        for turn in 0..turns {
            while lock.swap(true, Acquire) {
                spin_loop();
            }
            published.store(turn, Relaxed);
            lock.store(false, Release);
        }
    }
    let (lock, published) = (AtomicBool::new(false), AtomicU64::new(0));
    timed(n, 1, |turns| run(black_box(&lock), black_box(&published), turns))
}

/// A number is stored, and then another one looked at, in this order: what a producer that
/// is alone must do to see who waits.
pub fn store_then_load(n: u64) -> Duration {
    #[inline(never)]
    fn run(waiting: &AtomicBool, published: &AtomicU64, turns: u64) {
        for turn in 0..turns {
            published.store(turn, Relaxed);
            fence(SeqCst);
            assert!(!waiting.load(Relaxed));
        }
    }
    let (waiting, published) = (AtomicBool::new(false), AtomicU64::new(0));
    timed(n, 1, |turns| run(black_box(&waiting), black_box(&published), turns))
}

/// A number is looked at, and an event cloned and dropped.
pub fn load_and_clone<T: Event>(n: u64) -> Duration {
    #[inline(never)]
    fn run<T: Event>(published: &AtomicU64, event: &T, turns: u64) {
        for _ in 0..turns {
            assert_eq!(published.load(Acquire), 1);
            black_box(black_box(event).clone());
        }
    }
    let (published, event) = (AtomicU64::new(1), T::numbered(1));
    timed(n, 1, |turns| run(black_box(&published), &event, turns))
}
