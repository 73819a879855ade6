//! A panic on top of another one: neither aborts the process nor uses anything
//! twice, and the cell stays usable.
#![cfg(feature = "std")]

use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::catch_unwind;

use bellwether::{OnceCell, OnceHooks, Status, TryLead};

#[path = "support/bell.rs"]
mod bell;
#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use bell::{Bell, Event, caught};
use recorder::Recorder;
use support::{Task, panic_message};

type Watched = OnceCell<u32, Recorder>;

#[track_caller]
fn panics<R>(user: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(user)) {
        Ok(_) => panic!("it did not panic"),
        Err(payload) => panic_message(&*payload).to_string(),
    }
}

/// A future whose hook panicked when its wait was over may be polled again, if
/// against all custom: that panics, and ends nothing twice.
#[test]
fn polling_again_after_a_hooks_panic_ends_nothing_twice() {
    for ends_with_value in [true, false] {
        for kind in 0..3 {
            // The calls: init_begin, wait_begin, init_end, wait_end, and
            // init_begin of whoever takes over.
            for call in [3, 4] {
                let cell = Watched::with_hooks(Recorder::panicking_at(call));
                let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
                let mut task = match kind {
                    0 => Task::new(async { *cell.wait().await }),
                    _ => Task::new(core::future::pending()),
                };
                let mut lead = Box::pin(cell.lead());
                let mut init = Box::pin(cell.get_or_init(|| async { 1 }));
                let bell = Bell::new(drop);
                let mut poll = || match kind {
                    0 => task.poll().is_ready(),
                    1 => bell.poll(lead.as_mut()).is_ready(),
                    _ => bell.poll(init.as_mut()).is_ready(),
                };
                assert!(!poll());
                match ends_with_value {
                    true => _ = guard.set(7),
                    false => drop(guard),
                }
                let mut count = 0;
                for _ in 0..3 {
                    caught(&mut count, &mut poll);
                }
                caught(&mut count, || drop((task, lead, init)));
                assert!(count > 0 || (kind == 0 && call == 4), "kind {kind}, hook {call}");
                assert_eq!(cell.hooks().open(), 0, "kind {kind}, hook {call}");
                assert_ne!(cell.status(), Status::Initializing);
            }
        }
    }
}

#[test]
fn a_hook_may_panic_while_an_initialiser_unwinds() {
    let cell = || Watched::with_hooks(Recorder::panicking_at(1));
    let check = |cell: Watched, message: String| {
        assert_eq!(message, "the initialiser", "the first panic reaches the caller");
        assert_eq!((cell.status(), cell.hooks().open()), (Status::Empty, 0));
        assert_eq!(cell.get_or_init_blocking(|| 7), &7);
    };

    let blocking = cell();
    let message = panics(|| *blocking.get_or_init_blocking(|| panic!("the initialiser")));
    check(blocking, message);

    let in_future = cell();
    let mut task = Task::new(in_future.get_or_init(|| async { panic!("the initialiser") }));
    let message = panics(|| task.poll());
    drop(task);
    check(in_future, message);

    let in_closure = cell();
    let init = || -> core::future::Ready<u32> { panic!("the initialiser") };
    let mut task = Task::new(in_closure.get_or_init(init));
    let message = panics(|| task.poll());
    drop(task);
    check(in_closure, message);

    let guarded = cell();
    let message = panics(|| {
        let _guard = guarded.try_lead();
        panic!("the initialiser");
    });
    check(guarded, message);
}

/// Drops its future while the thread unwinds from somewhere else.
fn drop_while_unwinding(future: impl Future, bell: &std::rc::Rc<Bell>) -> String {
    let mut future = Box::pin(future);
    assert!(bell.poll(future.as_mut()).is_pending());
    panics(|| {
        let _dropped = future;
        panic!("somebody else");
    })
}

fn bomb() -> std::rc::Rc<Bell> {
    Bell::new(|event| assert!(event != Event::Drop, "the waker"))
}

#[test]
fn a_wakers_drop_may_panic_while_its_future_is_dropped_by_a_panic() {
    let cell = OnceCell::<u32>::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    assert_eq!(drop_while_unwinding(cell.wait(), &bomb()), "somebody else");
    assert_eq!(drop_while_unwinding(cell.lead(), &bomb()), "somebody else");
    let init = cell.get_or_init(|| async { 1 });
    assert_eq!(drop_while_unwinding(init, &bomb()), "somebody else");
    assert_eq!(guard.set(7), &7);
}

#[test]
fn a_hook_and_a_wakers_drop_may_panic_together() {
    // The calls: init_begin, wait_begin, wait_end.
    let cell = Watched::with_hooks(Recorder::panicking_at(2));
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let (bell, mut wait) = (bomb(), Box::pin(cell.wait()));
    assert!(bell.poll(wait.as_mut()).is_pending());
    let message = panics(|| drop(wait));
    assert!(message.starts_with("hook 2") || message == "the waker", "{message}");
    assert_eq!(std::rc::Rc::strong_count(&bell), 1);
    assert_eq!(guard.set(7), &7);
    assert_eq!(cell.hooks().open(), 0);
}

/// Panics as it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb");
    }
}

#[test]
fn a_hook_and_what_its_call_was_given_may_panic_together() {
    // The calls: init_begin, wait_begin.
    let cell = Watched::with_hooks(Recorder::panicking_at(1));
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let (bell, mut wait) = (bomb(), Box::pin(cell.wait()));
    assert!(panics(|| bell.poll(wait.as_mut())).starts_with("hook 1"));
    assert_eq!(std::rc::Rc::strong_count(&bell), 1);
    assert_eq!(guard.set(7), &7);

    let given = Bomb;
    let init = move || {
        let _given = &given;
        core::future::ready(1)
    };
    let cell = Watched::with_hooks(Recorder::panicking_at(0));
    let (bell, mut get) = (bomb(), Box::pin(cell.get_or_init(init)));
    assert!(panics(|| bell.poll(get.as_mut())).starts_with("hook 0"));
    assert_eq!(cell.get_or_init_blocking(|| 7), &7);
}

/// Panics as it is polled and as it is dropped.
struct Initialiser {
    _owned: Bomb,
}

impl Future for Initialiser {
    type Output = Result<u32, Bomb>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        panic!("the initialiser");
    }
}

#[test]
fn an_initialiser_may_panic_and_its_drop_as_well() {
    let cell = Watched::with_hooks(Recorder::default());
    let bell = Bell::new(drop);
    let mut get = Box::pin(cell.get_or_try_init(|| Initialiser { _owned: Bomb }));
    assert_eq!(panics(|| bell.poll(get.as_mut()).is_ready()), "the initialiser");
    assert_eq!((cell.status(), cell.hooks().open()), (Status::Empty, 0));
}

#[test]
fn an_error_may_panic_that_is_lost_by_a_panic() {
    // The calls: init_begin, init_end.
    let cell = Watched::with_hooks(Recorder::panicking_at(1));
    let bell = Bell::new(drop);
    let mut get = Box::pin(cell.get_or_try_init(async || Err(Bomb)));
    assert!(panics(|| bell.poll(get.as_mut()).is_ready()).starts_with("hook 1"));
    assert_eq!((cell.status(), cell.hooks().open()), (Status::Empty, 0));
}

/// A hook that panics each time it is called.
struct Hostile;

impl OnceHooks for Hostile {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {
        panic!("wait_begin");
    }
    fn wait_end(&self, (): (), _: bellwether::WaitOutcome) {
        panic!("wait_end");
    }
    fn init_begin(&self) {
        panic!("init_begin");
    }
    fn init_end(&self, (): (), _: bellwether::InitOutcome, _: usize) {
        panic!("init_end");
    }
}

#[test]
fn hooks_that_always_panic_leave_set_to_initialise() {
    let cell = OnceCell::<u32, _>::with_hooks(Hostile);
    assert_eq!(panics(|| *cell.get_or_init_blocking(|| 1)), "init_begin");
    assert_eq!(panics(|| *cell.wait_blocking()), "wait_begin");
    assert_eq!(panics(|| Task::new(cell.lead()).poll()), "init_begin");
    assert_eq!(panics(|| Task::new(cell.get_or_init(|| async { 1 })).poll()), "init_begin");
    assert_eq!(panics(|| Task::new(cell.wait()).poll()), "wait_begin");
    assert_eq!(cell.set(7).unwrap(), &7);
    assert_eq!((cell.wait_blocking(), cell.get_or_init_blocking(|| 8)), (&7, &7));
}
