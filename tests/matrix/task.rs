//! Tasks: a future of the API, beside what may happen to it, and a waker whose every method
//! is a callback.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;

use super::bell::{Bell, Event, Ringer, caught};
use super::world::inject;

/// Says to a task that it is to drop what it awaits.
#[derive(Clone, Default)]
pub(crate) struct Restart<'a> {
    due: Rc<Cell<bool>>,
    /// Futures that panicked: to be dropped once nothing unwinds.
    panicked: Rc<RefCell<Vec<Left<'a>>>>,
}

/// A future of any type.
type Left<'a> = Pin<Box<dyn Anything + 'a>>;

trait Anything {}
impl<T> Anything for T {}

/// A future that is dropped and made anew, if that is due.
struct Retry<'a, M, F> {
    restart: Restart<'a>,
    make: M,
    future: Option<Pin<Box<F>>>,
}

impl<M, F> Unpin for Retry<'_, M, F> {}

impl<'a, F: Future + 'a, M: FnMut() -> F> Future for Retry<'a, M, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if this.restart.due.take() {
            drop(this.future.take());
        }
        let future = this.future.get_or_insert_with(|| Box::pin((this.make)()));
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| {
            if let Some(future) = this.future.take() {
                this.restart.panicked.borrow_mut().push(future);
            }
            resume_unwind(panic)
        })
    }
}

impl<'a> Restart<'a> {
    /// The output of a future, made anew as often as is due. If it panics, the frame of
    /// the task does not drop it while it unwinds, as an executor would not.
    pub(crate) fn retry<F: Future + 'a>(
        &self,
        make: impl FnMut() -> F,
    ) -> impl Future<Output = F::Output> {
        Retry { restart: self.clone(), make, future: None }
    }

    /// The same for futures that borrow something.
    pub(crate) async fn retry_with<T, R>(
        &self,
        it: &mut T,
        mut future: impl AsyncFnMut(&mut T) -> R,
    ) -> R {
        loop {
            let mut future = pin!(future(it));
            let output = poll_fn(|context| match self.due.take() {
                true => Poll::Ready(None),
                false => future.as_mut().poll(context).map(Some),
            });
            if let Some(output) = output.await {
                return output;
            }
        }
    }
}

pub(crate) struct Task<'a> {
    /// The future of the API that is in it.
    pub(crate) kind: &'static str,
    pub(crate) polls: usize,
    ringer: Ringer<'a, ()>,
    restart: Restart<'a>,
}

fn bell() -> Rc<Bell> {
    Bell::new(|event| {
        inject(match event {
            Event::Clone => "waker.clone",
            Event::Wake => "waker.wake",
            Event::WakeByRef => "waker.wake_by_ref",
            Event::Drop => "waker.drop",
        });
    })
}

impl<'a> Task<'a> {
    pub(crate) fn new<F: Future<Output = ()> + 'a>(
        kind: &'static str,
        future: impl FnOnce(Restart<'a>) -> F,
    ) -> Self {
        let restart = Restart::default();
        let ringer = Ringer::new(bell(), future(restart.clone()));
        Self { kind, polls: 0, ringer, restart }
    }

    pub(crate) fn poll(&mut self, panics: &mut usize) {
        self.polls += 1;
        self.ringer.poll(panics);
        let panicked = self.restart.panicked.take();
        panicked.into_iter().for_each(|future| _ = caught(panics, || drop(future)));
    }

    pub(crate) fn cancel(&mut self, panics: &mut usize) {
        self.ringer.cancel(panics);
    }

    pub(crate) fn restart(&mut self, panics: &mut usize) {
        self.restart.due.set(true);
        self.poll(panics);
    }

    pub(crate) fn change_waker(&mut self, panics: &mut usize) {
        self.ringer.change_bell(bell());
        self.poll(panics);
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.ringer.is_woken()
    }

    /// How many of its wakers somebody keeps.
    pub(crate) fn retained(&self) -> usize {
        self.ringer.retained()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.ringer.is_done()
    }
}

/// Pending so often; wakes itself, as a task that yields does.
pub(crate) async fn yields(times: usize) {
    for _ in 0..times {
        let mut polled = false;
        poll_fn(|context| {
            if core::mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
