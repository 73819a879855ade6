//! One initialiser runs at a time, none after a success, and a failed one has no
//! trace left when the next starts.

use core::cell::{Cell, RefCell};
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll};
use std::sync::Arc;

use bellwether::{OnceCell, Status, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Task, Token, yields};

#[test]
fn the_first_caller_initialises_and_the_others_get_its_value() {
    let cell = OnceCell::new();
    let calls = Cell::new(0);
    let mut tasks: Vec<_> = (0..5)
        .map(|id| {
            let calls = &calls;
            Task::new(cell.get_or_init(move || async move {
                calls.set(calls.get() + 1);
                yields(2).await;
                id
            }))
        })
        .collect();
    assert_eq!(calls.get(), 0, "a future does nothing before it is polled");
    for task in &mut tasks {
        assert!(task.poll().is_pending());
    }
    assert!(tasks[0].poll().is_pending());
    assert_eq!(tasks[0].finish(), &0);
    for task in &mut tasks[1..] {
        assert_eq!((task.wakes(), task.finish()), (1, &0));
    }
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_ready_cell_runs_nothing_but_drops_the_closure_at_once() {
    let cell = OnceCell::with_value(7);
    let drops = Arc::new(AtomicUsize::new(0));
    let token = Token::new(&drops);
    let mut task = Task::new(cell.get_or_init(move || {
        let _owned = token;
        async { unreachable!() }
    }));
    assert_eq!(task.finish(), &7);
    assert_eq!(drops.load(Relaxed), 1);
    let mut task = Task::new(cell.get_or_try_init(|| async { Err("never") }));
    assert_eq!(task.finish(), Ok(&7));
}

#[test]
fn a_value_that_comes_before_the_first_poll_spares_the_initialiser() {
    let cell = OnceCell::new();
    let mut init = Task::new(cell.get_or_init(|| async { unreachable!() }));
    let mut wait = Task::new(cell.wait());
    cell.set(7).unwrap();
    assert_eq!((init.finish(), wait.finish()), (&7, &7));
}

#[test]
fn an_error_goes_to_its_caller_alone() {
    let cell = OnceCell::<u32>::new();
    let mut first = Task::new(cell.get_or_try_init(|| async {
        yields(1).await;
        Err("first")
    }));
    let mut second = Task::new(cell.get_or_try_init(|| async { Err("second") }));
    let mut third = Task::new(cell.get_or_try_init(|| async { Ok::<_, &str>(3) }));
    assert!(first.poll().is_pending() && second.poll().is_pending() && third.poll().is_pending());
    assert_eq!(first.finish(), Err("first"));
    assert_eq!(cell.status(), Status::Empty);
    assert_eq!(second.finish(), Err("second"));
    assert_eq!(third.finish(), Ok(&3));
    assert_eq!(cell.get(), Some(&3));
}

#[test]
fn a_cell_is_initialising_while_its_leader_is_pending() {
    let cell = OnceCell::new();
    let mut task = Task::new(cell.get_or_init(|| async {
        yields(1).await;
        7
    }));
    assert_eq!(cell.status(), Status::Empty);
    assert!(task.poll().is_pending());
    assert_eq!(cell.status(), Status::Initializing);
    assert!(cell.set(8).is_err());
    assert_eq!(task.finish(), &7);
    assert_eq!(cell.status(), Status::Ready);
}

/// How a leader of the next test ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Error,
    Dropped,
    Panic,
}

#[test]
fn a_failed_initialiser_is_gone_before_the_next_starts() {
    for end in [End::Error, End::Dropped, End::Panic] {
        let cell = OnceCell::<&str>::new();
        let events = &RefCell::new(Vec::new());
        struct Says<'a>(&'a RefCell<Vec<&'static str>>, &'static str);
        impl Drop for Says<'_> {
            fn drop(&mut self) {
                self.0.borrow_mut().push(self.1);
            }
        }
        let says = |what| Says(events, what);

        let captured = says("closure's variables dropped");
        let mut first = Task::new(cell.get_or_try_init(|| {
            let moved = captured;
            let says = &says;
            async move {
                let _moved = moved;
                let _local = says("local dropped");
                yields(1).await;
                events.borrow_mut().push("side effect");
                match end {
                    End::Error => Err(()),
                    End::Dropped => {
                        yields(1).await;
                        unreachable!("dropped before")
                    }
                    End::Panic => panic!("as asked"),
                }
            }
        }));
        let mut second = Task::new(cell.get_or_try_init(|| async {
            events.borrow_mut().push("next starts");
            Ok::<_, ()>("second")
        }));
        assert!(first.poll().is_pending() && second.poll().is_pending());
        let result = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| first.poll()));
        match end {
            End::Error => assert_eq!(result.unwrap(), core::task::Poll::Ready(Err(()))),
            End::Dropped => {
                assert!(result.unwrap().is_pending());
                assert_eq!(first.cancel(), 0);
            }
            End::Panic => assert!(result.is_err()),
        }
        assert_eq!((second.wakes(), second.finish()), (1, Ok(&"second")));
        assert_eq!(
            *events.borrow(),
            ["side effect", "local dropped", "closure's variables dropped", "next starts"],
            "{end:?}"
        );
    }
}

/// Not an async block, whose variables go before its output arrives: this one
/// sees what the cell is at when it is dropped.
struct Looks<'a> {
    cell: &'a OnceCell<u32>,
    polls: usize,
    result: Option<Result<u32, ()>>,
    seen: &'a Cell<Option<Status>>,
}

impl Future for Looks<'_> {
    type Output = Result<u32, ()>;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        self.polls += 1;
        match self.polls {
            1 => Poll::Pending,
            _ => Poll::Ready(self.result.expect("as asked")),
        }
    }
}

impl Drop for Looks<'_> {
    fn drop(&mut self) {
        self.seen.set(Some(self.cell.status()));
    }
}

#[test]
fn an_initialisers_future_is_dropped_after_the_value_is_set_and_before_a_hand_over() {
    for (result, dropped, at_drop) in [
        (Some(Ok(7)), false, Status::Ready),
        (Some(Err(())), false, Status::Initializing),
        (None, false, Status::Initializing),
        (None, true, Status::Initializing),
    ] {
        let cell = OnceCell::new();
        let seen = Cell::new(None);
        let init = || Looks { cell: &cell, polls: 0, result, seen: &seen };
        let mut task = Task::new(cell.get_or_try_init(init));
        assert!(task.poll().is_pending());
        if !dropped {
            let poll = core::panic::AssertUnwindSafe(|| task.poll().is_ready());
            assert_eq!(std::panic::catch_unwind(poll).ok(), result.map(|_| true));
        }
        task.cancel();
        assert_eq!(seen.get(), Some(at_drop), "{result:?}");
    }
}

#[test]
fn no_initialiser_runs_while_another_one_does() {
    let cell = OnceCell::<u32>::new();
    let running = Cell::new(0);
    let finished = Cell::new(0);
    let init = || async {
        assert_eq!(running.replace(1), 0);
        yields(3).await;
        assert_eq!(running.replace(0), 1);
        finished.set(finished.get() + 1);
        if finished.get() < 6 { Err(()) } else { Ok(9) }
    };
    let mut tasks: Vec<_> = (0..10).map(|_| Some(Task::new(cell.get_or_try_init(init)))).collect();
    let mut results = Vec::new();
    support::run(&mut tasks, |_, result| results.push(result));
    assert_eq!(results.len(), 10, "nobody is left");
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 5);
    assert_eq!(finished.get(), 6, "none runs after the success");
}

#[test]
fn a_leader_may_give_its_guard_away() {
    let cell: &'static OnceCell<u32> = Box::leak(Box::default());
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let mut waiter = Task::new(cell.wait());
    assert!(waiter.poll().is_pending());
    let setter = std::thread::spawn(move || *guard.set(7));
    assert_eq!(setter.join().unwrap(), 7);
    assert_eq!((waiter.wakes(), waiter.finish()), (1, &7));
}

#[test]
fn futures_panic_when_polled_after_the_end() {
    fn polled_again<O>(future: impl Future<Output = O>) -> bool {
        let mut task = Task::new(future);
        let _ = task.finish();
        std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| task.poll())).is_err()
    }
    let cell = OnceCell::new();
    assert!(polled_again(cell.get_or_try_init(|| async { Err(()) })), "after an error");
    assert!(polled_again(cell.lead()), "after the lead");
    assert!(polled_again(cell.get_or_init(|| async { 7 })), "after initialising");
    assert!(polled_again(cell.get_or_init(|| async { 8 })), "ready at once");
    assert!(polled_again(cell.get_or_try_init(|| async { Err(()) })), "ready at once");
    assert!(polled_again(cell.wait()));
    assert!(polled_again(cell.lead()));
    assert_eq!(cell.get(), Some(&7));
}
