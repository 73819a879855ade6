//! What the work costs without a cell: the column "floor".
//!
//! | row | floor |
//! |---|---|
//! | ready | one Acquire load and one test |
//! | new + init + drop | two compare-exchanges on one word: a locked instruction pair |
//! | park and wake | the boxes, the two polls, and a waker's clone, kept in the future |

use core::pin::Pin;
use core::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::peer::SyncPeer;
use crate::sixteen;
use crate::work::{UNROLLED, now, timed};

const EMPTY: usize = 0;
const RUNNING: usize = 1;
const READY: usize = 2;

/// A word that goes from empty to ready, beside a value that is never written.
#[derive(Debug)]
pub struct Floor {
    word: AtomicUsize,
    value: u64,
}

impl SyncPeer for Floor {
    const NAME: &'static str = "floor";

    #[inline(always)]
    fn new() -> Self {
        Self { word: AtomicUsize::new(EMPTY), value: 1 }
    }

    #[inline(always)]
    fn get(&self) -> Option<&u64> {
        (self.word.load(Acquire) & READY != 0).then_some(&self.value)
    }

    #[inline(always)]
    fn get_or_init(&self, _: impl FnOnce() -> u64) -> &u64 {
        if self.get().is_none() {
            let led = self.word.compare_exchange(EMPTY, RUNNING, Acquire, Relaxed);
            let set = self.word.compare_exchange(RUNNING, READY, Release, Relaxed);
            assert!(led.and(set).is_ok(), "uncontended");
        }
        &self.value
    }
}

/// A ready word looked at by a future, sixteen to a turn of the loop or one.
pub fn ready_await(n: u64, per_turn: u64) -> Duration {
    #[inline(always)]
    fn look(cell: &Floor) -> impl Future<Output = &u64> {
        core::future::poll_fn(|_| cell.get().map_or(Poll::Pending, Poll::Ready))
    }
    #[inline(never)]
    fn unrolled(cell: &Floor, turns: u64) {
        now(async {
            for _ in 0..turns {
                sixteen!(core::hint::black_box(look(cell).await));
            }
        });
    }
    #[inline(never)]
    fn plain(cell: &Floor, turns: u64) {
        now(async {
            for _ in 0..turns {
                core::hint::black_box(look(cell).await);
            }
        });
    }
    let cell = Floor::ready();
    let run = if per_turn == UNROLLED { unrolled } else { plain };
    timed(n, per_turn, |turns| run(core::hint::black_box(&cell), turns))
}

/// Waits for a flag, and keeps a waker that nobody wakes: 64 bytes.
#[derive(Debug)]
pub struct Unregistered<'a> {
    flag: &'a AtomicBool,
    value: &'a u64,
    waker: Option<Waker>,
    _rest: [u64; 4],
}

impl<'a> Unregistered<'a> {
    /// Is ready once the flag is set.
    #[must_use]
    pub fn new(flag: &'a AtomicBool, value: &'a u64) -> Self {
        Self { flag, value, waker: None, _rest: [0; 4] }
    }
}

const _: () = assert!(size_of::<Unregistered<'_>>() == 64);

impl<'a> Future for Unregistered<'a> {
    type Output = &'a u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'a u64> {
        if self.flag.load(Acquire) {
            self.waker.take().into_iter().for_each(Waker::wake);
            return Poll::Ready(self.value);
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
