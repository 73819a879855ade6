//! Any executor will do: one by hand, `block_on`, `FuturesUnordered`, `join!`
//! and `select!`.

use core::cell::Cell;
use core::pin::pin;
use core::task::{Context, Poll};
use std::sync::Arc;
use std::task::Wake;
use std::thread::Thread;

use bellwether::{Lead, OnceCell};
use futures::executor::{LocalPool, block_on};
use futures::future::{Either, FutureExt, join_all, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::task::LocalSpawnExt;

#[path = "support/support.rs"]
mod support;
use support::{Random, yields};

/// Wakes a thread: all that an executor needs.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn by_hand<F: Future>(future: F) -> F::Output {
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn an_executor_of_twenty_lines() {
    let cell = OnceCell::new();
    std::thread::scope(|threads| {
        let waiters: Vec<_> = (0..4)
            .map(|id| {
                let cell = &cell;
                threads.spawn(move || match id % 2 {
                    0 => *by_hand(cell.wait()),
                    _ => *by_hand(cell.get_or_init(|| async { 7 })),
                })
            })
            .collect();
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), 7);
        }
    });
    assert_eq!(by_hand(cell.get_or_try_init(|| async { Err(()) })), Ok(&7));
}

#[test]
fn block_on_of_several_threads() {
    let cell = OnceCell::new();
    std::thread::scope(|threads| {
        let init = |id| {
            let cell = &cell;
            move || {
                *block_on(cell.get_or_init(|| async move {
                    yields(3).await;
                    id
                }))
            }
        };
        let results = [1, 2, 3].map(|id| threads.spawn(init(id))).map(|t| t.join().unwrap());
        assert!(results.iter().all(|value| Some(value) == cell.get()));
    });
}

#[test]
fn join_polls_leader_and_waiters_as_one_task() {
    let cell = OnceCell::new();
    let calls = Cell::new(0);
    let init = || async {
        calls.set(calls.get() + 1);
        yields(3).await;
        7
    };
    let all = async {
        let both = futures::join!(cell.wait(), cell.get_or_init(init), cell.get_or_init(init));
        assert_eq!(both, (&7, &7, &7));
        join_all((0..100).map(|_| cell.get_or_init(init))).await
    };
    assert_eq!(block_on(all), vec![&7; 100]);
    assert_eq!(calls.get(), 1);

    let cell = OnceCell::new();
    block_on(join_all((0..100).map(|_| cell.get_or_init(|| yields(2).map(|()| 9)))));
    assert_eq!(cell.get(), Some(&9));
}

#[test]
fn select_drops_the_leader_and_the_other_arm_takes_over() {
    let cell = OnceCell::new();
    let taken = block_on(async {
        let mut other = pin!(cell.get_or_init(|| async { "other" }));
        {
            let never = pin!(cell.get_or_init(core::future::pending));
            let both = pin!(select(never, &mut other));
            let soon = pin!(yields(5));
            assert!(matches!(select(both, soon).await, Either::Right(_)));
        }
        other.await
    });
    assert_eq!(taken, &"other");
}

#[test]
fn select_in_a_loop_keeps_a_pinned_waiter() {
    let cell = OnceCell::new();
    let turns = block_on(async {
        let mut wait = Box::pin(cell.wait()).fuse();
        let mut turns = 0;
        loop {
            let mut tick = Box::pin(yields(1)).fuse();
            futures::select_biased! {
                value = wait => break assert_eq!(value, &7),
                () = tick => {
                    turns += 1;
                    if turns == 5 {
                        cell.set(7).unwrap();
                    }
                }
            }
        }
        turns
    });
    assert_eq!(turns, 5);
}

#[test]
fn a_thousand_futures_in_one_set() {
    let cell = OnceCell::new();
    let calls = Cell::new(0);
    let init = || async {
        calls.set(calls.get() + 1);
        yields(2).await;
        if calls.get() < 10 { Err(()) } else { Ok(7) }
    };
    let mut set: FuturesUnordered<_> = (0..1_000).map(|_| cell.get_or_try_init(init)).collect();
    let (mut errors, mut values) = (0, 0);
    while let Some(result) = block_on(set.next()) {
        match result {
            Ok(value) => values += usize::from(*value == 7),
            Err(()) => errors += 1,
        }
    }
    assert_eq!((errors, values, calls.get()), (9, 991, 10));
}

#[test]
fn a_set_that_is_dropped_half_way_leaves_the_cell_to_others() {
    let cell = OnceCell::<u32>::new();
    let mut random = Random::new(3);
    for _ in 0..50 {
        let mut set: FuturesUnordered<_> = (0..100).map(|_| cell.lead()).collect();
        let mut guards = Vec::new();
        for _ in 0..random.below(4) {
            if let Some(Some(Lead::Leader(guard))) = set.next().now_or_never() {
                guards.push(guard);
            }
            if random.below(2) == 0 {
                guards.clear();
            }
        }
        assert!(guards.len() <= 1);
    }
    assert_eq!(block_on(cell.get_or_init(|| async { 7 })), &7);
}

#[test]
fn tasks_of_a_local_pool() {
    thread_local!(static CELL: OnceCell<std::rc::Rc<u32>> = const { OnceCell::new() });
    let mut pool = LocalPool::new();
    let shared: &'static OnceCell<std::rc::Rc<u32>> = Box::leak(Box::default());
    for id in 0..20 {
        let init = move || async move {
            yields(2).await;
            std::rc::Rc::new(id)
        };
        let task = async move { assert_eq!(**shared.get_or_init(init).await, 0) };
        pool.spawner().spawn_local(task).unwrap();
    }
    pool.run();
    assert_eq!(shared.get().map(|value| **value), Some(0));
    CELL.with(|cell| assert_eq!(**block_on(cell.get_or_init(|| async { 1.into() })), 1));
}
