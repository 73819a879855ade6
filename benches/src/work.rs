//! The timed work of one caller at a time.
//!
//! Each function does at least `n` operations and returns the time of `n`. What
//! is measured is a function of its own, never inlined, so that it is compiled
//! alike wherever it is called from. `black_box` stores each result to the
//! stack, for every peer: the floor pays for it too.

use core::hint::black_box;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::pin::pin;

use crate::clock::Stopwatch;
use crate::peer::{AsyncPeer, SyncPeer};

/// Operations in one turn of an unrolled loop.
pub const UNROLLED: u64 = 16;

/// Writes the work out sixteen times.
#[macro_export]
macro_rules! sixteen {
    ($work:expr) => {{
        $crate::sixteen!(@four $work);
        $crate::sixteen!(@four $work);
        $crate::sixteen!(@four $work);
        $crate::sixteen!(@four $work);
    }};
    (@four $work:expr) => {
        $work;
        $work;
        $work;
        $work;
    };
}

/// Polls a future that is ready at once.
///
/// # Panics
///
/// If it is not.
#[inline(always)]
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("uncontended, and yet it waits"),
    }
}

/// Times `work`, which does `turns` times `per_turn` operations, as if it did `n`.
pub fn timed(n: u64, per_turn: u64, work: impl FnOnce(u64)) -> Duration {
    let turns = n.div_ceil(per_turn);
    let start = Stopwatch::start();
    work(turns);
    start.elapsed().mul_f64(n as f64 / (turns * per_turn) as f64)
}

/// `get` of a ready cell.
pub fn get<P: SyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: SyncPeer>(cell: &P, turns: u64) {
        for _ in 0..turns {
            sixteen!(black_box(cell.get()));
        }
    }
    let cell = P::ready();
    timed(n, UNROLLED, |turns| run(black_box(&cell), turns))
}

/// The same of a cell for tasks.
pub fn get_async<P: AsyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: AsyncPeer>(cell: &P, turns: u64) {
        for _ in 0..turns {
            sixteen!(black_box(cell.get()));
        }
    }
    let cell = P::ready(1);
    timed(n, UNROLLED, |turns| run(black_box(&cell), turns))
}

/// `get_or_init` of a ready cell, by a thread.
pub fn ready_sync<P: SyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: SyncPeer>(cell: &P, turns: u64) {
        for _ in 0..turns {
            sixteen!(black_box(cell.get_or_init(|| 2)));
        }
    }
    let cell = P::ready();
    timed(n, UNROLLED, |turns| run(black_box(&cell), turns))
}

/// `get_or_init(..).await` of a ready cell, sixteen to a turn of the loop.
pub fn ready_await<P: AsyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: AsyncPeer>(cell: &P, turns: u64) {
        now(async {
            for _ in 0..turns {
                sixteen!(black_box(cell.get_or_init(|| async { 2 }).await));
            }
        });
    }
    let cell = P::ready(1);
    timed(n, UNROLLED, |turns| run(black_box(&cell), turns))
}

/// The same, one to a turn: the loop's counter may live in the coroutine, and
/// then costs more than the work.
pub fn ready_await_loop<P: AsyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: AsyncPeer>(cell: &P, turns: u64) {
        now(async {
            for _ in 0..turns {
                black_box(cell.get_or_init(|| async { 2 }).await);
            }
        });
    }
    let cell = P::ready(1);
    timed(n, 1, |turns| run(black_box(&cell), turns))
}

/// An empty cell, initialised by a thread, dropped.
pub fn fresh_sync<P: SyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: SyncPeer>(turns: u64) {
        for _ in 0..turns {
            let cell = P::new();
            black_box(black_box(&cell).get_or_init(|| 1));
        }
    }
    timed(n, 1, run::<P>)
}

/// An empty cell, initialised by a task without waiting, dropped.
pub fn fresh<P: AsyncPeer>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: AsyncPeer>(turns: u64) {
        for _ in 0..turns {
            let cell = P::new();
            black_box(now(black_box(&cell).get_or_init(|| async { 1 })));
        }
    }
    timed(n, 1, run::<P>)
}
