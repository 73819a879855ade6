//! Wakers that count, random numbers, polling.

use core::cell::Cell;
use core::pin::Pin;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use critical_section::Mutex;

/// Counts how often its waker was woken.
pub struct Bell(AtomicU32);

impl Bell {
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    pub fn rings(&self) -> u32 {
        self.0.load(Relaxed)
    }

    pub fn waker(&'static self) -> Waker {
        // SAFETY: the data is a `&'static Bell`, as the functions of the table expect.
        unsafe { Waker::new((&raw const *self).cast(), &TABLE) }
    }
}

static TABLE: RawWakerVTable =
    RawWakerVTable::new(|bell| RawWaker::new(bell, &TABLE), ring, ring, |_| {});

fn ring(bell: *const ()) {
    // SAFETY: made by `Bell::waker` from a reference to a static.
    let bell = unsafe { &*bell.cast::<Bell>() };
    add(&bell.0, 1);
}

/// Adds, with no interrupt between: there may be no instruction for it.
pub fn add(counter: &AtomicU32, n: u32) {
    critical_section::with(|_| counter.store(counter.load(Relaxed) + n, Relaxed));
}

/// A value that passes between main and an interrupt.
pub struct Post<T>(Mutex<Cell<Option<T>>>);

impl<T> Post<T> {
    pub const fn new() -> Self {
        Self(Mutex::new(Cell::new(None)))
    }

    pub fn put(&self, value: T) {
        critical_section::with(|token| self.0.borrow(token).set(Some(value)));
    }

    pub fn take(&self) -> Option<T> {
        critical_section::with(|token| self.0.borrow(token).take())
    }
}

/// One poll.
pub fn poll<F: Future>(future: Pin<&mut F>, bell: &'static Bell) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&bell.waker()))
}

/// Pending so many times.
pub async fn yields(mut times: u32) {
    core::future::poll_fn(|_| {
        times = times.wrapping_sub(1);
        if times == u32::MAX { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Xorshift: the same numbers each time.
pub struct Random(u32);

impl Random {
    pub const fn new(seed: u32) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % bound
    }
}
