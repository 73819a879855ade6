//! Wakers that count, and an executor that polls a future only once it was woken.

use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::sync::Arc;
use std::task::Wake;

/// A task's waker as executors have it: a reference count, and a virtual call.
#[derive(Debug, Default)]
pub struct Ticket {
    wakes: AtomicUsize,
}

impl Wake for Ticket {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // One thread, so no locked instruction of our own.
        self.wakes.store(self.wakes.load(Relaxed) + 1, Relaxed);
    }
}

/// The wakers of some waiters.
#[derive(Debug)]
pub enum Wakers {
    /// One that does nothing, for all. Flatters whoever looks for duplicates.
    Shared,
    /// One each, as an executor gives them out.
    Distinct(Vec<(Arc<Ticket>, Waker)>),
}

impl Wakers {
    /// `n` wakers that differ.
    #[must_use]
    pub fn distinct(n: usize) -> Self {
        let pair = |_| {
            let ticket = Arc::new(Ticket::default());
            (ticket.clone(), Waker::from(ticket))
        };
        Self::Distinct((0..n).map(pair).collect())
    }

    /// The waker of one waiter.
    #[must_use]
    #[inline]
    pub fn of(&self, waiter: usize) -> &Waker {
        match self {
            Self::Shared => Waker::noop(),
            Self::Distinct(all) => &all[waiter].1,
        }
    }

    /// How often each distinct waker was woken.
    pub fn wakes(&self) -> impl Iterator<Item = usize> {
        let all = match self {
            Self::Shared => &[],
            Self::Distinct(all) => &all[..],
        };
        all.iter().map(|(ticket, _)| ticket.wakes.load(Relaxed))
    }

    /// No wakes yet.
    pub fn reset(&self) {
        if let Self::Distinct(all) = self {
            all.iter().for_each(|(ticket, _)| ticket.wakes.store(0, Relaxed));
        }
    }
}

/// What was done with one waker and its clones.
#[derive(Debug, Default)]
pub struct Tally {
    /// Times it was cloned.
    pub clones: AtomicUsize,
    /// Times it or a clone was woken.
    pub wakes: AtomicUsize,
    /// Times its task was polled.
    pub polls: AtomicUsize,
    /// Set by a wake, taken by the executor.
    woken: AtomicUsize,
}

impl Tally {
    fn wake(&self) {
        self.wakes.fetch_add(1, Relaxed);
        self.woken.store(1, Relaxed);
    }

    /// Whether it was woken since this was last asked.
    pub fn take_woken(&self) -> bool {
        self.woken.swap(0, Relaxed) == 1
    }

    /// # Safety
    ///
    /// `data` is that of a waker of [`VTABLE`] which is not dropped meanwhile.
    unsafe fn of(data: *const ()) -> ManuallyDrop<Arc<Self>> {
        // SAFETY: the waker owns one count, made by `Arc::into_raw`; it is not given up here.
        ManuallyDrop::new(unsafe { Arc::from_raw(data.cast()) })
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: called with the data of a live waker.
        let tally = unsafe { Tally::of(data) };
        tally.clones.fetch_add(1, Relaxed);
        RawWaker::new(Arc::into_raw(Arc::clone(&tally)).cast(), &VTABLE)
    },
    |data| {
        // SAFETY: called with the data of a waker that ends here.
        ManuallyDrop::into_inner(unsafe { Tally::of(data) }).wake();
    },
    // SAFETY: called with the data of a live waker.
    |data| unsafe { Tally::of(data) }.wake(),
    // SAFETY: called with the data of a waker that ends here.
    |data| drop(ManuallyDrop::into_inner(unsafe { Tally::of(data) })),
);

/// A future, and the waker that counts for it.
pub struct Task<'a, T> {
    future: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    waker: Waker,
    /// What its waker saw.
    pub tally: Arc<Tally>,
}

impl<'a, T> Task<'a, T> {
    /// Not polled yet.
    pub fn new(future: impl Future<Output = T> + 'a) -> Self {
        let tally = Arc::new(Tally::default());
        let raw = RawWaker::new(Arc::into_raw(Arc::clone(&tally)).cast(), &VTABLE);
        // SAFETY: the table keeps a waker's contract, and the data is a count of its own.
        let waker = unsafe { Waker::from_raw(raw) };
        Self { future: Some(Box::pin(future)), waker, tally }
    }

    /// Polls once; drops the future once it is ready.
    ///
    /// # Panics
    ///
    /// If it was ready before.
    pub fn poll(&mut self) -> Poll<T> {
        self.tally.polls.fetch_add(1, Relaxed);
        let future = self.future.as_mut().expect("polled after it was ready");
        let poll = future.as_mut().poll(&mut Context::from_waker(&self.waker));
        if poll.is_ready() {
            self.future = None;
        }
        poll
    }

    /// Whether it has to be polled: woken, and not ready.
    pub fn is_runnable(&self) -> bool {
        self.future.is_some() && self.tally.take_woken()
    }
}

/// Polls those who are woken until nobody is; returns what they were ready with.
pub fn run_woken<T>(tasks: &mut [Task<'_, T>]) -> Vec<T> {
    let mut outputs = Vec::with_capacity(tasks.len());
    loop {
        let before: usize = tasks.iter().map(|task| task.tally.polls.load(Relaxed)).sum();
        for task in tasks.iter_mut().filter(|task| task.is_runnable()) {
            if let Poll::Ready(output) = task.poll() {
                outputs.push(output);
            }
        }
        let after: usize = tasks.iter().map(|task| task.tally.polls.load(Relaxed)).sum();
        if before == after {
            return outputs;
        }
    }
}
