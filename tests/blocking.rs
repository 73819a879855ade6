//! Threads block as tasks wait: for each other, for tasks, and for whoever takes
//! over.
#![cfg(feature = "std")]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use bellwether::{InitGuard, OnceCell, TryLead};
use futures::executor::block_on;

#[path = "support/crowd.rs"]
mod crowd;
use crowd::Crowd;

type Cell = OnceCell<usize, Crowd>;

fn guard_of(cell: &Cell) -> InitGuard<'_, usize, Crowd> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

#[test]
fn a_lone_thread_never_blocks() {
    let cell = Cell::default();
    assert_eq!(cell.get_or_try_init_blocking(|| Err("no")), Err("no"));
    assert_eq!(cell.get_or_try_init_blocking(|| Ok::<_, ()>(7)), Ok(&7));
    assert_eq!(cell.get_or_try_init_blocking(|| Err("unused")), Ok(&7));
    assert_eq!(cell.get_or_init_blocking(|| 8), &7);
    assert_eq!((cell.wait_blocking(), cell.hooks().led()), (&7, 2));
}

#[test]
fn one_of_many_threads_initialises() {
    for _ in 0..20 {
        let cell = Cell::default();
        let calls = AtomicUsize::new(0);
        thread::scope(|threads| {
            for id in 0..8 {
                let (cell, calls) = (&cell, &calls);
                threads.spawn(move || {
                    let value = cell.get_or_init_blocking(|| {
                        calls.fetch_add(1, Relaxed);
                        thread::yield_now();
                        id
                    });
                    assert_eq!(cell.get(), Some(value));
                });
            }
        });
        assert_eq!((calls.into_inner(), cell.hooks().led()), (1, 1));
    }
}

#[test]
fn blocked_threads_are_released_by_the_value() {
    let cell = Cell::default();
    let guard = guard_of(&cell);
    thread::scope(|threads| {
        for id in 0..9 {
            let cell = &cell;
            threads.spawn(move || match id % 3 {
                0 => assert_eq!(cell.wait_blocking(), &42),
                1 => assert_eq!(cell.get_or_init_blocking(|| id), &42),
                _ => assert_eq!(cell.get_or_try_init_blocking(|| Err(id)), Ok(&42)),
            });
        }
        cell.hooks().gather(9);
        guard.set(42);
    });
    assert_eq!((cell.hooks().waiting(), cell.hooks().led()), (0, 1));
}

#[test]
fn set_releases_a_blocked_thread() {
    let cell = Cell::default();
    thread::scope(|threads| {
        let waiter = threads.spawn(|| *cell.wait_blocking());
        cell.hooks().gather(1);
        cell.set(3).unwrap();
        assert_eq!(waiter.join().unwrap(), 3);
    });
}

#[test]
fn a_blocked_thread_takes_over_and_observers_stay() {
    let cell = Cell::default();
    let guard = guard_of(&cell);
    thread::scope(|threads| {
        let observer = threads.spawn(|| *cell.wait_blocking());
        let failing =
            threads.spawn(|| cell.get_or_try_init_blocking(|| Err::<usize, _>(())).is_ok());
        cell.hooks().gather(2);
        drop(guard);
        assert!(!failing.join().unwrap(), "it took over, and failed too");
        cell.hooks().gather(1);
        assert_eq!(cell.get_or_init_blocking(|| 5), &5);
        assert_eq!(observer.join().unwrap(), 5);
    });
}

#[test]
fn threads_fail_one_after_the_other_until_one_succeeds() {
    let cell = Cell::default();
    let calls = AtomicUsize::new(0);
    let guard = guard_of(&cell);
    let init = || match calls.fetch_add(1, Relaxed) {
        call @ 0..5 => Err(call),
        call => Ok(call),
    };
    thread::scope(|threads| {
        let threads: Vec<_> = (0..8)
            .map(|_| threads.spawn(|| cell.get_or_try_init_blocking(init).copied()))
            .collect();
        cell.hooks().gather(8);
        drop(guard);
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 5);
        assert_eq!(results.iter().filter(|result| **result == Ok(5)).count(), 3);
    });
    assert_eq!(calls.into_inner(), 6);
}

#[test]
fn a_panicking_thread_lets_another_one_lead() {
    let cell = Cell::default();
    thread::scope(|threads| {
        let panicking = threads.spawn(|| {
            *cell.get_or_init_blocking(|| {
                cell.hooks().gather(2);
                panic!("as asked")
            })
        });
        while cell.hooks().led() == 0 {
            thread::yield_now();
        }
        let others = [(); 2].map(|()| threads.spawn(|| *cell.get_or_init_blocking(|| 4)));
        assert!(panicking.join().is_err());
        for other in others {
            assert_eq!(other.join().unwrap(), 4);
        }
    });
    assert_eq!(cell.hooks().led(), 2);
}

#[test]
fn threads_wait_for_tasks_and_tasks_for_threads() {
    let cell = Cell::default();
    thread::scope(|threads| {
        let task = threads.spawn(|| {
            *block_on(cell.get_or_init(|| async {
                cell.hooks().gather(1);
                6
            }))
        });
        while cell.hooks().led() == 0 {
            thread::yield_now();
        }
        assert_eq!(cell.get_or_init_blocking(|| 7), &6);
        assert_eq!(task.join().unwrap(), 6);
    });

    let cell = Cell::default();
    thread::scope(|threads| {
        let blocking = threads.spawn(|| {
            *cell.get_or_init_blocking(|| {
                cell.hooks().gather(2);
                8
            })
        });
        while cell.hooks().led() == 0 {
            thread::yield_now();
        }
        let both = async { futures::join!(cell.wait(), cell.get_or_init(|| async { 9 })) };
        assert_eq!(block_on(both), (&8, &8));
        assert_eq!(blocking.join().unwrap(), 8);
    });
}

#[test]
fn a_blocked_thread_survives_tokens_that_are_not_for_it() {
    let cell = Cell::default();
    let guard = guard_of(&cell);
    thread::scope(|threads| {
        let waiter = threads.spawn(|| *cell.wait_blocking());
        cell.hooks().gather(1);
        for _ in 0..100 {
            waiter.thread().unpark();
            thread::yield_now();
        }
        assert!(!waiter.is_finished());
        guard.set(1);
        assert_eq!(waiter.join().unwrap(), 1);
    });
}
