//! Under Tokio: one initialiser whatever the number of workers and tasks, and no
//! task hangs when leaders are aborted, time out, fail or panic.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

use bellwether::{OnceCell, Status, TryLead};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

#[path = "support/crowd.rs"]
mod crowd;
use crowd::Crowd;

type Shared = Arc<OnceCell<usize, Crowd>>;

fn shared() -> Shared {
    Arc::default()
}

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(count).enable_time().build().unwrap()
}

/// Ten thousand tasks ask for the value; returns how often it was initialised.
async fn stampede(tasks: usize) -> usize {
    let cell = shared();
    let calls = Arc::new(AtomicUsize::new(0));
    let mut set = JoinSet::new();
    for id in 0..tasks {
        let (cell, calls) = (cell.clone(), calls.clone());
        set.spawn(async move {
            let init = || async {
                calls.fetch_add(1, Relaxed);
                yield_now().await;
                id
            };
            match id % 4 {
                0 => *cell.wait().await,
                1 => *cell.get_or_try_init(|| async { Ok::<_, ()>(init().await) }).await.unwrap(),
                _ => *cell.get_or_init(init).await,
            }
        });
    }
    let values = set.join_all().await;
    assert_eq!(values, vec![*cell.get().unwrap(); tasks]);
    assert_eq!((cell.hooks().waiting(), cell.hooks().succeeded()), (0, 1));
    calls.load(Relaxed)
}

#[test]
fn one_initialiser_for_ten_thousand_tasks_on_any_number_of_workers() {
    for count in [1, 2, 4, 8, 32] {
        assert_eq!(workers(count).block_on(stampede(10_000)), 1, "{count} workers");
    }
}

#[tokio::test]
async fn one_initialiser_for_ten_thousand_tasks_on_one_thread() {
    assert_eq!(stampede(10_000).await, 1);
}

#[test]
fn an_aborted_leader_is_replaced() {
    for count in [1, 4] {
        workers(count).block_on(async {
            let cell = shared();
            let leader = tokio::spawn({
                let cell = cell.clone();
                async move { *cell.get_or_init(core::future::pending).await }
            });
            while cell.status() == Status::Empty {
                yield_now().await;
            }
            let mut waiters = JoinSet::new();
            for id in 0..100 {
                let cell = cell.clone();
                waiters.spawn(async move { *cell.get_or_init(|| async move { id }).await });
            }
            while cell.hooks().waiting() < 100 {
                yield_now().await;
            }
            leader.abort();
            assert!(leader.await.unwrap_err().is_cancelled());
            let values = waiters.join_all().await;
            assert_eq!(values, [*cell.get().unwrap(); 100]);
            assert_eq!(cell.hooks().led(), 2);
        });
    }
}

#[test]
fn waiters_may_be_aborted_while_the_value_comes() {
    workers(4).block_on(async {
        for round in 0..50 {
            let cell = shared();
            let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
            let tasks: Vec<_> = (0..40)
                .map(|_| {
                    let cell = cell.clone();
                    tokio::spawn(async move { *cell.wait().await })
                })
                .collect();
            while cell.hooks().waiting() < 40 {
                yield_now().await;
            }
            let aborts: Vec<_> = tasks.iter().step_by(2).map(|task| task.abort_handle()).collect();
            let aborter = tokio::spawn(async move {
                aborts.iter().for_each(tokio::task::AbortHandle::abort);
            });
            guard.set(round);
            aborter.await.unwrap();
            for (id, task) in tasks.into_iter().enumerate() {
                match task.await {
                    Ok(value) => assert_eq!(value, round),
                    Err(error) => assert!(error.is_cancelled() && id % 2 == 0),
                }
            }
            assert_eq!(cell.hooks().waiting(), 0);
        }
    });
}

#[tokio::test(start_paused = true)]
async fn time_outs_with_retries_reach_the_value() {
    let cell = shared();
    let mut set = JoinSet::new();
    for id in 0..1_000_u64 {
        let cell = cell.clone();
        set.spawn(async move {
            let slow = || async {
                sleep(Duration::from_millis(95)).await;
                7
            };
            // Only one caller is patient enough to initialise it.
            let limit = Duration::from_millis(if id == 500 { 100 } else { 10 + id % 50 });
            let mut attempts = 0;
            while timeout(limit, cell.get_or_init(slow)).await.is_err() {
                attempts += 1;
                sleep(Duration::from_millis(id % 5)).await;
                if id != 500 && attempts == 3 {
                    return *cell.wait().await;
                }
            }
            *cell.get().unwrap()
        });
    }
    assert_eq!(set.join_all().await, [7; 1_000]);
    assert_eq!((cell.hooks().waiting(), cell.hooks().succeeded()), (0, 1));
}

#[test]
fn panicking_and_failing_tasks_are_replaced() {
    workers(4).block_on(async {
        let cell = shared();
        let calls = Arc::new(AtomicUsize::new(0));
        let mut set = JoinSet::new();
        for _ in 0..100 {
            let (cell, calls) = (cell.clone(), calls.clone());
            set.spawn(async move {
                let init = || async {
                    yield_now().await;
                    let call = calls.fetch_add(1, Relaxed);
                    assert!(call % 2 == 0 || call >= 20, "as asked");
                    if call < 20 { Err(()) } else { Ok(call) }
                };
                cell.get_or_try_init(init).await.copied()
            });
        }
        let (mut panics, mut errors, mut values) = (0, 0, 0);
        while let Some(result) = set.join_next().await {
            match result {
                Ok(Ok(value)) => values += usize::from(value == 20),
                Ok(Err(())) => errors += 1,
                Err(error) => panics += usize::from(error.is_panic()),
            }
        }
        assert_eq!((panics, errors, values), (10, 10, 80));
    });
}

#[cfg(feature = "std")]
#[test]
fn tasks_and_blocking_threads_share_a_cell() {
    workers(2).block_on(async {
        for fails in [false, true] {
            let cell = shared();
            let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
            let mut set = JoinSet::new();
            for id in 0..12 {
                let cell = cell.clone();
                match id % 3 {
                    0 => set.spawn_blocking(move || *cell.wait_blocking()),
                    1 => set.spawn_blocking(move || *cell.get_or_init_blocking(|| 1)),
                    _ => set.spawn(async move { *cell.get_or_init(|| async { 1 }).await }),
                };
            }
            while cell.hooks().waiting() < 12 {
                yield_now().await;
            }
            match fails {
                true => drop(guard),
                false => _ = guard.set(1),
            }
            assert_eq!(set.join_all().await, [1; 12]);
            assert_eq!(cell.hooks().led(), 1 + usize::from(fails));
        }
    });
}

#[tokio::test]
async fn select_gives_up_a_waiter_and_starts_again() {
    let cell = shared();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    for _ in 0..100 {
        tokio::select! {
            biased;
            _ = cell.wait() => panic!("nobody set it"),
            _ = cell.get_or_init(|| async { panic!("somebody leads") }) => panic!("nobody set it"),
            () = yield_now() => {}
        }
        assert_eq!(cell.hooks().waiting(), 0);
    }
    let (value, ()) = tokio::join!(cell.wait(), async { _ = guard.set(3) });
    assert_eq!(value, &3);
}
