//! The metrics of a replay buffer, through its hooks.

use std::sync::Mutex;

use bellwether_loom::{CallSite, EvictReason, Plain, ReplayHooks, ReplayMetrics, WaitOutcome};

use super::super::super::metrics::Time;
use super::super::super::shards::SHARD;
use super::super::Subject;

type Metrics = ReplayMetrics<Time, fn() -> usize, Plain<0>, 2>;

pub(crate) struct Shared {
    metrics: Metrics,
    time: Time,
    told: Mutex<Told>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    events: u64,
    bytes: u64,
    evicted: u64,
    missed: u64,
    delivered: u64,
    lag: u64,
    waits: u64,
}

impl Shared {
    fn told(&self, tell: impl FnOnce(&mut Told)) {
        tell(&mut self.told.lock().unwrap());
    }

    /// What the metrics show.
    fn shown(&self) -> Told {
        let Self { metrics, .. } = self;
        let lag = metrics.lag().snapshot();
        Told {
            events: metrics.published_events(),
            bytes: metrics.published_bytes(),
            evicted: metrics.evicted_events(EvictReason::Bytes),
            missed: metrics.missed_events(),
            delivered: lag.count(),
            lag: lag.sum(),
            waits: metrics.waits().times().snapshot().count(),
        }
    }
}

impl Subject for Shared {
    fn new() -> Self {
        let time = Time::loose();
        let metrics = Metrics::with("model", time.clone(), || SHARD.with(core::cell::Cell::get));
        Self { metrics, time, told: Mutex::default() }
    }

    fn settle(&self) {
        assert_eq!(self.shown(), *self.told.lock().unwrap(), "what was told is shown");
        for other in [EvictReason::Count, EvictReason::Budget] {
            assert_eq!(self.metrics.evicted_events(other), 0);
        }
        let waits = self.metrics.waits();
        assert_eq!((waits.in_progress().count, waits.in_progress().nanos), (0, 0));
        assert_eq!(waits.total_nanos(), waits.times().snapshot().sum());
    }
}

fn published(shared: &Shared, _: usize) {
    shared.metrics.published(2, 6);
    shared.told(|told| (told.events, told.bytes) = (told.events + 2, told.bytes + 6));
}

fn evicted(shared: &Shared, _: usize) {
    shared.metrics.evicted(3, EvictReason::Bytes);
    shared.told(|told| told.evicted += 3);
}

fn missed(shared: &Shared, _: usize) {
    shared.metrics.missed(3);
    shared.told(|told| told.missed += 3);
}

/// Two events, after which it is three behind.
fn delivered(shared: &Shared, thread: usize) {
    SHARD.with(|shard| shard.set(thread));
    shared.metrics.delivered(2, 3);
    shared.told(|told| (told.delivered, told.lag) = (told.delivered + 2, told.lag + 6));
}

fn wait(shared: &Shared, _: usize) {
    let span = shared.metrics.wait_begin(CallSite::here());
    shared.time.pass(1);
    shared.metrics.wait_end(span, WaitOutcome::Ready);
    shared.told(|told| told.waits += 1);
}

/// Whole steps, and no way back.
fn show(shared: &Shared, _: usize) {
    let (first, second) = (shared.shown(), shared.shown());
    for shown in [first, second] {
        assert!([0, 2].contains(&shown.events) && [0, 6].contains(&shown.bytes));
        assert!([0, 3].contains(&shown.evicted) && [0, 3].contains(&shown.missed));
        assert!([0, 2].contains(&shown.delivered) && shown.lag <= 3 * shown.delivered);
        assert!(shown.waits <= 1);
    }
    assert!(first.events <= second.events && first.bytes <= second.bytes);
    assert!(first.evicted <= second.evicted && first.missed <= second.missed);
    assert!(first.delivered <= second.delivered && first.lag <= second.lag);
    assert!(first.waits <= second.waits);
}

#[rustfmt::skip]
pairs! {
    Shared, "replay_metrics_", 9;
    published_beside_published = published | published, 3, 5;
    published_beside_evicted = published | evicted, 3, 1;
    published_beside_missed = published | missed, 3, 1;
    published_beside_delivered = published | delivered, 3, 1;
    published_beside_wait = published | wait, 3, 1;
    published_beside_show = published | show, 3, 77;
    evicted_beside_evicted = evicted | evicted, 3, 2;
    evicted_beside_missed = evicted | missed, 3, 1;
    evicted_beside_delivered = evicted | delivered, 3, 1;
    evicted_beside_wait = evicted | wait, 3, 1;
    evicted_beside_show = evicted | show, 3, 13;
    missed_beside_missed = missed | missed, 3, 2;
    missed_beside_delivered = missed | delivered, 3, 1;
    missed_beside_wait = missed | wait, 3, 1;
    missed_beside_show = missed | show, 3, 13;
    delivered_beside_delivered = delivered | delivered, 3, 1;
    delivered_beside_wait = delivered | wait, 3, 1;
    delivered_beside_show = delivered | show, 3, 167;
    wait_beside_wait = wait | wait, 1, 504;
    wait_beside_show = wait | show, 3, 295;
    show_beside_show = show | show, 3, 1;
}
