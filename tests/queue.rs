//! Waiters queue: first in, first woken; a failure wakes every candidate and no
//! observer, and costs nobody a place in the queue.

use bellwether::{InitGuard, Lead, OnceCell, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Log, Random, Task};

fn guard_of<T>(cell: &OnceCell<T>) -> InitGuard<'_, T> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

fn woken(log: &Log) -> Vec<usize> {
    core::mem::take(&mut log.lock().unwrap())
}

/// Parks so many candidates; those in `observers` only wait.
fn park<'a>(
    cell: &'a OnceCell<usize>,
    log: &Log,
    count: usize,
    observers: fn(usize) -> bool,
) -> Vec<Task<'a, usize>> {
    let mut tasks: Vec<_> = (0..count)
        .map(|id| match observers(id) {
            true => Task::logged(id, log, async { *cell.wait().await }),
            false => Task::logged(id, log, async move { *cell.get_or_init(|| async { id }).await }),
        })
        .collect();
    for task in &mut tasks {
        assert!(task.poll().is_pending());
        assert_eq!(task.retained(), 1, "a parked waiter's waker is kept once");
    }
    tasks
}

#[test]
fn the_value_wakes_everybody_in_order() {
    // More than are woken in one turn outside the list's bit.
    for count in [1, 2, 3, 31, 32, 33, 64, 65, 200] {
        let (cell, log) = (OnceCell::new(), Log::default());
        let guard = guard_of(&cell);
        let mut tasks = park(&cell, &log, count, |id| id % 3 == 1);
        guard.set(1_000);
        assert_eq!(woken(&log), Vec::from_iter(0..count));
        for task in &mut tasks {
            assert_eq!((task.retained(), task.finish()), (0, 1_000));
        }
        assert_eq!(woken(&log), [], "woken once");
    }
}

#[test]
fn set_wakes_as_a_guard_does() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let mut tasks = park(&cell, &log, 40, |_| true);
    cell.set(5).unwrap();
    assert_eq!(woken(&log), Vec::from_iter(0..40));
    assert!(tasks.iter_mut().all(|task| task.finish() == 5));
}

#[test]
fn a_failure_wakes_every_candidate_in_order_and_no_observer() {
    for count in [1, 2, 3, 31, 32, 33, 65, 200] {
        let (cell, log) = (OnceCell::new(), Log::default());
        let guard = guard_of(&cell);
        let mut tasks = park(&cell, &log, count, |id| id % 3 == 1);
        drop(guard);
        assert_eq!(woken(&log), Vec::from_iter((0..count).filter(|id| id % 3 != 1)));
        for (id, task) in tasks.iter().enumerate() {
            assert_eq!(task.retained(), usize::from(id % 3 == 1));
        }
        assert_eq!(tasks[0].finish(), 0);
        assert_eq!(woken(&log), Vec::from_iter((0..count).filter(|id| id % 3 == 1)));
        assert!(tasks[1..].iter_mut().all(|task| task.finish() == 0));
    }
}

#[test]
fn observers_sleep_through_any_number_of_failures() {
    let cell = OnceCell::new();
    let mut observers: Vec<_> = (0..3).map(|_| Task::new(cell.wait())).collect();
    for observer in &mut observers {
        assert!(observer.poll().is_pending());
    }
    for _ in 0..10 {
        drop(guard_of(&cell));
    }
    assert!(observers.iter().all(|observer| observer.wakes() == 0));
    guard_of(&cell).set(7);
    for observer in &mut observers {
        assert_eq!((observer.wakes(), observer.finish()), (1, &7));
    }
}

#[test]
fn places_in_the_queue_survive_a_failure() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let guard = guard_of(&cell);
    let mut tasks = park(&cell, &log, 40, |_| false);
    drop(guard);
    assert_eq!(woken(&log), Vec::from_iter(0..40));

    // A newcomer leads; the old ones come back, newest first; then it fails.
    let guard = guard_of(&cell);
    for task in tasks.iter_mut().rev() {
        assert!(task.poll().is_pending());
    }
    let mut late = Task::logged(40, &log, cell.wait());
    assert!(late.poll().is_pending());
    drop(guard);
    assert_eq!(woken(&log), Vec::from_iter(0..40), "as they came, not as they came back");

    let guard = guard_of(&cell);
    for task in tasks.iter_mut().rev() {
        assert!(task.poll().is_pending());
    }
    guard.set(9);
    assert_eq!(woken(&log), Vec::from_iter(0..41));
    assert!(tasks.iter_mut().all(|task| task.finish() == 9));
    assert_eq!(late.finish(), &9);
}

#[test]
fn a_woken_future_that_is_never_polled_again_holds_up_nobody() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let guard = guard_of(&cell);
    let mut tasks = park(&cell, &log, 5, |id| id == 4);
    drop(guard);
    // The first is kept, and not polled: a future beside a slow `select!` arm.
    assert!(tasks[0].is_woken());
    assert_eq!(tasks[2].finish(), 2);
    for id in [1, 3, 4] {
        assert_eq!(tasks[id].finish(), 2);
    }
    assert_eq!(tasks[0].finish(), 2);
}

#[test]
fn a_woken_future_that_is_never_polled_again_holds_up_nobody_after_two_failures() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let guard = guard_of(&cell);
    let mut tasks = park(&cell, &log, 4, |_| false);
    drop(guard);
    woken(&log);
    let guard = guard_of(&cell);
    assert!(tasks[2].poll().is_pending() && tasks[1].poll().is_pending());
    drop(guard);
    assert_eq!(woken(&log), [1, 2], "the others were told before, and have not looked yet");
    assert_eq!(tasks[1].finish(), 1);
    assert!([0, 2, 3].iter().all(|&id| tasks[id].finish() == 1));
}

#[test]
fn whoever_is_polled_first_takes_over() {
    for chosen in 0..4 {
        let (cell, log) = (OnceCell::new(), Log::default());
        let guard = guard_of(&cell);
        let mut tasks = park(&cell, &log, 4, |_| false);
        drop(guard);
        assert_eq!(tasks[chosen].finish(), chosen);
        assert!(
            tasks.iter_mut().enumerate().all(|(id, task)| id == chosen || task.finish() == chosen)
        );
    }
}

#[test]
fn a_newcomer_may_lead_before_those_who_were_woken() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let guard = guard_of(&cell);
    let mut tasks = park(&cell, &log, 2, |_| false);
    drop(guard);
    let mut newcomer = Task::new(cell.get_or_init(|| async { 77 }));
    assert_eq!(newcomer.finish(), &77);
    assert!(tasks.iter_mut().all(|task| task.finish() == 77));
}

#[test]
fn lead_hands_out_the_lead_one_at_a_time() {
    let cell = OnceCell::<usize>::new();
    let guard = guard_of(&cell);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::new(cell.lead())).collect();
    assert!(tasks.iter_mut().all(|task| task.poll().is_pending()));
    drop(guard);
    let Lead::Leader(guard) = tasks[1].finish() else { panic!("nobody else led") };
    assert!(tasks[0].poll().is_pending() && tasks[2].poll().is_pending());
    drop(guard);
    let Lead::Leader(guard) = tasks[0].finish() else { panic!("nobody else led") };
    assert!(tasks[2].poll().is_pending());
    assert_eq!(guard.set(3), &3);
    assert!(matches!(tasks[2].finish(), Lead::Ready(3)));
}

#[test]
fn the_last_waker_is_the_one_that_counts() {
    let (cell, log) = (OnceCell::new(), Log::default());
    let guard = guard_of(&cell);
    let mut tasks = park(&cell, &log, 3, |id| id == 2);
    for task in &mut tasks {
        assert!(task.poll().is_pending());
        assert_eq!(task.retained(), 1, "the same waker is not kept twice");
        let old = task.change_waker();
        assert!(task.poll().is_pending());
        assert_eq!(std::sync::Arc::strong_count(&old), 1, "the old waker is given up");
        assert_eq!(task.retained(), 1);
    }
    guard.set(1);
    for task in &mut tasks {
        assert_eq!((task.wakes(), task.finish()), (1, 1));
    }
}

#[test]
fn waiters_that_leave_keep_the_order_of_the_rest() {
    let mut random = Random::new(5);
    for round in 0..200 {
        let (cell, log) = (OnceCell::new(), Log::default());
        let guard = guard_of(&cell);
        let mut tasks = Vec::new();
        let mut expected = Vec::new();
        for id in 0..random.below(100) {
            let mut task = Task::logged(id, &log, cell.wait());
            assert!(task.poll().is_pending());
            tasks.push((id, task));
            // Some leave while others still come.
            if random.below(3) == 0 {
                let (_, left) = tasks.swap_remove(random.below(tasks.len()));
                assert_eq!(left.cancel(), 0);
            }
        }
        expected.extend(tasks.iter().map(|(id, _)| *id));
        expected.sort_unstable();
        guard.set(round);
        assert_eq!(woken(&log), expected);
    }
}
