//! What the programs over cells give to them: initialisers, and a clock.

use core::cell::Cell;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::world::{Ledger, Value, inject};

/// What an initialiser's future is: its polls and its drop are callbacks.
pub(crate) struct Init<O, F> {
    left: usize,
    output: Option<F>,
    ledger: Ledger,
    _owned: Value,
    _of: PhantomData<O>,
}

impl<O, F> Unpin for Init<O, F> {}

impl<O, F: FnOnce(&Ledger) -> O> Future for Init<O, F> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        inject("initialiser.poll");
        match self.left.checked_sub(1) {
            // Made as it is asked for, so that it is nobody's before.
            None => Poll::Ready(self.output.take().expect("polled after its end")(&self.ledger)),
            Some(left) => {
                self.left = left;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// An initialiser that yields so often. Its call and its drop are callbacks.
pub(crate) fn init<O, F: FnOnce(&Ledger) -> O>(
    ledger: &Ledger,
    steps: usize,
    output: F,
) -> impl FnOnce() -> Init<O, F> + use<O, F> {
    named(ledger, steps, output, ["closure.drop", "initialiser.drop"])
}

/// The same with other names for its drops.
pub(crate) fn named<O, F: FnOnce(&Ledger) -> O>(
    ledger: &Ledger,
    steps: usize,
    output: F,
    drops: [&'static str; 2],
) -> impl FnOnce() -> Init<O, F> + use<O, F> {
    let (ledger, captured) = (ledger.clone(), Value::named(ledger, drops[0], 0));
    move || {
        drop(captured);
        inject("closure.call");
        let owned = Value::named(&ledger, drops[1], 0);
        Init { left: steps, output: Some(output), ledger, _owned: owned, _of: PhantomData }
    }
}

pub(crate) fn succeed(ledger: &Ledger) -> Value {
    Value::new(ledger, 7)
}

pub(crate) fn fail(ledger: &Ledger) -> Result<Value, Value> {
    Err(Value::named(ledger, "error.drop", 0))
}

/// A clock that goes on by itself, and is a callback.
pub(crate) fn clock() -> u64 {
    inject("Clock::now");
    std::thread_local! {
        static NOW: Cell<u64> = const { Cell::new(1_000) };
    }
    NOW.set(NOW.get() + 10);
    NOW.get()
}
