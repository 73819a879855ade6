//! Threads that start together and are joined, their wakers, and how they wait. Nothing
//! here orders one thread after another: that would hide what the library fails to order.

use core::future::Future;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};

/// A thread's waker.
pub(crate) struct Bell {
    thread: Thread,
    rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Of two swaps the later sees the earlier: no wake-up is lost.
        self.rung.swap(true, Relaxed);
        self.thread.unpark();
    }
}

/// What a thread is given.
pub(crate) struct Me {
    /// Which of the crowd it is.
    pub(crate) number: usize,
    bell: Arc<Bell>,
    waker: Waker,
}

impl Me {
    /// Sleeps until the future is done: a lost wake-up hangs the program.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            match self.poll(future.as_mut()) {
                Poll::Ready(output) => return output,
                Poll::Pending => {
                    while !self.bell.rung.swap(false, Relaxed) {
                        thread::park();
                    }
                }
            }
        }
    }

    /// Polls so often, if need be, and then drops the future.
    pub(crate) fn poll_at_most<F: Future>(&self, polls: u64, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        for _ in 0..polls {
            match self.poll(future.as_mut()) {
                Poll::Ready(output) => return Some(output),
                Poll::Pending => thread::yield_now(),
            }
        }
        None
    }

    fn poll<F: Future>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&self.waker))
    }
}

/// Runs `work` on that many threads at once; what each returned.
///
/// Each bell is kept until all threads have been joined, so that none is freed by a
/// thread that another one's fence would have to order. Whoever still has one then has
/// kept a waker for too long.
pub(crate) fn crowd<R: Send>(threads: usize, work: impl Fn(&Me) -> R + Sync) -> Vec<R> {
    let arrived = AtomicUsize::new(0);
    let one = |number| {
        let bell = Arc::new(Bell { thread: thread::current(), rung: AtomicBool::new(false) });
        let me = Me { number, waker: Waker::from(bell.clone()), bell };
        arrived.fetch_add(1, Relaxed);
        while arrived.load(Relaxed) < threads {
            thread::yield_now();
        }
        let result = work(&me);
        (me.bell, result)
    };
    thread::scope(|scope| {
        let one = &one;
        let all: Vec<_> = (0..threads).map(|number| scope.spawn(move || one(number))).collect();
        let joined: Vec<_> =
            all.into_iter().map(|thread| thread.join().expect("it has not panicked")).collect();
        let (bells, results): (Vec<_>, Vec<_>) = joined.into_iter().unzip();
        assert!(bells.iter().all(|bell| Arc::strong_count(bell) == 1), "a waker is kept");
        results
    })
}

/// Comes back after so many polls.
pub(crate) async fn yields(times: u64) {
    for _ in 0..times {
        let mut yielded = false;
        core::future::poll_fn(|context| {
            if core::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
