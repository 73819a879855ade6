//! Blocking: a thread waits as a task does, with a waker that unparks it.
//!
//! The waker points to a [`Parker`] on the blocked thread's stack, so that
//! blocking allocates nothing. The parker counts the waker's clones, and the
//! frame is not left before the last is gone.
//!
//! | `handles` | `notified` | the thread |
//! |---|---|---|
//! | any | `true` | polls again |
//! | any | `false` | parks |
//! | 0, after the future is gone | – | leaves |

use core::mem::ManuallyDrop;
use core::pin::pin;
use core::ptr;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::sync::{
    Acquire, AtomicBool, AtomicUsize, Lifetime, Relaxed, Release, Thread, current, in_order, park,
    wakes,
};

/// What a blocked thread's wakers point to.
struct Parker {
    thread: Thread,
    notified: AtomicBool,
    handles: AtomicUsize,
    lifetime: Lifetime,
}

/// Keeps the parker's frame until no handle is left.
struct Frame<'a>(&'a Parker);

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        // ORDERING: Acquire pairs with `let_go`: the last handle is done with the frame.
        while self.0.handles.load(Acquire) != 0 {
            park();
        }
        self.0.lifetime.end();
    }
}

impl Parker {
    fn notify(&self) {
        // A swap, as in `block_on`: of two swaps, the later sees the earlier. It
        // orders nothing else: the future looks at the cell's word again, and
        // before it waits once more it changes that word.
        wakes!(self.notified.swap(true, Relaxed));
    }

    fn let_go(&self) {
        // The frame may be left as soon as the count is 0: no access after that.
        let thread = self.thread.clone();
        self.lifetime.touch();
        in_order!(
            // ORDERING: Release pairs with `Frame::drop`.
            self.handles.fetch_sub(1, Release),
            thread.unpark()
        );
    }

    /// # Safety
    ///
    /// `data` is that of a waker of [`VTABLE`] which still counts as a handle.
    unsafe fn of<'a>(data: *const ()) -> &'a Self {
        // SAFETY: the frame is not left while a handle is counted.
        unsafe { &*data.cast() }
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: called with the data of a counted waker.
        unsafe { Parker::of(data) }.handles.fetch_add(1, Relaxed);
        RawWaker::new(data, &VTABLE)
    },
    |data| {
        // SAFETY: as above, and this waker is counted until `let_go`.
        let parker = unsafe { Parker::of(data) };
        in_order!(parker.notify(), parker.let_go());
    },
    |data| {
        // SAFETY: as above, and the waker stays counted.
        let parker = unsafe { Parker::of(data) };
        // The crate's futures keep clones, and wake those: nobody calls this.
        parker.notify();
        parker.thread.unpark();
    },
    // SAFETY: as above, and this waker is counted until `let_go`.
    |data| unsafe { Parker::of(data) }.let_go(),
);

/// Polls the future on this thread until it is ready.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let parker = Parker {
        thread: current(),
        notified: AtomicBool::new(false),
        handles: AtomicUsize::new(0),
        lifetime: Lifetime::begin(),
    };
    let _frame = Frame(&parker);
    let raw = RawWaker::new(ptr::from_ref(&parker).cast(), &VTABLE);
    // SAFETY: the table keeps a waker's contract. This waker is not counted: it
    // is lent out only while `parker` lives, and never dropped.
    let waker = ManuallyDrop::new(unsafe { Waker::from_raw(raw) });
    // Declared last, so dropped first, with the handle that it may hold.
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        // The flag counts, not the thread's token: a waker that ran on this
        // thread may have used the token up.
        while !parker.notified.swap(false, Relaxed) {
            park();
        }
    }
}

#[cfg(all(test, not(bellwether_modelled)))]
mod tests {
    use core::future::poll_fn;
    use std::thread;

    use super::*;

    #[test]
    fn a_waker_may_be_woken_by_reference_and_outlive_the_future() {
        let mut polls = 0;
        let (answer, keeper) = block_on(poll_fn(|context| {
            polls += 1;
            if polls < 3 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            // Kept by a thread that has a while to live: the frame waits for it.
            let waker = context.waker().clone();
            let keeper = thread::spawn(move || {
                (0..100).for_each(|_| thread::yield_now());
                waker.wake();
            });
            Poll::Ready((7, keeper))
        }));
        assert_eq!((answer, polls), (7, 3), "not polled but when it was woken");
        keeper.join().unwrap();
    }
}
