//! Initialisers and values that panic, anywhere: no poisoning, the next caller
//! leads, and each value is dropped once.

use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll};
use std::panic::catch_unwind;
use std::sync::Arc;

use bellwether::{OnceCell, Status, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Task, Token, panic_message};

/// Where an initialiser panics.
#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    Closure,
    Poll(usize),
    /// When it is dropped before its end.
    Drop,
    /// When it is dropped after its end.
    DropReady,
    DropFailed,
    Nowhere,
}

/// An initialiser that is pending three times.
struct Init {
    at: At,
    polls: usize,
    token: Option<Token>,
}

fn init(at: At, token: Token) -> Init {
    assert!(at != At::Closure, "in the closure");
    Init { at, polls: 0, token: Some(token) }
}

impl Future for Init {
    type Output = Result<Token, ()>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let poll = self.polls;
        self.polls += 1;
        assert!(self.at != At::Poll(poll), "in poll {poll}");
        match (poll, self.at) {
            (0..3, _) => Poll::Pending,
            (_, At::DropFailed) => Poll::Ready(Err(())),
            _ => Poll::Ready(Ok(self.token.take().expect("once"))),
        }
    }
}

impl Drop for Init {
    fn drop(&mut self) {
        let panics = match self.at {
            At::Drop => self.polls < 4,
            At::DropReady | At::DropFailed => self.polls == 4,
            _ => false,
        };
        assert!(!panics, "in drop");
    }
}

#[test]
fn an_initialiser_may_panic_anywhere() {
    let all = [At::Closure, At::Poll(0), At::Poll(1), At::Poll(2), At::Poll(3)];
    for at in all.into_iter().chain([At::Drop, At::DropReady, At::DropFailed]) {
        let drops = Arc::new(AtomicUsize::new(0));
        let cell = OnceCell::new();
        let token = Token::new(&drops);
        let mut leader = Task::new(cell.get_or_try_init(|| init(at, token)));
        let token = Token::new(&drops);
        let mut candidate = Task::new(cell.get_or_try_init(|| init(At::Nowhere, token)));
        let mut observer = Task::new(cell.wait());

        let mut panics = 0;
        for poll in 0..4 {
            match catch_unwind(AssertUnwindSafe(|| leader.poll().is_ready())) {
                Ok(false) => {}
                Ok(true) => assert_eq!(at, At::DropReady, "its drop comes later"),
                Err(payload) => {
                    assert!(panic_message(&*payload).starts_with("in "));
                    panics += 1;
                    break;
                }
            }
            if poll == 0 {
                assert!(candidate.poll().is_pending() && observer.poll().is_pending());
            }
            if at == At::Drop {
                break;
            }
        }
        let dropped = catch_unwind(AssertUnwindSafe(|| leader.cancel()));
        assert_eq!(panics + usize::from(dropped.is_err()), 1, "{at:?}: one panic, to its caller");

        if at == At::DropReady {
            assert_eq!(cell.status(), Status::Ready, "the value was set before");
            assert_eq!((candidate.wakes(), observer.wakes()), (1, 1));
        } else {
            assert_eq!(cell.status(), Status::Empty, "{at:?}: no poisoning");
            // One that panics at once does so before the others come.
            let parked = usize::from(!matches!(at, At::Closure | At::Poll(0)));
            assert_eq!((candidate.wakes(), observer.wakes()), (parked, 0));
            assert!((0..3).all(|_| candidate.poll().is_pending()));
        }
        assert!(candidate.finish().is_ok());
        observer.finish();
        drop((candidate, observer));
        assert_eq!(drops.load(Relaxed), 1, "{at:?}: one token is left, in the cell");
        drop(cell);
        assert_eq!(drops.load(Relaxed), 2);
    }
}

#[test]
fn a_closure_may_panic_when_it_is_dropped_unused() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let bombed = || {
        let bomb = Bomb;
        move || {
            core::mem::forget(bomb);
            async { 0 }
        }
    };
    let ready = OnceCell::with_value(7);
    let mut task = Task::new(ready.get_or_init(bombed()));
    assert!(catch_unwind(AssertUnwindSafe(|| task.poll())).is_err());
    assert_eq!(task.cancel(), 0);

    let cell = OnceCell::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let mut parked = Task::new(cell.get_or_init(bombed()));
    let mut ready = Task::new(cell.get_or_init(bombed()));
    let mut other = Task::new(cell.wait());
    assert!(parked.poll().is_pending() && ready.poll().is_pending() && other.poll().is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| parked.cancel())).is_err());
    guard.set(7);
    assert!(catch_unwind(AssertUnwindSafe(|| ready.poll())).is_err());
    assert_eq!((ready.cancel(), other.finish()), (0, &7));
}

#[cfg(feature = "std")]
#[test]
fn a_blocking_initialiser_may_panic() {
    let cell = OnceCell::new();
    let mut waiter = Task::new(cell.lead());
    for _ in 0..3 {
        let result =
            catch_unwind(AssertUnwindSafe(|| *cell.get_or_init_blocking(|| panic!("the {}th", 1))));
        assert_eq!(panic_message(&*result.unwrap_err()), "the 1th");
        assert_eq!(cell.status(), Status::Empty);
    }
    let result = catch_unwind(AssertUnwindSafe(|| {
        cell.get_or_try_init_blocking(|| -> Result<u32, ()> {
            assert!(waiter.poll().is_pending());
            panic!("with a waiter");
        })
    }));
    assert_eq!(panic_message(&*result.unwrap_err()), "with a waiter");
    assert_eq!(waiter.wakes(), 1);
    drop(waiter);
    assert_eq!(cell.get_or_init_blocking(|| 7), &7);
}

#[test]
fn a_value_may_panic_when_it_is_dropped() {
    struct Bomb(#[expect(dead_code, reason = "counts its drop")] Token);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let drops = Arc::new(AtomicUsize::new(0));
    let bomb = || Bomb(Token::new(&drops));
    let dropped = || drops.swap(0, Relaxed);

    let cell = OnceCell::from(bomb());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(cell))).is_err());
    assert_eq!(dropped(), 1);

    let mut cell = OnceCell::from(bomb());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(cell.take()))).is_err());
    assert_eq!((dropped(), cell.status()), (1, Status::Empty));
    assert!(cell.set(bomb()).is_ok());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(cell.set(bomb())))).is_err());
    assert_eq!((dropped(), cell.status()), (1, Status::Ready));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(cell.into_inner()))).is_err());
    assert_eq!(dropped(), 1);
}

#[test]
fn a_value_may_panic_when_it_is_cloned_compared_or_shown() {
    struct Shy(Token);
    impl Clone for Shy {
        fn clone(&self) -> Self {
            panic!("in clone");
        }
    }
    impl PartialEq for Shy {
        fn eq(&self, _: &Self) -> bool {
            panic!("in eq");
        }
    }
    impl core::fmt::Debug for Shy {
        fn fmt(&self, _: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            panic!("in fmt");
        }
    }
    let drops = Arc::new(AtomicUsize::new(0));
    let cell = OnceCell::from(Shy(Token::new(&drops)));
    assert!(catch_unwind(AssertUnwindSafe(|| cell.clone())).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| cell == cell)).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| format!("{cell:?}"))).is_err());
    assert_eq!((drops.load(Relaxed), cell.status()), (0, Status::Ready));
    let Some(Shy(token)) = cell.into_inner() else { panic!("it was ready") };
    drop(token);
    assert_eq!(drops.load(Relaxed), 1);
}

#[test]
fn many_initialisers_may_panic_one_after_the_other() {
    let cell = OnceCell::new();
    let calls = Cell::new(0);
    let init = || async {
        calls.set(calls.get() + 1);
        support::yields(1).await;
        assert!(calls.get() == 20, "not yet");
        calls.get()
    };
    let mut tasks: Vec<_> = (0..30).map(|_| Task::new(cell.get_or_init(init))).collect();
    let (mut panics, mut values) = (0, 0);
    while !tasks.is_empty() {
        let woken = tasks.iter().position(Task::is_woken).expect("somebody hangs");
        match catch_unwind(AssertUnwindSafe(|| tasks[woken].poll())) {
            Ok(Poll::Pending) => continue,
            Ok(Poll::Ready(value)) => values += usize::from(*value == 20),
            Err(_) => panics += 1,
        }
        assert_eq!(tasks.swap_remove(woken).cancel(), 0);
    }
    assert_eq!((panics, values, calls.get()), (19, 11, 20));
}
