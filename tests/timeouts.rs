//! Ten thousand waiters time out at once, in any order, and leave nothing
//! behind: no waker, no byte, no place in the queue.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use bellwether::{OnceCell, Status, TryLead};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

#[path = "support/allocator.rs"]
mod allocator;
#[path = "support/support.rs"]
mod support;
use allocator::live_bytes;
use support::{Log, Random, Task};

const WAITERS: usize = 10_000;

/// Parks the waiters, drops them as `order` says, and returns what is left of
/// `stay`, which were parked among them.
fn give_up(cell: &OnceCell<usize>, order: impl FnOnce(&mut Vec<Task<'_, usize>>)) {
    let before = live_bytes();
    let log = Log::default();
    let mut stay = Vec::new();
    let mut tasks: Vec<_> = (0..WAITERS)
        .map(|id| {
            let mut task = match id % 2 {
                0 => Task::new(async { *cell.wait().await }),
                _ => Task::new(async { *cell.get_or_init(|| async { 1 }).await }),
            };
            assert!(task.poll().is_pending());
            if id % 1_000 == 500 {
                let mut task = Task::logged(id, &log, async { *cell.wait().await });
                assert!(task.poll().is_pending());
                stay.push(task);
            }
            task
        })
        .collect();
    order(&mut tasks);
    for task in tasks {
        assert_eq!((task.retained(), task.wakes()), (1, 0));
        assert_eq!(task.cancel(), 0);
    }
    assert!(stay.iter().all(|task| task.retained() == 1), "who stays is still registered");
    cell.set(0).unwrap_err();
    drop(stay);
    drop(log);
    assert_eq!(live_bytes(), before);
}

#[test]
fn nothing_stays_whatever_the_order() {
    let cell = OnceCell::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    give_up(&cell, |_| {});
    give_up(&cell, |tasks| tasks.reverse());
    for seed in 1..=3 {
        give_up(&cell, |tasks| Random::new(seed).shuffle(tasks));
    }
    guard.set(7);
    assert_eq!(cell.get(), Some(&7));
}

#[test]
fn waiters_that_stay_are_woken_in_order_after_the_others_left() {
    let cell = OnceCell::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let log = Log::default();
    let mut tasks: Vec<_> =
        (0..WAITERS).map(|id| Task::logged(id, &log, cell.wait())).map(Some).collect();
    assert!(tasks.iter_mut().flatten().all(|task| task.poll().is_pending()));
    let mut order: Vec<_> = (0..WAITERS).filter(|id| id % 100 != 0).collect();
    Random::new(9).shuffle(&mut order);
    for id in order {
        assert_eq!(tasks[id].take().map(Task::cancel), Some(0));
    }
    guard.set(7);
    assert_eq!(*log.lock().unwrap(), Vec::from_iter((0..WAITERS).step_by(100)));
    assert!(tasks.iter_mut().flatten().all(|task| *task.finish() == 7));
}

/// One round of time-outs under Tokio, whose clock stands until all tasks sleep.
async fn round(cell: &'static OnceCell<usize>, kinds: usize) {
    let mut tasks = JoinSet::new();
    for id in 0..WAITERS {
        let limit = Duration::from_millis((id % 7).try_into().unwrap());
        tasks.spawn(async move {
            match id % kinds {
                0 => timeout(limit, cell.wait()).await.is_err(),
                1 => timeout(limit, cell.get_or_init(|| async { 1 })).await.is_err(),
                2 => timeout(limit, cell.get_or_try_init(|| async { Err(()) })).await.is_err(),
                _ => timeout(limit, cell.lead()).await.is_err(),
            }
        });
    }
    let mut count = 0;
    while let Some(timed_out) = tasks.join_next().await {
        assert!(timed_out.unwrap());
        count += 1;
    }
    assert_eq!(count, WAITERS);
}

#[tokio::test(start_paused = true)]
async fn time_outs_leave_no_byte_behind() {
    let cell: &'static OnceCell<usize> = Box::leak(Box::default());
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    // The first round is the runtime's, whose queues grow.
    round(cell, 4).await;
    let before = live_bytes();
    for _ in 0..3 {
        round(cell, 4).await;
        assert_eq!(live_bytes(), before);
    }
    guard.set(7);
    assert_eq!(cell.get(), Some(&7));
}

/// The leader, too, runs out of time; each attempt is faster than the last.
#[tokio::test(start_paused = true)]
async fn leaders_may_time_out_one_after_the_other() {
    static ATTEMPTS: AtomicU64 = AtomicU64::new(0);
    let cell: &'static OnceCell<u64> = Box::leak(Box::default());
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        tasks.spawn(async move {
            let init = || async move {
                let attempt = ATTEMPTS.fetch_add(1, Relaxed);
                sleep(Duration::from_millis(1_000 - 100 * attempt)).await;
                attempt
            };
            loop {
                let limit = Duration::from_millis(350);
                if let Ok(value) = timeout(limit, cell.get_or_init(init)).await {
                    return *value;
                }
            }
        });
    }
    let values = tasks.join_all().await;
    assert_eq!(values, [7; 100], "the eighth takes 300 milliseconds");
    assert_eq!((ATTEMPTS.load(Relaxed), cell.status()), (8, Status::Ready));
}
