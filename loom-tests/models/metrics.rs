//! The metrics' own words, through their hooks: waits in progress, the total, the
//! worst, the objective. Time passes in units of a word in progress, so that
//! nothing is rounded and every figure can be told.

use core::panic::Location;

use bellwether_loom::metrics::Span;
use bellwether_loom::{CallSite, Clock, OnceHooks, OnceMetrics, Plain, WaitOutcome};
use loom::sync::Arc;
use loom::sync::atomic::AtomicU64;
use loom::sync::atomic::Ordering::{self, AcqRel, Relaxed};
use loom::thread;

use WaitOutcome::{Cancelled, Ready, TookOver};

/// What the word of those in progress can tell apart.
pub(crate) const TICK: u64 = 1 << 16;

/// Passes when a model says so. Everybody reads the newest time.
#[derive(Clone)]
pub(crate) struct Time {
    now: std::sync::Arc<AtomicU64>,
    order: Ordering,
}

impl Time {
    /// Orders nothing: metrics that rely on their clock for ordering fail here.
    pub(crate) fn loose() -> Self {
        Self { now: std::sync::Arc::new(AtomicU64::new(0)), order: Relaxed }
    }

    /// As time does: who reads it later sees what came before an earlier reading.
    fn strict() -> Self {
        Self { order: AcqRel, ..Self::loose() }
    }

    pub(crate) fn pass(&self, ticks: u64) {
        self.now.fetch_add(ticks * TICK, self.order);
    }
}

impl Clock for Time {
    fn now(&self) -> u64 {
        self.now.fetch_add(0, self.order)
    }
}

pub(crate) type Metrics = OnceMetrics<Time, Plain<0>>;

fn metrics(time: &Time) -> Arc<Metrics> {
    Arc::new(Metrics::with_clock("model", time.clone()))
}

/// Begins a wait, at the place of the call.
#[track_caller]
fn begin(metrics: &Metrics) -> Span {
    metrics.wait_begin(CallSite::here())
}

/// Ends a wait on a thread of its own.
fn end_elsewhere(
    metrics: &Arc<Metrics>,
    span: Span,
    outcome: WaitOutcome,
) -> thread::JoinHandle<()> {
    let metrics = metrics.clone();
    thread::spawn(move || metrics.wait_end(span, outcome))
}

/// No wait goes on: the word is back where it was, and the total is the sum.
fn assert_over(metrics: &Metrics, waits: u64) {
    let rest = metrics.waits().in_progress();
    assert_eq!((rest.count, rest.nanos), (0, 0), "nobody waits");
    let times = metrics.waits().times().snapshot();
    assert_eq!((metrics.waits().contentions(), times.count()), (waits, waits));
    assert_eq!(metrics.waits().total_nanos(), times.sum(), "the total is the sum");
    assert_eq!(metrics.clock_reversals(), 0);
}

/// Two waits begin beside one that goes on, and a reader.
pub(crate) fn begin_beside_begin_and_read() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let first = begin(&metrics);
    let threads = [(); 2].map(|()| {
        let (time, metrics) = (time.clone(), metrics.clone());
        thread::spawn(move || {
            time.pass(1);
            begin(&metrics)
        })
    });
    let running = metrics.waits().in_progress();
    assert!((1..=3).contains(&running.count));
    // The first for both ticks, and one of the others for the second.
    assert!(running.nanos <= 3 * TICK, "{running:?} is more than has passed");
    let [second, third] = threads.map(|thread| thread.join().unwrap());
    time.pass(1);
    let running = metrics.waits().in_progress();
    assert_eq!(running.count, 3);
    for span in [second, first, third] {
        metrics.wait_end(span, Ready);
    }
    assert_eq!(metrics.waits().times().snapshot().sum(), running.nanos, "as long as was shown");
    assert_over(&metrics, 3);
}

/// A wait begins and ends beside a reader who waits as well.
pub(crate) fn begin_and_end_beside_read() {
    let time = Time::strict();
    let metrics = metrics(&time);
    let mine = begin(&metrics);
    let (other, others) = (time.clone(), metrics.clone());
    let thread = thread::spawn(move || {
        let span = begin(&others);
        other.pass(1);
        others.wait_end(span, Ready);
    });
    for _ in 0..2 {
        let running = metrics.waits().in_progress();
        assert!((1..=2).contains(&running.count));
        assert!(running.nanos <= running.count * TICK, "{running:?} is more than has passed");
    }
    thread.join().unwrap();
    assert_eq!(metrics.waits().in_progress().nanos, TICK);
    metrics.wait_end(mine, Ready);
    assert_over(&metrics, 2);
}

/// Two waits end while a third begins.
pub(crate) fn begin_beside_end_and_end() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let spans = [(); 2].map(|()| {
        time.pass(1);
        begin(&metrics)
    });
    time.pass(1);
    let threads = spans.map(|span| end_elsewhere(&metrics, span, Ready));
    let third = begin(&metrics);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(metrics.waits().in_progress().count, 1);
    metrics.wait_end(third, Ready);
    assert_over(&metrics, 3);
    assert_eq!(metrics.waits().total_nanos(), 3 * TICK);
}

/// A wait that ends is either in progress or in the sum, and never missing for long.
pub(crate) fn total_beside_end() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let span = begin(&metrics);
    time.pass(1);
    let thread = end_elsewhere(&metrics, span, Ready);
    let first = metrics.waits().total_nanos();
    let second = metrics.waits().total_nanos();
    assert!(first <= second, "the total never decreases");
    assert!(second <= TICK, "no wait counts twice");
    thread.join().unwrap();
    assert_over(&metrics, 1);
}

/// What passes after a wait has ended is not waited, though a reader saw it go on.
pub(crate) fn total_beside_end_and_time() {
    let time = Time::strict();
    let metrics = metrics(&time);
    let span = begin(&metrics);
    let (other, others) = (time.clone(), metrics.clone());
    let thread = thread::spawn(move || {
        other.pass(1);
        others.wait_end(span, Ready);
        other.pass(1);
    });
    assert!(metrics.waits().total_nanos() <= TICK);
    thread.join().unwrap();
    assert_over(&metrics, 1);
}

/// Two readers: who comes later sees no less.
pub(crate) fn total_beside_total_and_end() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let span = begin(&metrics);
    time.pass(1);
    let (other, others) = (time.clone(), metrics.clone());
    let ends = thread::spawn(move || {
        other.pass(1);
        others.wait_end(span, Cancelled);
    });
    let reader = metrics.clone();
    let reads = thread::spawn(move || reader.waits().total_nanos());
    let mine = metrics.waits().total_nanos();
    let other = reads.join().unwrap();
    let later = metrics.waits().total_nanos();
    assert!(mine.max(other) <= later && later <= 2 * TICK);
    ends.join().unwrap();
    assert_over(&metrics, 1);
}

/// Two waits end, of two places and lengths, beside one who takes the worst.
pub(crate) fn worst_beside_two_ends() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let places: [&'static Location<'static>; 2] = [CallSite::here(), CallSite::here()];
    let [long_at, short_at] = places;
    let [long, short] = places.map(|place| {
        let span = metrics.wait_begin(place);
        time.pass(1);
        span
    });
    let threads = [short, long].map(|span| end_elsewhere(&metrics, span, Ready));
    let mut taken = vec![metrics.waits().take_worst(), metrics.waits().take_worst()];
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    taken.push(metrics.waits().take_worst());
    assert_eq!(metrics.waits().take_worst(), None, "everything was taken");
    let taken: Vec<_> = taken.into_iter().flatten().collect();
    for worst in &taken {
        let site = worst.site.expect("there is room for both");
        let expected = if worst.nanos == 2 * TICK { long_at } else { short_at };
        assert_eq!(site, expected, "the place belongs to the time");
    }
    let mut nanos: Vec<_> = taken.iter().map(|worst| worst.nanos).collect();
    nanos.sort_unstable();
    assert!(nanos == [2 * TICK] || nanos == [TICK, 2 * TICK], "{nanos:?}");
}

/// One wait that was good, one that was not, and one that reads.
pub(crate) fn objective_beside_two_ends() {
    let time = Time::loose();
    let metrics = metrics(&time);
    let spans = [begin(&metrics), begin(&metrics)];
    let [good, bad] = spans;
    let threads = [(good, Ready), (bad, TookOver)]
        .map(|(span, outcome)| end_elsewhere(&metrics, span, outcome));
    let attained = metrics.waits().objective();
    assert!(attained.good <= 1 && attained.good <= attained.total && attained.total <= 2);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let attained = metrics.waits().objective();
    assert_eq!((attained.good, attained.total), (1, 2));
    assert_over(&metrics, 2);
}
