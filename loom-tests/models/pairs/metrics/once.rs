//! The metrics of a cell. A wait of one tick has ended before, and another goes on until
//! all threads are through.

use std::sync::Mutex;

use bellwether_loom::metrics::Span;
use bellwether_loom::{CallSite, InitOutcome, OnceHooks, WaitOutcome};

use super::super::super::metrics::{Metrics, TICK, Time};
use super::super::Subject;

pub(crate) struct Shared {
    metrics: Metrics,
    time: Time,
    goes_on: Mutex<Option<Span>>,
    ledger: Mutex<Ledger>,
}

/// What was told, and what readers were shown.
#[derive(Default)]
struct Ledger {
    ready: u64,
    cancelled: u64,
    inits: u64,
    failures: u64,
    totals: Vec<u64>,
    worst: Vec<u64>,
}

impl Shared {
    fn note(&self, note: impl FnOnce(&mut Ledger)) {
        note(&mut self.ledger.lock().unwrap());
    }

    fn take_worst(&self) {
        if let Some(worst) = self.metrics.waits().take_worst() {
            assert!(worst.site.is_some(), "there is room for all places");
            self.note(|ledger| ledger.worst.push(worst.nanos));
        }
    }
}

impl Subject for Shared {
    fn new() -> Self {
        let time = Time::loose();
        let metrics = Metrics::with_clock("model", time.clone());
        let span = metrics.wait_begin(CallSite::here());
        time.pass(1);
        metrics.wait_end(span, WaitOutcome::Ready);
        let goes_on = Mutex::new(Some(metrics.wait_begin(CallSite::here())));
        let ledger = Mutex::new(Ledger { ready: 1, ..Ledger::default() });
        Self { metrics, time, goes_on, ledger }
    }

    fn settle(&self) {
        let metrics = &self.metrics;
        let running = metrics.waits().in_progress();
        assert_eq!(running.count, 1, "one goes on");
        let before = metrics.waits().total_nanos();
        let span = self.goes_on.lock().unwrap().take().expect("until now");
        metrics.wait_end(span, WaitOutcome::Cancelled);
        self.take_worst();
        let ledger = self.ledger.lock().unwrap();
        let waits = metrics.waits();
        let times = waits.times().snapshot();
        let all = ledger.ready + ledger.cancelled + 1;
        assert_eq!((waits.contentions(), times.count()), (all, all));
        assert_eq!((waits.in_progress().count, waits.in_progress().nanos), (0, 0));
        assert_eq!((metrics.initializing().count, metrics.initializing().nanos), (0, 0));
        assert_eq!((waits.total_nanos(), before), (times.sum(), times.sum()), "no time has passed");
        assert!(ledger.totals.iter().all(|&total| total <= before), "the total never decreases");
        assert_eq!(ledger.worst.iter().max().copied(), times.max(), "the worst is taken once");
        let objective = waits.objective();
        assert_eq!((objective.good, objective.total), (ledger.ready, all));

        let ok = metrics.init(InitOutcome::Ok).snapshot();
        assert_eq!(ok.count(), ledger.inits);
        assert_eq!(metrics.init(InitOutcome::Failed).snapshot().count(), ledger.failures);
        let objective = metrics.init_objective();
        assert_eq!(
            (objective.good, objective.total),
            (ledger.inits, ledger.inits + ledger.failures)
        );
        // Each was told of two waiters.
        let coalesced = metrics.coalesced().snapshot();
        assert_eq!((coalesced.count(), coalesced.sum()), (ledger.inits, 2 * ledger.inits));
        assert_eq!(metrics.saved_nanos(), 2 * ok.sum());
        assert_eq!(metrics.clock_reversals(), 0);
    }
}

fn wait(shared: &Shared, _: usize) {
    let span = shared.metrics.wait_begin(CallSite::here());
    shared.time.pass(1);
    shared.metrics.wait_end(span, WaitOutcome::Ready);
    shared.note(|ledger| ledger.ready += 1);
}

fn cancel(shared: &Shared, _: usize) {
    let span = shared.metrics.wait_begin(CallSite::here());
    shared.metrics.wait_end(span, WaitOutcome::Cancelled);
    shared.note(|ledger| ledger.cancelled += 1);
}

fn init(shared: &Shared, _: usize) {
    let span = shared.metrics.init_begin();
    shared.time.pass(1);
    shared.metrics.init_end(span, InitOutcome::Ok, 2);
    shared.note(|ledger| ledger.inits += 1);
}

fn fail(shared: &Shared, _: usize) {
    let span = shared.metrics.init_begin();
    shared.metrics.init_end(span, InitOutcome::Failed, 0);
    shared.note(|ledger| ledger.failures += 1);
}

/// At most the one that goes on and one of the other thread, for two ticks each.
fn running(shared: &Shared, _: usize) {
    let waits = shared.metrics.waits().in_progress();
    assert!((1..=2).contains(&waits.count) && waits.nanos <= 2 * TICK * waits.count);
    let inits = shared.metrics.initializing();
    assert!(inits.count <= 1 && inits.nanos <= 2 * TICK);
}

fn total(shared: &Shared, _: usize) {
    let first = shared.metrics.waits().total_nanos();
    let second = shared.metrics.waits().total_nanos();
    assert!(TICK <= first && first <= second, "the total never decreases");
    shared.note(|ledger| ledger.totals.push(second));
}

fn worst(shared: &Shared, _: usize) {
    shared.take_worst();
}

fn objective(shared: &Shared, _: usize) {
    let waits = shared.metrics.waits().objective();
    assert!(1 <= waits.good && waits.good <= waits.total && waits.total <= 2);
    let inits = shared.metrics.init_objective();
    assert!(inits.good <= inits.total && inits.total <= 1);
}

/// What initialisations have left.
fn inits(shared: &Shared, _: usize) {
    let coalesced = shared.metrics.coalesced().snapshot();
    assert!(coalesced.count() <= 1 && coalesced.sum() <= 2 * coalesced.count());
    assert!([0, 2 * TICK, 4 * TICK].contains(&shared.metrics.saved_nanos()));
    let ok = shared.metrics.init(InitOutcome::Ok).snapshot();
    assert!(ok.count() <= 1 && [0, TICK, 2 * TICK].contains(&ok.sum()));
    assert!(shared.metrics.waits().contentions() >= 2);
}

#[rustfmt::skip]
pairs! {
    Shared, "once_metrics_", 118;
    wait_beside_wait = wait | wait, 3, 972;
    wait_beside_cancel = wait | cancel, 3, 259;
    wait_beside_init = wait | init, 3, 12;
    wait_beside_fail = wait | fail, 3, 7;
    wait_beside_running = wait | running, 3, 12;
    wait_beside_total = wait | total, 3, 400;
    wait_beside_worst = wait | worst, 3, 3;
    wait_beside_objective = wait | objective, 3, 3;
    wait_beside_inits = wait | inits, 3, 3;
    cancel_beside_cancel = cancel | cancel, 3, 545;
    cancel_beside_init = cancel | init, 3, 9;
    cancel_beside_fail = cancel | fail, 3, 5;
    cancel_beside_running = cancel | running, 3, 10;
    cancel_beside_total = cancel | total, 3, 308;
    cancel_beside_worst = cancel | worst, 3, 3;
    cancel_beside_objective = cancel | objective, 3, 3;
    cancel_beside_inits = cancel | inits, 3, 3;
    init_beside_init = init | init, 2, 2228;
    init_beside_fail = init | fail, 3, 67;
    init_beside_running = init | running, 3, 20;
    init_beside_total = init | total, 3, 7;
    init_beside_worst = init | worst, 3, 1;
    init_beside_objective = init | objective, 3, 3;
    init_beside_inits = init | inits, 3, 403;
    fail_beside_fail = fail | fail, 3, 410;
    fail_beside_running = fail | running, 3, 15;
    fail_beside_total = fail | total, 3, 5;
    fail_beside_worst = fail | worst, 3, 1;
    fail_beside_objective = fail | objective, 3, 3;
    fail_beside_inits = fail | inits, 3, 1;
    running_beside_running = running | running, 3, 2;
    running_beside_total = running | total, 3, 4;
    running_beside_worst = running | worst, 3, 1;
    running_beside_objective = running | objective, 3, 1;
    running_beside_inits = running | inits, 3, 1;
    total_beside_total = total | total, 3, 90;
    total_beside_worst = total | worst, 3, 1;
    total_beside_objective = total | objective, 3, 1;
    total_beside_inits = total | inits, 3, 1;
    worst_beside_worst = worst | worst, 3, 2;
    worst_beside_objective = worst | objective, 3, 1;
    worst_beside_inits = worst | inits, 3, 1;
    objective_beside_objective = objective | objective, 3, 1;
    objective_beside_inits = objective | inits, 3, 1;
    inits_beside_inits = inits | inits, 3, 1;
}
