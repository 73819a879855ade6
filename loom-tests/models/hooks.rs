//! What a cell tells its hooks while leaders end, waiters take over and others are
//! dropped: every begin has its end, with the outcome that the caller saw.

use core::future::{pending, poll_fn};
use core::task::Poll;
use std::sync::{Arc, Mutex};

use bellwether_loom::{InitOutcome, OnceHooks, TryLead, WaitOutcome};
use loom::thread::{self, ThreadId};

use super::metrics::{Metrics, Time};
use super::parked::{Parked, Shared, block_on, observed};
use super::support::{Bell, Value, panic_quietly, panics, poll_and_drop};

/// Counts. loom does not see it, so that it orders nothing and costs no execution.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    waits_begun: usize,
    /// By outcome, as are the two below.
    waits: [usize; 3],
    inits_begun: usize,
    inits: [usize; 4],
    /// How many waiters the hook was told of.
    told: [usize; 4],
    /// Those who took over and have not begun to lead yet.
    taking_over: Vec<ThreadId>,
    takeovers: usize,
}

impl Tally {
    fn with<R>(&self, f: impl FnOnce(&mut Counts) -> R) -> R {
        f(&mut self.0.lock().unwrap())
    }

    /// How many leaderships ended so, and of how many waiters that was told.
    fn inits(&self, outcome: InitOutcome) -> (usize, usize) {
        self.with(|counts| (counts.inits[outcome as usize], counts.told[outcome as usize]))
    }

    fn waits(&self, outcome: WaitOutcome) -> usize {
        self.with(|counts| counts.waits[outcome as usize])
    }
}

/// A span is memory that loom watches: made by who begins, read by who ends, and
/// missed if nobody ends.
impl OnceHooks for Tally {
    type Span = Value;
    type Site = ();

    fn wait_begin(&self, (): ()) -> Value {
        self.with(|counts| counts.waits_begun += 1);
        Value::new(1)
    }

    fn wait_end(&self, span: Value, outcome: WaitOutcome) {
        assert_eq!(span.get(), 1, "a wait's span");
        self.with(|counts| {
            counts.waits[outcome as usize] += 1;
            if outcome == WaitOutcome::TookOver {
                counts.taking_over.push(thread::current().id());
            }
        });
    }

    fn init_begin(&self) -> Value {
        let me = thread::current().id();
        self.with(|counts| {
            counts.inits_begun += 1;
            if let Some(index) = counts.taking_over.iter().position(|thread| *thread == me) {
                counts.taking_over.remove(index);
                counts.takeovers += 1;
            }
        });
        Value::new(2)
    }

    fn init_end(&self, span: Value, outcome: InitOutcome, waiters: usize) {
        assert_eq!(span.get(), 2, "an initialisation's span");
        self.with(|counts| {
            counts.inits[outcome as usize] += 1;
            counts.told[outcome as usize] += waiters;
        });
    }
}

fn tallied() -> (Shared<Arc<Tally>>, Arc<Tally>) {
    let tally = Arc::new(Tally::default());
    (observed(tally.clone()), tally)
}

/// Everything is over and the value is there: no begin is without its end.
fn assert_balanced(shared: &Shared<Arc<Tally>>, tally: &Tally) {
    assert!(shared.0.get().is_some());
    tally.with(|counts| {
        assert_eq!(counts.waits_begun, counts.waits.iter().sum(), "each wait ends once");
        assert_eq!(counts.inits_begun, counts.inits.iter().sum(), "each leadership ends once");
        assert_eq!(counts.inits[InitOutcome::Ok as usize], 1, "one value was set");
        assert_eq!(counts.waits[WaitOutcome::TookOver as usize], counts.takeovers);
        // A waiter is reached once by each failure, and once by the value.
        let failures = counts.inits_begun - 1;
        let told: usize = counts.told.iter().sum();
        assert!(told <= counts.waits_begun * (failures + 1), "{told} waiters reached");
    });
}

/// How many wake-ups a thread was the one to do.
fn woken(bells: &[Arc<Bell>], by: ThreadId) -> usize {
    bells.iter().map(|bell| bell.rung_by(by)).sum()
}

/// Pends once, so that a model can park the leader too.
async fn once_more() {
    let mut polled = false;
    poll_fn(|_| match core::mem::replace(&mut polled, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

/// A leader goes; a waiter that is polled at any moment takes over.
pub(crate) fn told_of_cancelled_leader_beside_takeover() {
    let (shared, tally) = tallied();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut candidate = Parked::candidate(&shared);
    let thread = thread::spawn(move || {
        if candidate.poll().is_pending() {
            candidate.finish();
        }
    });
    shared.1.leave();
    drop(guard);
    thread.join().unwrap();
    assert_balanced(&shared, &tally);
    assert_eq!(tally.waits(WaitOutcome::TookOver), 1);
    assert_eq!(tally.inits(InitOutcome::Cancelled).0, 1);
    assert_eq!(tally.inits(InitOutcome::Ok), (1, 0));
}

/// A leader panics; of two waiters one takes over, the other gets the value.
pub(crate) fn told_of_panicked_leader_beside_two_waiters() {
    let (shared, tally) = tallied();
    let mut leader = Parked::new(&shared, |cell, effects| async move {
        cell.get_or_init(|| async {
            once_more().await;
            effects.leave();
            panic_quietly()
        })
        .await;
    });
    let (candidate, observer) = (Parked::candidate(&shared), Parked::observer(&shared));
    let bells = [candidate.bell.clone(), observer.bell.clone()];
    let thread = thread::spawn(move || candidate.finish());
    assert!(panics(|| assert!(leader.poll().is_ready())));
    // Both, if the value came while the failure was still being told.
    let by_leader = woken(&bells, thread::current().id());
    assert_eq!(tally.inits(InitOutcome::Panicked), (1, by_leader), "whom it woke itself");
    observer.finish();
    thread.join().unwrap();
    assert_balanced(&shared, &tally);
    // The observer may have settled for the one who took over, by being polled.
    assert!(by_leader + tally.inits(InitOutcome::Ok).1 <= 2, "nobody is woken twice");
    assert_eq!((tally.waits(WaitOutcome::TookOver), tally.waits(WaitOutcome::Ready)), (1, 1));
}

/// A leader fails while one waiter is dropped; the other takes over.
pub(crate) fn told_of_failed_leader_beside_cancel() {
    let (shared, tally) = tallied();
    let mut leader = Parked::new(&shared, |cell, effects| async move {
        let failed = cell.get_or_try_init(|| async {
            once_more().await;
            effects.leave();
            Err(())
        });
        assert!(failed.await.is_err());
    });
    let (gone, stays) = (Parked::candidate(&shared), Parked::candidate(&shared));
    let bells = [gone.bell.clone(), stays.bell.clone()];
    let thread = thread::spawn(move || drop(gone));
    assert!(leader.poll().is_ready());
    let by_leader = woken(&bells, thread::current().id());
    assert_eq!(tally.inits(InitOutcome::Failed), (1, by_leader), "whom it woke itself");
    stays.finish();
    thread.join().unwrap();
    assert_balanced(&shared, &tally);
    assert_eq!((tally.waits(WaitOutcome::TookOver), tally.waits(WaitOutcome::Cancelled)), (1, 1));
}

/// The value comes while a waiter is polled and dropped: the leader says whom it
/// woke itself, and together nobody is woken twice.
pub(crate) fn told_of_value_beside_cancel() {
    let (shared, tally) = tallied();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (mut gone, stays) = (Parked::candidate(&shared), Parked::observer(&shared));
    let bells = [gone.bell.clone(), stays.bell.clone()];
    let thread = thread::spawn(move || (gone.poll().is_ready(), thread::current().id()));
    shared.1.leave();
    guard.set(Value::new(1));
    let by_leader = woken(&bells, thread::current().id());
    assert_eq!(tally.inits(InitOutcome::Ok), (1, by_leader), "whom it woke itself");
    stays.finish();
    let (ready, other) = thread.join().unwrap();
    assert!(by_leader + woken(&bells, other) <= 2, "nobody is woken twice");
    assert_balanced(&shared, &tally);
    assert_eq!(tally.waits(WaitOutcome::Ready), 1 + usize::from(ready));
    assert_eq!(tally.waits(WaitOutcome::Cancelled), usize::from(!ready));
}

/// Nobody was there before: one initialises or waits, another does and goes.
pub(crate) fn told_of_init_beside_cancel() {
    let (shared, tally) = tallied();
    let other = shared.clone();
    let thread = thread::spawn(move || {
        poll_and_drop(other.0.get_or_init(|| {
            other.1.leave();
            pending()
        }));
    });
    block_on(shared.0.get_or_init(|| async {
        shared.1.leave();
        Value::new(1)
    }));
    thread.join().unwrap();
    assert_balanced(&shared, &tally);
    // Who went either led, or waited, or found the value.
    let (cancelled, _) = tally.inits(InitOutcome::Cancelled);
    assert!(cancelled + tally.waits(WaitOutcome::Cancelled) <= 1);
}

/// The metrics of a real cell, beside a takeover and one who reads them.
pub(crate) fn metrics_beside_takeover() {
    let time = Time::loose();
    let metrics = Arc::new(Metrics::with_clock("model", time.clone()));
    let shared = observed(metrics.clone());
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let candidate = Parked::candidate(&shared);
    time.pass(1);
    let thread = thread::spawn(move || candidate.finish());
    shared.1.leave();
    drop(guard);
    assert!(metrics.initializing().count <= 1 && metrics.waits().in_progress().count <= 1);
    thread.join().unwrap();

    assert_eq!(metrics.initializing().count + metrics.waits().in_progress().count, 0);
    let inits = |outcome| metrics.init(outcome).snapshot().count();
    assert_eq!((inits(InitOutcome::Cancelled), inits(InitOutcome::Ok)), (1, 1));
    let objective = metrics.init_objective();
    assert_eq!((objective.good, objective.total), (1, 2));
    let waits = metrics.waits();
    assert_eq!((waits.contentions(), waits.objective().total, waits.objective().good), (1, 1, 0));
    let worst = waits.take_worst().expect("somebody waited");
    assert_eq!(worst.nanos, waits.total_nanos());
    assert!(worst.site.expect("the first place").file().ends_with("parked.rs"));
    assert_eq!(metrics.clock_reversals(), 0);
}
