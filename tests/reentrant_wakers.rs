//! Wakers run any code: they read, set and lead the cell, drop or poll other
//! waiters, and bring new ones, while the cell is waking.

use core::cell::{Cell, RefCell};
use core::pin::Pin;
use std::rc::Rc;

use bellwether::{InitGuard, InitOutcome, OnceCell, SetError, TryLead, Wait};

#[path = "support/bell.rs"]
mod bell;
#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use bell::{Bell, Event};
use support::Random;

type Cellar = &'static OnceCell<usize>;
type Boxed = Pin<Box<dyn Future<Output = usize>>>;
type BoxedWait = Pin<Box<Wait<'static, usize>>>;
/// Futures that wakers can reach.
type Shelf = Rc<RefCell<Vec<Option<Boxed>>>>;

fn leak() -> Cellar {
    Box::leak(Box::default())
}

fn guard_of(cell: Cellar) -> InitGuard<'static, usize> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

/// Parks `count` candidates on the shelf; whoever is woken calls `on` with its place.
fn park(
    cell: Cellar,
    count: usize,
    on: impl Fn(&Shelf, usize) + 'static,
) -> (Shelf, Vec<Rc<Bell>>) {
    let shelf = Shelf::default();
    let on = Rc::new(on);
    let bells: Vec<_> = (0..count)
        .map(|id| {
            let (weak, on) = (Rc::downgrade(&shelf), on.clone());
            Bell::new(move |event| {
                if let (Event::Wake, Some(shelf)) = (event, weak.upgrade()) {
                    on(&shelf, id);
                }
            })
        })
        .collect();
    for (id, bell) in bells.iter().enumerate() {
        let mut future: Boxed =
            Box::pin(async move { *cell.get_or_init(|| async move { id }).await });
        assert!(bell.poll(future.as_mut()).is_pending());
        shelf.borrow_mut().push(Some(future));
    }
    (shelf, bells)
}

fn take(shelf: &Shelf, id: usize) -> Option<Boxed> {
    shelf.borrow_mut().get_mut(id).and_then(Option::take)
}

fn wakes(bells: &[Rc<Bell>]) -> Vec<usize> {
    bells.iter().map(|bell| bell.wakes()).collect()
}

/// Ends the lead both ways.
fn with_both_ends(play: impl Fn(Cellar, &dyn Fn(InitGuard<'static, usize>))) {
    play(leak(), &|guard| assert_eq!(guard.set(7), &7));
    play(leak(), &drop);
}

#[test]
fn a_waker_may_read_and_set_the_cell() {
    let cell = leak();
    let (_shelf, bells) = park_led(cell, 3, move |_, id| {
        // The first sets it, right after the failure; the others find it set.
        assert_eq!(cell.set(100 + id).is_ok(), id == 0);
        assert_eq!(cell.get(), Some(&100));
    });
    assert_eq!(wakes(&bells), [1, 1, 1]);
    assert!(bells.iter().all(|bell| Rc::strong_count(bell) == 1));
}

/// As `park`, and then the lead fails.
fn park_led(
    cell: Cellar,
    count: usize,
    on: impl Fn(&Shelf, usize) + 'static,
) -> (Shelf, Vec<Rc<Bell>>) {
    let guard = guard_of(cell);
    let parked = park(cell, count, on);
    drop(guard);
    parked
}

#[test]
fn a_waker_may_lead_and_fail_again() {
    let cell = leak();
    let (shelf, bells) = park_led(cell, 70, move |_, _| {
        if let TryLead::Leader(guard) = cell.try_lead() {
            drop(guard);
        }
    });
    assert_eq!(wakes(&bells), vec![1; 70], "woken once: none was polled since");
    let mut last = take(&shelf, 69).unwrap();
    assert!(matches!(bells[69].poll(last.as_mut()), core::task::Poll::Ready(69)));
}

#[test]
fn a_waker_may_drop_its_own_future() {
    with_both_ends(|cell, end| {
        let guard = guard_of(cell);
        let (shelf, bells) = park(cell, 70, |shelf, id| drop(take(shelf, id)));
        end(guard);
        assert_eq!(wakes(&bells), vec![1; 70]);
        assert!(shelf.borrow().iter().all(Option::is_none));
        assert!(bells.iter().all(|bell| Rc::strong_count(bell) == 1));
    });
}

#[test]
fn a_waker_may_drop_any_other_future() {
    // Near and far, older and newer, on either side of a turn's end.
    for distance in [1, 2, 31, 32, 33, 69] {
        for backwards in [false, true] {
            with_both_ends(|cell, end| {
                let guard = guard_of(cell);
                let (shelf, bells) = park(cell, 70, move |shelf, id| {
                    let other =
                        if backwards { id.checked_sub(distance) } else { Some(id + distance) };
                    drop(other.and_then(|other| take(shelf, other)));
                });
                end(guard);
                for (place, bell) in shelf.borrow().iter().zip(&bells) {
                    assert!(place.is_none() || bell.wakes() == 1, "somebody hangs");
                    assert_eq!(Rc::strong_count(bell), 1);
                }
            });
        }
    }
}

#[test]
fn a_waker_may_drop_everybody() {
    for (count, by) in [(5, 0), (5, 4), (70, 0), (70, 31), (70, 32), (70, 69)] {
        with_both_ends(|cell, end| {
            let guard = guard_of(cell);
            let (_shelf, bells) = park(cell, count, move |shelf, id| {
                if id == by {
                    (0..count).for_each(|id| drop(take(shelf, id)));
                }
            });
            end(guard);
            assert!(bells.iter().all(|bell| Rc::strong_count(bell) == 1));
            assert!(matches!(cell.set(50), Ok(50) | Err(SetError::AlreadySet(50))));
        });
    }
}

#[test]
fn a_waker_may_poll_its_own_future() {
    // As an executor does that runs what it wakes at once.
    with_both_ends(|cell, end| {
        let guard = guard_of(cell);
        let results = Rc::new(RefCell::new(Vec::new()));
        let (_shelf, bells) = park(cell, 70, {
            let results = results.clone();
            move |shelf, id| {
                let mut future = take(shelf, id).expect("woken once");
                match Bell::new(drop).poll(future.as_mut()) {
                    core::task::Poll::Ready(value) => results.borrow_mut().push(value),
                    core::task::Poll::Pending => panic!("woken in vain"),
                }
            }
        });
        end(guard);
        let expected = *cell.get().unwrap();
        assert!(expected == 7 || expected == 0, "the oldest takes over");
        assert_eq!(*results.borrow(), vec![expected; 70]);
        assert!(bells.iter().all(|bell| Rc::strong_count(bell) == 1));
    });
}

#[test]
fn a_waker_may_bring_new_waiters() {
    let cell = leak();
    let guard = guard_of(cell);
    let news: Rc<RefCell<Vec<BoxedWait>>> = Rc::default();
    let late = Bell::new(drop);
    let (_shelf, bells) = park(cell, 70, {
        let (news, late) = (news.clone(), late.clone());
        move |_, _| {
            let mut wait = Box::pin(cell.wait());
            assert!(late.poll(wait.as_mut()).is_pending());
            news.borrow_mut().push(wait);
        }
    });
    drop(guard);
    assert_eq!(wakes(&bells), vec![1; 70]);
    assert_eq!((news.borrow().len(), late.wakes()), (70, 0));
    guard_of(cell).set(7);
    assert_eq!(late.wakes(), 70);
    assert_eq!(Rc::strong_count(&late), 2, "ours, and the closure's");
}

/// A failure wakes 32 at a time; the first of them leads, and sets the value,
/// while the failure's own place is still in the list.
#[test]
fn a_value_that_comes_during_a_failures_wake_ups_counts_each_waiter_once() {
    use recorder::{Call, Recorder};
    let cell: &'static OnceCell<u32, Recorder> = Box::leak(Box::default());
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let bells: Vec<_> = (0..40)
        .map(|id| {
            Bell::new(move |event| {
                if (event, id) == (Event::Wake, 0) {
                    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
                    guard.set(7);
                }
            })
        })
        .collect();
    let mut leads: Vec<_> = bells.iter().map(|_| Box::pin(cell.lead())).collect();
    for (bell, lead) in bells.iter().zip(&mut leads) {
        assert!(bell.poll(lead.as_mut()).is_pending());
    }
    cell.hooks().calls();
    drop(guard);
    assert_eq!(wakes(&bells), [1; 40]);
    let ends = [(InitOutcome::Ok, 40), (InitOutcome::Cancelled, 32)];
    let [ok, cancelled] = ends.map(|(outcome, waiters)| Call::InitEnd(outcome, waiters));
    assert_eq!(cell.hooks().calls(), [Call::InitBegin, ok, cancelled]);
}

#[test]
fn wakers_may_do_anything_at_random() {
    for seed in 1..200 {
        let cell = leak();
        let guard = guard_of(cell);
        let random = RefCell::new(Random::new(seed));
        let led = Rc::new(Cell::new(0));
        let count = 1 + random.borrow_mut().below(100);
        let (shelf, bells) = park(cell, count, {
            let led = led.clone();
            move |shelf, id| {
                let (what, other) = {
                    let mut random = random.borrow_mut();
                    (random.below(5), random.below(count))
                };
                match what {
                    0 => drop(take(shelf, other)),
                    1 => drop(take(shelf, id)),
                    2 => {
                        if let Some(mut future) = take(shelf, other) {
                            let _ = Bell::new(drop).poll(future.as_mut());
                        }
                    }
                    3 => {
                        if let TryLead::Leader(guard) = cell.try_lead() {
                            led.set(led.get() + 1);
                            drop(guard);
                        }
                    }
                    _ => {}
                }
            }
        });
        drop(guard);
        for (place, bell) in shelf.borrow().iter().zip(&bells) {
            assert!(place.is_none() || bell.wakes() >= 1, "seed {seed}: somebody hangs");
        }
        drop(shelf);
        assert!(bells.iter().all(|bell| Rc::strong_count(bell) == 1), "seed {seed}");
        assert!(cell.set(50).is_ok() || cell.get().is_some(), "seed {seed}");
    }
}
