//! Programs of what observes: metrics, their export, what is shown and serialised. For the
//! panic matrix.

use core::fmt::{self, Write as _};

use bellwether::hooks::{OnEvicted, OnMissed};
use bellwether::metrics::{Distribution, Exporter, Metric};
use bellwether::{
    EvictReason, Histogram, InitOutcome, Metrics, OnceCell, OnceHooks, OnceMetrics, ReplayArray,
    ReplayBuffer, ReplayHooks, ReplayMetrics, ShardKey, ShardedHistogram, Start, WaitOutcome,
};

use super::case::{Case, Program};
use super::init::clock;
use super::world::{Value, inject};

/// By name.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("observed: defaults", defaults),
    ("observed: metrics", metrics),
    #[cfg(feature = "serde")]
    ("observed: serde", serialised),
];

/// Its `default` is a callback.
struct Born;

impl Default for Born {
    fn default() -> Self {
        inject("Default::default");
        Self
    }
}

impl OnceHooks for Born {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    fn init_begin(&self) {}
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

impl ReplayHooks for Born {
    type Span = ();
    type Site = ();
    fn published(&self, _: u64, _: u64) {}
    fn evicted(&self, _: u64, _: EvictReason) {}
    fn missed(&self, _: u64) {}
    fn delivered(&self, _: u64, _: u64) {}
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
}

impl ShardKey for Born {
    fn shard(&self) -> usize {
        inject("ShardKey::shard");
        1
    }
}

fn defaults(case: &mut Case) {
    case.call(|| drop(OnceCell::<u8, Born>::default()));
    case.call(|| drop(ReplayArray::<u8, 2, Born>::default()));
    let histogram: ShardedHistogram<bellwether::Nanos, Born, 2> = case.insist(Default::default);
    case.call(|| histogram.record(5));
    // What panicked in choosing a shard is recorded nowhere.
    case.insist(|| histogram.record(6));
    assert!((1..=2).contains(&histogram.snapshot().count()));
}

/// What is behind a formatter.
pub(crate) struct Sink;

impl fmt::Write for Sink {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        inject("fmt::Write");
        Ok(())
    }
}

struct Exports;

impl Exporter for Exports {
    fn counter(&mut self, _: &Metric, _: u64) {
        inject("Exporter::counter");
    }
    fn gauge(&mut self, _: &Metric, _: u64) {
        inject("Exporter::gauge");
    }
    fn histogram(&mut self, _: &Metric, values: &dyn Distribution) {
        inject("Exporter::histogram");
        values.each_bucket(&mut |bucket| {
            // One in a few hundred.
            if bucket.count > 0 {
                inject("each_bucket");
            }
        });
    }
}

fn metrics(case: &mut Case) {
    let ledger = case.ledger.clone();
    let once = OnceMetrics::<_>::with_clock("once", clock as fn() -> u64);
    let replay = ReplayMetrics::<_, _>::with("replay", clock as fn() -> u64, Born);
    let cell = OnceCell::with_hooks(&once);
    while cell.get().is_none() {
        case.call(|| cell.get_or_init_blocking(|| Value::new(&ledger, 1)).check());
    }
    let on_evicted = OnEvicted(|_, _| inject("OnEvicted"));
    let on_missed = OnMissed(|_| inject("OnMissed"));
    let hooks = (on_evicted, (on_missed, &replay));
    let buffer = ReplayBuffer::builder().capacity(2).hooks(hooks).build().unwrap();
    let mut sub = buffer.subscribe(Start::Live);
    for number in 0..3 {
        case.call(|| buffer.publish(Value::new(&ledger, number)).is_ok());
    }
    for _ in 0..3 {
        case.call(|| sub.try_recv().map(drop));
    }
    case.call(|| (once.waits().total_nanos(), replay.waits().in_progress()));
    case.call(|| write!(Sink, "{once} {replay}"));
    for metrics in [&once as &dyn Metrics, &replay] {
        case.call(|| metrics.export(&mut Exports));
    }
    assert_eq!(case.insist(|| once.initializing().count), 0, "in progress for ever");
    assert_eq!(replay.published_events(), 3);
    case.call(|| drop(cell));
    drop(sub);
    case.call(|| drop(buffer));
    let histogram: Histogram = Histogram::new();
    histogram.record(5);
    case.call(|| write!(Sink, "{}", histogram.snapshot().plot()));
}

#[cfg(feature = "serde")]
fn serialised(case: &mut Case) {
    use bellwether::Snapshot;

    struct Pipe<'a>(&'a [u8]);
    impl std::io::Write for Pipe<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            inject("Serializer");
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Read for Pipe<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
            inject("Deserializer");
            self.0.read(bytes)
        }
    }

    let histogram: Histogram = Histogram::new();
    (1..9).for_each(|value| histogram.record(value * value));
    let snapshot = histogram.snapshot();
    case.call(|| serde_json::to_writer(Pipe(&[]), &snapshot).unwrap());
    let text = serde_json::to_vec(&snapshot).unwrap();
    let back: Snapshot = case.insist(|| serde_json::from_reader(Pipe(&text)).unwrap());
    assert!(back == snapshot);
}
