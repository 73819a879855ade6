//! Deadlocks that are certain are refused with a panic, and leave a usable cell;
//! those that are not certain are left alone.
#![cfg(feature = "std")]

use core::panic::AssertUnwindSafe;
use core::task::Poll;
use core::time::Duration;
use std::panic::catch_unwind;

use bellwether::{OnceCell, Status, TryLead};

#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use recorder::Recorder;
use support::{Task, panic_message, yields};

type Cell = OnceCell<u32>;

/// Polls a future that needs nobody else, also inside another one's poll.
fn finish<O>(future: impl Future<Output = O>) -> O {
    let mut task = Task::new(future);
    loop {
        if let Poll::Ready(output) = task.poll_if_woken() {
            return output;
        }
        assert!(task.is_woken());
    }
}

/// Every way to block on a cell.
const BLOCK: [fn(&Cell) -> u32; 3] = [
    |cell| *cell.wait_blocking(),
    |cell| *cell.get_or_init_blocking(|| 1),
    |cell| *cell.get_or_try_init_blocking(|| Ok::<_, ()>(1)).unwrap(),
];

/// Runs an initialiser, which calls the closure.
type Initialise = fn(&Cell, &dyn Fn() -> u32) -> u32;

/// Every way to do so.
const INITIALISE: [Initialise; 6] = [
    |cell, inside| *cell.get_or_init_blocking(inside),
    |cell, inside| *cell.get_or_try_init_blocking(|| Ok::<_, ()>(inside())).unwrap(),
    |cell, inside| *finish(cell.get_or_init(|| async { inside() })),
    |cell, inside| *finish(cell.get_or_try_init(|| async { Ok::<_, ()>(inside()) })).unwrap(),
    |cell, inside| {
        *finish(cell.get_or_init(|| async {
            yields(2).await;
            inside()
        }))
    },
    // In the closure, before there is a future.
    |cell, inside| *finish(cell.get_or_init(|| core::future::ready(inside()))),
];

#[track_caller]
fn is_refused(cell: &Cell, play: impl FnOnce() -> u32) {
    let payload = catch_unwind(AssertUnwindSafe(play)).expect_err("not refused");
    let message = panic_message(&*payload);
    assert!(message.starts_with("deadlock: this thread is running"), "{message}");
    assert_eq!(cell.status(), Status::Empty);
    assert_eq!(cell.get_or_init_blocking(|| 7), &7, "the cell is usable");
}

#[test]
fn blocking_on_a_cell_inside_its_own_initialiser() {
    for initialise in INITIALISE {
        for block in BLOCK {
            let cell = Cell::new();
            is_refused(&cell, || initialise(&cell, &|| block(&cell)));
        }
    }
}

#[test]
fn blocking_through_other_cells() {
    for outer in INITIALISE {
        for inner in INITIALISE {
            for block in BLOCK {
                let (first, second) = (Cell::new(), Cell::new());
                let play = || outer(&first, &|| inner(&second, &|| block(&first)));
                is_refused(&first, play);
                assert_eq!(second.status(), Status::Empty);
                assert_eq!(second.get_or_init_blocking(|| 8), &8);
            }
        }
    }
}

#[test]
fn blocking_through_a_chain_of_cells() {
    fn chain(cells: &[Cell], first: &Cell) -> u32 {
        match cells.split_first() {
            Some((cell, rest)) => *cell.get_or_init_blocking(|| chain(rest, first)),
            None => *first.wait_blocking(),
        }
    }
    for length in 1..=8 {
        let cells: Vec<_> = (0..length).map(|_| Cell::new()).collect();
        is_refused(&cells[0], || chain(&cells, &cells[0]));
        assert!(cells[1..].iter().all(|cell| cell.status() == Status::Empty));
    }
}

#[test]
fn a_waiter_of_the_refused_initialiser_takes_over() {
    let cell = Cell::new();
    let mut waiter = Task::new(cell.get_or_init(|| async { 3 }));
    let result = catch_unwind(AssertUnwindSafe(|| {
        *cell.get_or_init_blocking(|| {
            assert!(waiter.poll().is_pending());
            *cell.wait_blocking()
        })
    }));
    assert!(result.is_err());
    assert_eq!((waiter.wakes(), waiter.finish()), (1, &3));
}

#[test]
fn an_initialiser_may_catch_the_refusal_and_go_on() {
    let cell = Cell::new();
    let value = cell.get_or_init_blocking(|| {
        assert!(catch_unwind(AssertUnwindSafe(|| *cell.wait_blocking())).is_err());
        assert_eq!(cell.status(), Status::Initializing);
        5
    });
    assert_eq!(value, &5);
}

#[test]
fn other_cells_may_be_blocked_on_inside_an_initialiser() {
    let cells = [Cell::new(), Cell::new(), Cell::with_value(3)];
    let value = cells[0]
        .get_or_init_blocking(|| cells[1].get_or_init_blocking(|| *cells[2].wait_blocking()) + 1);
    assert_eq!((value, cells[1].get()), (&4, Some(&3)));
    // And this one, once the initialiser is done.
    assert_eq!(cells[0].wait_blocking(), &4);
}

#[test]
fn a_cell_may_be_blocked_on_between_the_polls_of_its_initialiser() {
    // Another thread provides the value: waiting is not certain to hang.
    let (cell, other) = (Cell::new(), Cell::new());
    let mut leader = Task::new(other.get_or_init(|| async {
        yields(1).await;
        1
    }));
    assert!(leader.poll().is_pending());
    std::thread::scope(|threads| {
        threads.spawn(|| cell.set(2).unwrap());
        assert_eq!(cell.wait_blocking(), &2);
    });
    assert_eq!(leader.finish(), &1);
    assert_eq!(other.wait_blocking(), &1);
}

#[test]
fn another_thread_may_block_on_a_cell_while_its_initialiser_runs() {
    let cell = Cell::new();
    std::thread::scope(|threads| {
        let waiter = cell.get_or_init_blocking(|| {
            let waiter = threads.spawn(|| *cell.wait_blocking());
            let started = threads.spawn(|| matches!(cell.try_lead(), TryLead::Busy));
            assert!(started.join().unwrap());
            drop(waiter);
            9
        });
        assert_eq!(waiter, &9);
    });
}

#[tokio::test(start_paused = true)]
async fn awaiting_a_cell_inside_its_own_initialiser_beside_a_time_out_is_left_alone() {
    let cell = Cell::new();
    let value = cell
        .get_or_init(|| async {
            let limit = Duration::from_secs(1);
            let own = tokio::time::timeout(limit, cell.get_or_init(|| async { 1 })).await;
            assert!(own.is_err());
            assert!(tokio::time::timeout(limit, cell.wait()).await.is_err());
            2
        })
        .await;
    assert_eq!(value, &2);
}

#[test]
fn another_threads_cell_may_be_blocked_on_inside_an_initialiser() {
    let (ours, theirs) = (Cell::new(), OnceCell::with_hooks(Recorder::default()));
    let TryLead::Leader(guard) = theirs.try_lead() else { panic!("it is empty") };
    std::thread::scope(|threads| {
        let waiter =
            threads.spawn(|| *ours.get_or_init_blocking(|| *theirs.wait_blocking() + 1_u32));
        // The second call of a hook is the begin of the wait.
        while theirs.hooks().made() < 2 && !waiter.is_finished() {
            std::thread::yield_now();
        }
        guard.set(3);
        assert_eq!(waiter.join().expect("not refused"), 4);
    });
}
