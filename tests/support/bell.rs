//! A waker by hand: each of its methods runs a test's code, which may panic or
//! use the cell.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::panic::catch_unwind;
use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Event {
    Clone,
    Wake,
    WakeByRef,
    Drop,
}

/// What a waker points to; each handle is one strong count. The wakers must stay
/// on their thread.
pub(crate) struct Bell {
    on: Box<dyn Fn(Event)>,
    wakes: Cell<usize>,
}

impl Bell {
    pub(crate) fn new(on: impl Fn(Event) + 'static) -> Rc<Self> {
        Rc::new(Self { on: Box::new(on), wakes: Cell::new(0) })
    }

    pub(crate) fn wakes(&self) -> usize {
        self.wakes.get()
    }

    /// Polls with a waker that is lent out, and not counted.
    pub(crate) fn poll<F: Future + ?Sized>(
        self: &Rc<Self>,
        future: Pin<&mut F>,
    ) -> Poll<F::Output> {
        let raw = RawWaker::new(Rc::as_ptr(self).cast(), &VTABLE);
        // SAFETY: the table keeps a waker's contract, and the tests that use it
        // keep their wakers on one thread. It is not dropped, so not counted.
        let waker = ManuallyDrop::new(unsafe { Waker::from_raw(raw) });
        future.poll(&mut Context::from_waker(&waker))
    }

    /// # Safety
    ///
    /// `data` is that of a counted handle, which is given up.
    unsafe fn take(data: *const ()) -> Rc<Self> {
        // SAFETY: the caller's promise: the pointer came from `Rc::as_ptr`.
        unsafe { Rc::from_raw(data.cast()) }
    }

    fn rings(&self, how: Event) {
        self.wakes.set(self.wakes.get() + 1);
        (self.on)(how);
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: the handle that is cloned stays counted, by `ManuallyDrop`.
        let bell = ManuallyDrop::new(unsafe { Bell::take(data) });
        (bell.on)(Event::Clone);
        let _counted = ManuallyDrop::new(Rc::clone(&bell));
        RawWaker::new(data, &VTABLE)
    },
    // SAFETY: waking by value gives the handle up.
    |data| unsafe { Bell::take(data) }.rings(Event::Wake),
    |data| {
        // SAFETY: waking by reference keeps the handle, by `ManuallyDrop`.
        ManuallyDrop::new(unsafe { Bell::take(data) }).rings(Event::WakeByRef);
    },
    |data| {
        // SAFETY: dropping gives the handle up.
        let bell = unsafe { Bell::take(data) };
        (bell.on)(Event::Drop);
    },
);

/// A future with a bell of its own, run by [`run`] only when the bell has rung.
pub(crate) struct Ringer<'a, O> {
    future: Option<Pin<Box<dyn Future<Output = O> + 'a>>>,
    bell: Rc<Bell>,
    seen: Option<usize>,
    /// Bells of earlier polls.
    old: Vec<Rc<Bell>>,
}

impl<'a, O> Ringer<'a, O> {
    pub(crate) fn new(bell: Rc<Bell>, future: impl Future<Output = O> + 'a) -> Self {
        Self { future: Some(Box::pin(future)), bell, seen: None, old: Vec::new() }
    }

    pub(crate) fn change_bell(&mut self, bell: Rc<Bell>) {
        self.old.push(core::mem::replace(&mut self.bell, bell));
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.future.is_some() && self.seen != Some(self.bell.wakes())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.future.is_none()
    }

    /// Polls; catches a panic, and then drops the future, as an executor does.
    pub(crate) fn poll(&mut self, panics: &mut usize) -> Option<O> {
        self.seen = Some(self.bell.wakes());
        let future = self.future.as_mut()?;
        match caught(panics, || self.bell.poll(future.as_mut())) {
            Some(Poll::Pending) => None,
            Some(Poll::Ready(output)) => {
                self.cancel(panics);
                Some(output)
            }
            None => {
                self.cancel(panics);
                None
            }
        }
    }

    pub(crate) fn cancel(&mut self, panics: &mut usize) {
        let future = self.future.take();
        caught(panics, || drop(future));
    }

    /// How many wakers somebody keeps.
    pub(crate) fn retained(&self) -> usize {
        self.old.iter().chain([&self.bell]).map(|bell| Rc::strong_count(bell) - 1).sum()
    }
}

/// Polls those whose bells have rung, until nobody's has.
pub(crate) fn run<O>(ringers: &mut [Ringer<'_, O>], panics: &mut usize) {
    while ringers.iter().any(Ringer::is_woken) {
        for ringer in ringers.iter_mut().filter(|ringer| ringer.is_woken()) {
            ringer.poll(panics);
        }
    }
}

/// What the closure returns, or one panic more.
pub(crate) fn caught<R>(panics: &mut usize, user: impl FnOnce() -> R) -> Option<R> {
    let result = catch_unwind(AssertUnwindSafe(user)).ok();
    *panics += usize::from(result.is_none());
    result
}
