//! The clock of metrics is read where somebody waits or initialises, twice each,
//! and nowhere else: no ready path reads it.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bellwether::{
    Clock, EvictReason, InitGuard, InitOutcome, Lead, OnceCell, OnceHooks, OnceMetrics,
    ReplayHooks, ReplayMetrics, Status, TryLead, WaitOutcome, hooks::CallSite,
};

#[path = "support/support.rs"]
mod support;
use support::{Task, yields};

/// A clock that shows how often it was read.
#[derive(Default)]
struct Reads(AtomicU64);

impl Clock for &Reads {
    fn now(&self) -> u64 {
        self.0.fetch_add(1, Relaxed)
    }
}

impl Reads {
    /// Since this was last asked.
    fn taken(&self) -> u64 {
        self.0.swap(0, Relaxed)
    }
}

type Metrics<'a> = OnceMetrics<&'a Reads>;
type Watched<'a> = OnceCell<u32, &'a Metrics<'a>>;
type Guard<'a> = InitGuard<'a, u32, &'a Metrics<'a>>;

fn lead<'a>(cell: &'a Watched<'a>) -> Guard<'a> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

const CALLS: u64 = 100;

#[test]
fn no_ready_path_reads_it() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("ready", &reads);
    let mut cell = OnceCell::with_hooks(&metrics);
    assert_eq!((cell.get(), cell.status()), (None, Status::Empty));
    assert_eq!(format!("{cell:?}"), "OnceCell(<empty>)");
    cell.set(7).unwrap();
    for _ in 0..CALLS {
        assert_eq!((cell.get(), cell.status()), (Some(&7), Status::Ready));
        assert_eq!(format!("{cell:?}"), "OnceCell(7)");
        cell.set(8).unwrap_err();
        assert_eq!(Task::new(cell.get_or_init(|| async { 8 })).finish(), &7);
        assert_eq!(Task::new(cell.get_or_try_init(|| async { Err(()) })).finish(), Ok(&7));
        assert_eq!(Task::new(cell.wait()).finish(), &7);
        assert!(matches!(Task::new(cell.lead()).finish(), Lead::Ready(7)));
        assert!(matches!(cell.try_lead(), TryLead::Ready(7)));
        #[cfg(feature = "std")]
        {
            assert_eq!(cell.get_or_init_blocking(|| 8), &7);
            assert_eq!(cell.get_or_try_init_blocking(|| Err(())), Ok(&7));
            assert_eq!(cell.wait_blocking(), &7);
        }
        assert_eq!((cell.clone().get(), cell == cell.clone()), (Some(&7), true));
        assert_eq!(cell.get_mut(), Some(&mut 7));
    }
    assert_eq!((cell.take(), cell.into_inner()), (Some(7), None));
    assert_eq!(reads.taken(), 0);
    assert_eq!(metrics.waits().contentions(), 0);
    assert_eq!(metrics.init_objective().total, 0);
}

#[test]
fn nor_do_futures_that_are_not_polled_and_calls_that_find_a_leader() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("busy", &reads);
    let cell = OnceCell::with_hooks(&metrics);
    let guard = lead(&cell);
    reads.taken();
    for _ in 0..CALLS {
        drop((cell.wait(), cell.lead(), cell.get_or_init(|| async { 8 })));
        assert!(matches!(cell.try_lead(), TryLead::Busy));
        cell.set(8).unwrap_err();
        assert_eq!(
            format!("{:?} {cell:?}", cell.status()),
            "Initializing OnceCell(<initializing>)"
        );
    }
    assert_eq!(reads.taken(), 0);
    drop(guard);
}

#[test]
fn an_initialisation_reads_it_twice_however_it_ends() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("initialised", &reads);
    let empty = || Watched::with_hooks(&metrics);
    for _ in 0..CALLS {
        let slowly = || async {
            yields(3).await;
            7
        };
        let cell = empty();
        let mut task = Task::new(cell.get_or_init(slowly));
        assert!((0..3).all(|_| task.poll().is_pending()));
        assert_eq!((reads.taken(), task.finish(), reads.taken()), (1, &7, 1));

        let cell = empty();
        assert_eq!(Task::new(cell.get_or_try_init(|| async { Err(1) })).finish(), Err(1));
        assert_eq!(reads.taken(), 2);

        let mut task = Task::new(cell.get_or_init(slowly));
        assert!(task.poll().is_pending());
        assert_eq!((reads.taken(), task.cancel(), reads.taken()), (1, 0, 1));

        drop(lead(&cell));
        assert_eq!(reads.taken(), 2);
        lead(&cell).set(7);
        assert_eq!(reads.taken(), 2);
    }
    let count = |outcome| metrics.init(outcome).snapshot().count();
    assert_eq!(count(InitOutcome::Ok), 2 * CALLS);
    assert_eq!(count(InitOutcome::Failed), CALLS);
    assert_eq!(count(InitOutcome::Cancelled), 2 * CALLS);
    assert_eq!(reads.taken(), 0, "who looks at what has ended reads no clock");
}

#[cfg(feature = "std")]
#[test]
fn a_blocking_initialisation_reads_it_twice() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("blocking", &reads);
    for _ in 0..CALLS {
        let cell = Watched::with_hooks(&metrics);
        assert_eq!(cell.get_or_try_init_blocking(|| Err(1)), Err(1));
        assert_eq!(reads.taken(), 2);
        assert_eq!(cell.get_or_init_blocking(|| 7), &7);
        assert_eq!(reads.taken(), 2);
    }
}

#[test]
fn a_wait_reads_it_twice_however_it_ends() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("waited", &reads);
    for _ in 0..CALLS {
        let cell = Watched::with_hooks(&metrics);
        let guard = lead(&cell);
        let mut waits = Task::new(cell.wait());
        let mut initialises = Task::new(cell.get_or_init(|| async { 7 }));
        let mut leads = Task::new(cell.lead());
        let mut cancelled = Task::new(cell.wait());
        reads.taken();

        assert!(waits.poll().is_pending());
        assert_eq!(reads.taken(), 1);
        // Once a wait, however often it is polled.
        assert!(waits.poll().is_pending());
        waits.change_waker();
        assert!(waits.poll().is_pending());
        assert_eq!(reads.taken(), 0);
        assert!(initialises.poll().is_pending());
        assert!(leads.poll().is_pending());
        assert!(cancelled.poll().is_pending());
        assert_eq!(reads.taken(), 3);

        assert_eq!((cancelled.cancel(), reads.taken()), (0, 1));
        drop(guard);
        assert_eq!(reads.taken(), 1, "the end of the initialisation");
        assert_eq!(initialises.finish(), &7);
        assert_eq!(reads.taken(), 3, "the end of the wait, and an initialisation");
        assert_eq!(waits.finish(), &7);
        assert!(matches!(leads.finish(), Lead::Ready(7)));
        assert_eq!(reads.taken(), 2);
    }
    assert_eq!(metrics.waits().contentions(), 4 * CALLS);
    assert_eq!(metrics.waits().times().snapshot().count(), 4 * CALLS);
    assert_eq!(reads.taken(), 0);
}

#[test]
fn who_asks_for_what_goes_on_reads_it_only_if_something_does() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("asked", &reads);
    let cell = OnceCell::with_hooks(&metrics);
    assert_eq!((metrics.waits().in_progress().count, metrics.initializing().count), (0, 0));
    assert_eq!(reads.taken(), 0);
    let guard = lead(&cell);
    reads.taken();
    assert_eq!((metrics.initializing().count, reads.taken()), (1, 1));
    guard.set(7);
}

#[test]
fn a_replay_buffer_reads_it_for_a_wait_alone() {
    let reads = Reads::default();
    let metrics = ReplayMetrics::<_, _>::with("events", &reads, ());
    for events in 1..=CALLS {
        metrics.published(events, 10 * events);
        metrics.evicted(events, EvictReason::Count);
        metrics.evicted(events, EvictReason::Bytes);
        metrics.missed(events);
        metrics.delivered(events, 3);
    }
    assert_eq!(reads.taken(), 0);
    assert_eq!(metrics.published_events(), CALLS * (CALLS + 1) / 2);
    let span = metrics.wait_begin(CallSite::here());
    assert_eq!(reads.taken(), 1);
    metrics.wait_end(span, WaitOutcome::Ready);
    assert_eq!(reads.taken(), 1);
}

/// Else the numbers above would show nothing.
#[test]
fn every_hook_of_a_cell_reads_it_once() {
    let reads = Reads::default();
    let metrics = Metrics::with_clock("hooks", &reads);
    let hooks: &Metrics<'_> = &metrics;
    let wait = hooks.wait_begin(CallSite::here());
    let init = hooks.init_begin();
    assert_eq!(reads.taken(), 2);
    hooks.wait_end(wait, WaitOutcome::TookOver);
    hooks.init_end(init, InitOutcome::Failed, 0);
    assert_eq!(reads.taken(), 2);
}
