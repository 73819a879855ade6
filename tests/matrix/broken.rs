//! Primitives that are broken on purpose, each in one way: the matrices must say so, and
//! say what it is.

use core::cell::{Cell, RefCell};
use core::mem::{ManuallyDrop, forget};
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::panic::catch_unwind;

use super::case::{Case, Program};
use super::task::{Task, yields};
use super::world::{Injected, Ledger, Value, inject};
use super::{cancel, panic};

/// What is wrong with a [`Baton`].
const NOTHING: u8 = 0;
const KEEPS_THE_TURN: u8 = 1;
const KEEPS_THE_WAKER: u8 = 2;
const WAKES_THE_FIRST_WAKER: u8 = 3;
const WAKES_NOBODY_AFTER_A_PANIC: u8 = 4;

/// Has one holder at a time; the others wait in a queue.
#[derive(Default)]
struct Baton<const FLAW: u8> {
    held: Cell<bool>,
    queue: RefCell<VecDeque<(usize, Waker)>>,
    known: Cell<usize>,
    kept: RefCell<Vec<Waker>>,
}

struct Acquire<'a, const FLAW: u8> {
    baton: &'a Baton<FLAW>,
    id: usize,
    queued: bool,
}

struct Held<'a, const FLAW: u8>(&'a Baton<FLAW>);

impl<const FLAW: u8> Baton<FLAW> {
    fn acquire(&self) -> Acquire<'_, FLAW> {
        self.known.set(self.known.get() + 1);
        Acquire { baton: self, id: self.known.get(), queued: false }
    }

    fn wake_next(&self) {
        let next = self.queue.borrow_mut().pop_front();
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }

    fn leave(&self, id: usize) -> Option<Waker> {
        let mut queue = self.queue.borrow_mut();
        let at = queue.iter().position(|&(other, _)| other == id)?;
        queue.remove(at).map(|(_, waker)| waker)
    }
}

impl<'a, const FLAW: u8> Future for Acquire<'a, FLAW> {
    type Output = Held<'a, FLAW>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (baton, id) = (self.baton, self.id);
        if !baton.held.replace(true) {
            self.queued = false;
            drop(baton.leave(id));
            return Poll::Ready(Held(baton));
        }
        let waker = context.waker().clone();
        let mut queue = baton.queue.borrow_mut();
        let old = match queue.iter_mut().find(|(other, _)| *other == id) {
            Some(_) if FLAW == WAKES_THE_FIRST_WAKER => Some(waker),
            Some((_, old)) => Some(core::mem::replace(old, waker)),
            None => {
                queue.push_back((id, waker));
                None
            }
        };
        drop(queue);
        drop(old);
        self.queued = true;
        Poll::Pending
    }
}

impl<const FLAW: u8> Drop for Acquire<'_, FLAW> {
    fn drop(&mut self) {
        if !self.queued {
            return;
        }
        let waits = self.baton.leave(self.id);
        // It was told that it is its turn: so it passes that on.
        if waits.is_none() && !self.baton.held.get() && FLAW != KEEPS_THE_TURN {
            self.baton.wake_next();
        }
        if FLAW == KEEPS_THE_WAKER {
            self.baton.kept.borrow_mut().extend(waits);
        }
    }
}

impl<const FLAW: u8> Drop for Held<'_, FLAW> {
    fn drop(&mut self) {
        self.0.held.set(false);
        if FLAW != WAKES_NOBODY_AFTER_A_PANIC || !std::thread::panicking() {
            self.0.wake_next();
        }
    }
}

fn baton<const FLAW: u8>(case: &mut Case) {
    let baton = &Baton::<FLAW>::default();
    let mut tasks: Vec<_> = (0..3)
        .map(|_| {
            Task::new("Acquire", |again| async move {
                let turn = || async {
                    let _held = baton.acquire().await;
                    yields(1).await;
                };
                again.retry(turn).await;
            })
        })
        .collect();
    case.run(&mut tasks);
    for task in &tasks {
        assert!(task.is_done(), "an {} hangs", task.kind);
    }
}

/// What is wrong with [`slot`].
const DROPS_TWICE: u8 = 1;
const LEAKS: u8 = 2;
const SWALLOWS: u8 = 3;

/// Calls a hook with the value that it has, and drops it.
fn slot<const FLAW: u8>(case: &mut Case) {
    struct Again<'a>(&'a Ledger, usize);
    impl Drop for Again<'_> {
        fn drop(&mut self) {
            self.0.dropped(self.1);
        }
    }
    let ledger = case.ledger.clone();
    case.call(|| match FLAW {
        DROPS_TWICE => {
            // Only in the books.
            let id = ledger.born("value");
            let _first = Again(&ledger, id);
            let second = Again(&ledger, id);
            inject("hook");
            forget(second);
        }
        LEAKS => {
            let value = ManuallyDrop::new(Value::new(&ledger, 1));
            inject("hook");
            drop(ManuallyDrop::into_inner(value));
        }
        SWALLOWS => drop(catch_unwind(|| inject("hook"))),
        _ => {
            let _value = Value::new(&ledger, 1);
            inject("hook");
        }
    });
}

/// What the matrix says.
fn verdict(matrix: impl FnOnce()) -> String {
    match catch_unwind(AssertUnwindSafe(matrix)) {
        Ok(()) => "nothing".to_string(),
        Err(panic) if panic.is::<Injected>() => "a panic that nobody caught".to_string(),
        Err(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_string(),
        },
    }
}

fn cancelled(program: Program) -> String {
    verdict(|| cancel::sweep(program, 2, &mut cancel::Covered::default()))
}

fn panicked(program: Program) -> String {
    verdict(|| panic::sweep(program, &mut panic::Covered::default()))
}

#[test]
fn what_is_not_broken_passes() {
    assert_eq!(cancelled(baton::<NOTHING>), "nothing");
    assert_eq!(panicked(baton::<NOTHING>), "nothing");
    assert_eq!(panicked(slot::<NOTHING>), "nothing");
}

#[test]
fn a_lost_wake_up_is_found() {
    assert_eq!(cancelled(baton::<KEEPS_THE_TURN>), "an Acquire hangs");
    assert_eq!(cancelled(baton::<WAKES_THE_FIRST_WAKER>), "an Acquire hangs");
    assert_eq!(panicked(baton::<WAKES_NOBODY_AFTER_A_PANIC>), "an Acquire hangs");
    // Nobody is cancelled and nothing panics: then there is nothing to be found.
    assert_eq!(panicked(baton::<WAKES_THE_FIRST_WAKER>), "nothing");
    assert_eq!(cancelled(baton::<WAKES_NOBODY_AFTER_A_PANIC>), "nothing");
}

#[test]
fn a_waker_that_is_kept_is_found() {
    let found = cancelled(baton::<KEEPS_THE_WAKER>);
    assert!(found.contains("the waker of a Acquire is kept"), "{found}");
}

#[test]
fn a_double_drop_is_found() {
    let found = panicked(slot::<DROPS_TWICE>);
    assert!(found.starts_with("dropped twice"), "{found}");
}

#[test]
fn a_leak_is_found() {
    let found = panicked(slot::<LEAKS>);
    assert!(found.starts_with("leaked"), "{found}");
}

#[test]
fn a_swallowed_panic_is_found() {
    let found = panicked(slot::<SWALLOWS>);
    assert!(found.contains("each panic reaches one caller"), "{found}");
}
