//! What `OnceMetrics` counts, by a clock that the test moves.
#![cfg(feature = "std")]

use core::panic::{AssertUnwindSafe, Location};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::panic::catch_unwind;

use bellwether::{
    CallSite, InitGuard, InitOutcome, Lead, OnceCell, OnceHooks, OnceMetrics, TryLead, WaitOutcome,
};

#[path = "support/support.rs"]
mod support;
use support::Task;

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// What the word of those in progress may lack, for each of them.
const ROUNDING: u64 =
    2 << if cfg!(all(target_has_atomic = "64", not(bellwether_no_u64))) { 16 } else { 24 };

#[derive(Default)]
struct Time(AtomicU64);

impl Time {
    fn pass(&self, nanos: u64) {
        self.0.fetch_add(nanos, Relaxed);
    }

    fn metrics(&self) -> OnceMetrics<impl Fn() -> u64> {
        OnceMetrics::with_clock("test", || self.0.load(Relaxed))
    }
}

fn lead<H: OnceHooks>(cell: &OnceCell<u32, H>) -> InitGuard<'_, u32, H> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

#[test]
fn each_outcome_has_its_own_times() {
    let time = Time::default();
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);

    let guard = lead(&cell);
    time.pass(3);
    drop(guard);
    let failing = || {
        time.pass(5);
        Err(())
    };
    assert_eq!(cell.get_or_try_init_blocking(failing), Err(()));
    let panicking = || {
        time.pass(7);
        panic!("in the initialiser")
    };
    assert!(catch_unwind(AssertUnwindSafe(|| *cell.get_or_init_blocking(panicking))).is_err());
    cell.get_or_init_blocking(|| {
        time.pass(11);
        1
    });

    for (outcome, nanos) in [
        (InitOutcome::Cancelled, 3),
        (InitOutcome::Failed, 5),
        (InitOutcome::Panicked, 7),
        (InitOutcome::Ok, 11),
    ] {
        let times = metrics.init(outcome).snapshot();
        assert_eq!((times.count(), times.sum()), (1, nanos), "{outcome:?}");
    }
    assert_eq!((metrics.init_objective().good, metrics.init_objective().total), (1, 4));
    assert_eq!(metrics.initializing().count, 0);
}

#[test]
fn a_stuck_initialiser_shows_while_everyone_hangs() {
    let time = Time::default();
    time.pass(1 << 59);
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    let mut waiters: Vec<_> = (0..10).map(|_| Task::new(cell.wait())).collect();
    assert_eq!(metrics.waits().contentions(), 0, "not polled yet");
    waiters.iter_mut().for_each(|waiter| assert!(waiter.poll().is_pending()));
    for seconds in 1..5 {
        time.pass(SECOND);
        let (waiting, leading) = (metrics.waits().in_progress(), metrics.initializing());
        assert_eq!((waiting.count, leading.count), (10, 1));
        assert!(waiting.nanos.abs_diff(10 * seconds * SECOND) <= 10 * ROUNDING);
        assert!(leading.nanos.abs_diff(seconds * SECOND) <= ROUNDING);
        assert!(metrics.waits().total_nanos() >= waiting.nanos);
        assert!(metrics.waits().times().snapshot().is_empty(), "none has ended");
    }
    assert_eq!(metrics.waits().contentions(), 10);
    guard.set(7);
    drop(waiters.split_off(5));
    waiters.iter_mut().for_each(|waiter| assert_eq!(waiter.finish(), &7));
    assert_eq!(metrics.waits().in_progress().count, 0);
    let times = metrics.waits().times().snapshot();
    assert_eq!((times.count(), times.sum()), (10, 40 * SECOND));
    assert!(metrics.waits().total_nanos().abs_diff(40 * SECOND) <= 10 * ROUNDING);
    assert_eq!(metrics.waits().contentions(), 10);
    // Dropped after the value was there, and before they saw it.
    assert_eq!((metrics.waits().objective().good, metrics.waits().objective().total), (5, 10));
}

#[test]
fn waits_that_ended_before_anybody_looked_are_in_the_total() {
    let time = Time::default();
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    let mut waiters = [(); 3].map(|()| Task::new(cell.wait()));
    waiters.iter_mut().for_each(|waiter| assert!(waiter.poll().is_pending()));
    time.pass(SECOND);
    guard.set(7);
    waiters.iter_mut().for_each(|waiter| assert_eq!(waiter.finish(), &7));
    assert!(metrics.waits().total_nanos().abs_diff(3 * SECOND) <= 3 * ROUNDING);
}

#[test]
fn calls_that_need_not_initialise_are_counted_with_what_they_saved() {
    let time = Time::default();
    let metrics = time.metrics();
    for waiters in [0, 3, 5] {
        let cell = OnceCell::with_hooks(&metrics);
        let guard = lead(&cell);
        let mut waiting: Vec<_> = (0..waiters).map(|_| Task::new(cell.wait())).collect();
        waiting.iter_mut().for_each(|waiter| assert!(waiter.poll().is_pending()));
        time.pass(2 * MILLI);
        guard.set(7);
    }
    // A failure saves nobody anything.
    let cell = OnceCell::<u32, _>::with_hooks(&metrics);
    let guard = lead(&cell);
    let mut candidate = Task::new(cell.lead());
    assert!(candidate.poll().is_pending());
    time.pass(MILLI);
    drop(guard);
    let coalesced = metrics.coalesced().snapshot();
    assert_eq!((coalesced.count(), coalesced.sum(), coalesced.max()), (3, 8, Some(5)));
    assert_eq!(metrics.saved_nanos(), 8 * 2 * MILLI);
}

#[test]
fn thresholds_are_exact() {
    let time = Time::default();
    let limit = Duration::from_nanos(12_345);
    let metrics = time.metrics().init_within(limit).wait_within(limit);
    for nanos in [12_344, 12_345, 12_346] {
        let cell = OnceCell::with_hooks(&metrics);
        let guard = lead(&cell);
        let mut waiter = Task::new(cell.wait());
        assert!(waiter.poll().is_pending());
        time.pass(nanos);
        guard.set(7);
        waiter.finish();
    }
    for attained in [metrics.init_objective(), metrics.waits().objective()] {
        assert_eq!((attained.good, attained.total), (2, 3));
    }
}

#[test]
fn a_threshold_that_no_time_exceeds_is_none() {
    let time = Time::default();
    // In nanoseconds, 290,448,384 more than there are numbers of 64 bits.
    let metrics = time.metrics().init_within(Duration::from_secs(18_446_744_074));
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    time.pass(SECOND);
    guard.set(7);
    assert_eq!((metrics.init_objective().good, metrics.init_objective().total), (1, 1));
}

#[test]
fn a_takeover_and_a_cancellation_are_no_good_waits() {
    let time = Time::default();
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    let mut candidate = Task::new(cell.lead());
    let mut cancelled = Task::new(cell.wait());
    assert!(candidate.poll().is_pending());
    assert!(cancelled.poll().is_pending());
    drop((guard, cancelled));
    let Lead::Leader(guard) = candidate.finish() else { panic!("the value of nobody") };
    guard.set(7);
    assert_eq!((metrics.waits().objective().good, metrics.waits().objective().total), (0, 2));
}

#[test]
fn the_worst_wait_names_the_call() {
    let time = Time::default();
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    let (first, here) = (Task::new(cell.wait()), line!());
    let second = Task::new(cell.get_or_init(|| async { 1 }));
    let third = Task::new(cell.get_or_try_init(|| async { Ok::<_, ()>(1) }));
    let fourth = Task::new(cell.lead());
    macro_rules! ends_after {
        ($task:ident, $nanos:expr) => {
            let mut task = $task;
            assert!(task.poll().is_pending());
            time.pass($nanos);
            drop(task);
        };
    }
    ends_after!(third, 300);
    ends_after!(first, 1_000);
    ends_after!(second, 500);
    let worst = metrics.waits().take_worst().unwrap();
    assert_eq!((worst.nanos, worst.site.unwrap().line()), (1_000 & !15, here));
    assert_eq!(worst.site.unwrap().file(), file!());
    assert_eq!(worst.to_string(), format!("992 ns at {}", worst.site.unwrap()));
    assert_eq!(metrics.waits().take_worst(), None, "taken");
    ends_after!(fourth, 100);
    let worst = metrics.waits().take_worst().unwrap();
    assert_eq!((worst.nanos, worst.site.unwrap().line()), (96, here + 3));
    drop(guard);
}

#[test]
fn blocking_calls_have_a_place_too() {
    static METRICS: OnceMetrics = OnceMetrics::new("test");
    static CELL: OnceCell<u32, &OnceMetrics> = OnceCell::with_hooks(&METRICS);
    let wait = || (line!(), *CELL.wait_blocking());
    let init = || (line!(), *CELL.get_or_init_blocking(|| 1));
    let try_init = || (line!(), *CELL.get_or_try_init_blocking(|| Ok::<_, ()>(1)).unwrap());
    let guard = lead(&CELL);
    std::thread::scope(|scope| {
        let threads = [scope.spawn(wait), scope.spawn(init), scope.spawn(try_init)];
        while METRICS.waits().in_progress().count < 3 {
            std::thread::yield_now();
        }
        guard.set(7);
        let lines = threads.map(|thread| thread.join().unwrap().0);
        let worst = METRICS.waits().take_worst().unwrap();
        assert!(lines.contains(&worst.site.unwrap().line()), "{worst} is not in {lines:?}");
    });
}

#[test]
fn too_many_places_cost_the_place_and_not_the_wait() {
    let time = Time::default();
    let metrics = time.metrics();
    let wait = |nanos, site: &'static Location<'static>| {
        let span = metrics.wait_begin(site);
        time.pass(nanos);
        metrics.wait_end(span, WaitOutcome::Ready);
        metrics.waits().take_worst().unwrap()
    };
    #[rustfmt::skip]
    let sites: [&Location<'_>; 16] = [
        CallSite::here(), CallSite::here(), CallSite::here(), CallSite::here(),
        CallSite::here(), CallSite::here(), CallSite::here(), CallSite::here(),
        CallSite::here(), CallSite::here(), CallSite::here(), CallSite::here(),
        CallSite::here(), CallSite::here(), CallSite::here(), CallSite::here(),
    ];
    for _ in 0..2 {
        for (at, &site) in sites.iter().enumerate() {
            let worst = wait(160, site);
            assert_eq!((worst.nanos, worst.site), (160, (at < 15).then_some(site)));
        }
    }
}

#[test]
fn a_clock_that_runs_backwards_is_counted() {
    let time = Time::default();
    time.pass(SECOND);
    let metrics = time.metrics();
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    let mut waiter = Task::new(cell.wait());
    assert!(waiter.poll().is_pending());
    time.0.store(SECOND / 2, Relaxed);
    assert_eq!((metrics.waits().in_progress().nanos, metrics.waits().total_nanos()), (0, 0));
    guard.set(7);
    waiter.finish();
    assert_eq!(metrics.clock_reversals(), 2);
    let (init, waits) = (metrics.init(InitOutcome::Ok), metrics.waits().times());
    assert_eq!((init.snapshot().max(), waits.snapshot().max()), (Some(0), Some(0)));
}

#[test]
fn a_clock_that_panics_leaves_nothing_in_progress() {
    let time = Time::default();
    let metrics = OnceMetrics::<_>::with_clock("test", || match time.0.load(Relaxed) {
        0 => panic!("no time"),
        now => now,
    });
    let cell = OnceCell::with_hooks(&metrics);
    assert!(catch_unwind(AssertUnwindSafe(|| lead(&cell).set(1))).is_err());
    time.pass(SECOND);
    assert_eq!((cell.get(), metrics.initializing().count), (None, 0));
    let guard = lead(&cell);
    time.0.store(0, Relaxed);
    assert!(catch_unwind(AssertUnwindSafe(|| guard.set(1))).is_err());
    time.pass(SECOND);
    assert_eq!((cell.get(), metrics.initializing().count), (Some(&1), 0));
}

#[test]
fn nothing_is_lost_between_threads() {
    const THREADS: u64 = 32;
    const CELLS: u64 = 200;
    static METRICS: OnceMetrics = OnceMetrics::new("test");
    for _ in 0..CELLS {
        let cell = OnceCell::with_hooks(&METRICS);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| assert_eq!(cell.get_or_init_blocking(|| 7), &7));
            }
        });
    }
    assert_eq!(METRICS.init(InitOutcome::Ok).snapshot().count(), CELLS);
    assert_eq!(METRICS.init_objective().total, CELLS);
    let waits = METRICS.waits();
    assert_eq!(waits.times().snapshot().count(), waits.contentions());
    assert_eq!(waits.objective().total, waits.contentions());
    assert_eq!((waits.in_progress().count, METRICS.initializing().count), (0, 0));
    assert!(METRICS.coalesced().snapshot().sum() <= waits.contentions());
}
