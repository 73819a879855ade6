//! What an exporter is told: every metric once, by a name that Prometheus accepts,
//! with the value that the metrics have.
#![cfg(feature = "std")]

use std::collections::BTreeMap;

use bellwether::metrics::{Distribution, Exporter, Metric, Unit};
use bellwether::{
    EvictReason, Grid, Histogram, InitOutcome, Metrics, Nanos, OnceCell, OnceMetrics, ReplayHooks,
    ReplayMetrics,
};

static CONFIG: OnceMetrics = OnceMetrics::new("config");
static EVENTS: ReplayMetrics = ReplayMetrics::new("events");
fn clock() -> u64 {
    0
}
static SMALL: OnceMetrics<fn() -> u64, Nanos<0>> = OnceMetrics::with_clock("small", clock);
static ALL: &[&dyn Metrics] = &[&CONFIG, &EVENTS, &SMALL];

/// By name and labels: the kind, and the value or the count.
#[derive(Default)]
struct Page(BTreeMap<String, (&'static str, u64)>);

impl Page {
    fn of(all: &[&dyn Metrics]) -> Self {
        let mut page = Self::default();
        all.iter().for_each(|metrics| metrics.export(&mut page));
        page
    }

    fn add(&mut self, metric: &Metric, kind: &'static str, value: u64) {
        let word = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(metric.name.chars().all(word), "{metric:?}");
        assert!(metric.help.ends_with('.') && !metric.help.contains('\n'), "{metric:?}");
        assert_eq!(metric.name.contains("seconds"), metric.unit == Unit::Nanos, "{metric:?}");
        assert_eq!(metric.name.ends_with("_total"), kind == "counter", "{metric:?}");
        let mut line = format!("{} {} {}", metric.name, metric.primitive, metric.of);
        if let Some((label, value)) = metric.label {
            line += &format!(" {label}={value}");
        }
        assert!(self.0.insert(line, (kind, value)).is_none(), "twice: {metric:?}");
    }

    fn value(&self, line: &str) -> u64 {
        self.0[line].1
    }
}

impl Exporter for Page {
    fn counter(&mut self, metric: &Metric, total: u64) {
        self.add(metric, "counter", total);
    }
    fn gauge(&mut self, metric: &Metric, value: u64) {
        self.add(metric, "gauge", value);
    }
    fn histogram(&mut self, metric: &Metric, values: &dyn Distribution) {
        let mut counted = values.underflow() + values.overflow();
        let mut last = 0;
        values.each_bucket(&mut |bucket| {
            assert!(bucket.upper >= last);
            last = bucket.upper;
            counted += bucket.count;
        });
        assert_eq!(counted, values.count());
        assert_eq!(values.min().is_some(), values.count() > 0);
        assert!(values.sum() >= values.max().unwrap_or(0));
        assert!([0, 3].contains(&values.scale()));
        self.add(metric, "histogram", values.count());
    }
}

#[test]
fn each_metric_has_its_value() {
    for line in Page::of(ALL).0 {
        assert_eq!(line.1.1, 0, "{line:?}");
    }
    let cell = OnceCell::with_hooks(&CONFIG);
    assert!(cell.get_or_try_init_blocking(|| Err(())).is_err());
    cell.get_or_init_blocking(|| 7);
    EVENTS.published(3, 96);
    EVENTS.evicted(1, EvictReason::Bytes);
    EVENTS.missed(2);
    EVENTS.delivered(2, 4);
    let page = Page::of(ALL);
    for (line, value) in [
        ("once_init_duration_seconds once config outcome=ok", 1),
        ("once_init_duration_seconds once config outcome=failed", 1),
        ("once_init_duration_seconds once config outcome=panicked", 0),
        ("once_init_duration_seconds once config outcome=cancelled", 0),
        ("once_inits_total once config", 2),
        ("once_inits_good_total once config", 1),
        ("once_initializing once config", 0),
        ("once_init_waiters once config", 1),
        ("once_saved_seconds_total once config", 0),
        ("sync_wait_duration_seconds once config", 0),
        ("sync_contentions_total once config", 0),
        ("sync_waiters once config", 0),
        ("sync_waits_total once config", 0),
        ("sync_waits_good_total once config", 0),
        ("sync_wait_seconds_total once config", 0),
        ("sync_clock_reversals_total once config", 0),
        ("replay_published_total replay events", 3),
        ("replay_published_bytes_total replay events", 96),
        ("replay_evicted_total replay events reason=bytes", 1),
        ("replay_evicted_total replay events reason=count", 0),
        ("replay_evicted_total replay events reason=budget", 0),
        ("replay_missed_total replay events", 2),
        ("replay_lag_messages replay events", 2),
        ("sync_waiters replay events", 0),
        ("once_inits_total once small", 0),
    ] {
        assert_eq!(page.value(line), value, "{line}");
    }
    assert_eq!(page.0.len(), 2 * 16 + 14, "{:#?}", page.0.keys());
    assert_eq!(CONFIG.init(InitOutcome::Ok).snapshot().count(), 1);
}

#[test]
fn a_distribution_says_what_its_snapshot_does() {
    fn compare<G: Grid>() {
        let histogram = Histogram::<G>::new();
        for values in [&[][..], &[0, 1, 5_000, 5_001, u64::MAX]] {
            values.iter().for_each(|&value| histogram.record(value));
            let snapshot = histogram.snapshot();
            let told: &dyn Distribution = &snapshot;
            assert_eq!((told.scale(), told.count()), (G::SCALE, snapshot.count()));
            assert_eq!((told.sum(), told.min()), (snapshot.sum(), snapshot.min()));
            assert_eq!((told.max(), told.underflow()), (snapshot.max(), snapshot.underflow()));
            assert_eq!(told.overflow(), snapshot.overflow());
            let mut buckets = vec![];
            told.each_bucket(&mut |bucket| buckets.push(bucket));
            assert!(buckets.into_iter().eq(snapshot.buckets()));
        }
        assert_eq!(histogram.snapshot().overflow(), 1, "there is one to tell");
    }
    compare::<Nanos>();
    compare::<Nanos<0>>();
}

#[test]
fn metrics_have_the_name_that_they_were_given() {
    assert_eq!((CONFIG.name(), EVENTS.name(), SMALL.name()), ("config", "events", "small"));
    assert!(ALL.iter().map(|metrics| metrics.name()).eq(["config", "events", "small"]));
}
