//! Metrics for exporters: one slice, no registry.
//!
//! An exporter walks the slice and is told each metric by name, with the value that
//! it has at that moment. Names and labels are those that Prometheus and
//! OpenTelemetry recommend; durations are nanoseconds here and seconds there, and
//! the buckets of [`Nanos`](crate::Nanos) are buckets of seconds.

use crate::histogram::{Bucket, Grid, Snapshot};

/// A set of metrics with a name, to be put in a slice for an exporter.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::metrics::{Distribution, Exporter, Metric};
/// use bellwether::{Metrics, OnceMetrics, ReplayMetrics};
///
/// static CONFIG: OnceMetrics = OnceMetrics::new("config");
/// static EVENTS: ReplayMetrics = ReplayMetrics::new("events");
/// static ALL: &[&dyn Metrics] = &[&CONFIG, &EVENTS];
///
/// struct Print;
///
/// impl Exporter for Print {
///     fn counter(&mut self, metric: &Metric, total: u64) {
///         println!("{}{{name={:?}}} {total}", metric.name, metric.of);
///     }
///     fn gauge(&mut self, metric: &Metric, value: u64) {
///         println!("{}{{name={:?}}} {value}", metric.name, metric.of);
///     }
///     fn histogram(&mut self, metric: &Metric, values: &dyn Distribution) {
///         println!("{}_count{{name={:?}}} {}", metric.name, metric.of, values.count());
///     }
/// }
/// ALL.iter().for_each(|metrics| metrics.export(&mut Print));
/// # }
/// ```
pub trait Metrics: Sync {
    /// What is observed: `config`.
    fn name(&self) -> &'static str;

    /// Tells the exporter each metric once. Puts one snapshot at a time on the stack.
    fn export(&self, exporter: &mut dyn Exporter);
}

/// Takes metrics one by one: see [`Metrics`].
pub trait Exporter {
    /// A number that never decreases.
    fn counter(&mut self, metric: &Metric, total: u64);
    /// A number at this moment.
    fn gauge(&mut self, metric: &Metric, value: u64);
    /// Values in buckets, since the program began.
    fn histogram(&mut self, metric: &Metric, values: &dyn Distribution);
}

/// What a metric is called.
///
/// ```
/// use bellwether::metrics::{Metric, Unit};
///
/// fn scale(metric: &Metric) -> f64 {
///     if metric.unit == Unit::Nanos { 1e-9 } else { 1.0 }
/// }
/// # let _ = scale;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// As in Prometheus: `once_init_duration_seconds`. In seconds where the name
    /// says so; the value given with it is in `unit`.
    pub name: &'static str,
    /// One line about it.
    pub help: &'static str,
    /// The unit of the value.
    pub unit: Unit,
    /// What is observed, the label `primitive`: `once` or `replay`.
    pub primitive: &'static str,
    /// Which of them, the label `name`: see [`Metrics::name`].
    pub of: &'static str,
    /// Another label, and its value: `("outcome", "ok")`.
    pub label: Option<(&'static str, &'static str)>,
}

/// The unit of a metric's value.
///
/// ```
/// assert_ne!(bellwether::metrics::Unit::Nanos, bellwether::metrics::Unit::Count);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds; exported as seconds.
    Nanos,
    /// A number of something.
    Count,
}

/// A [`Snapshot`] of any grid, behind a reference.
///
/// ```
/// use bellwether::{Histogram, metrics::Distribution};
///
/// let histogram: Histogram = Histogram::new();
/// histogram.record(1_000);
/// let snapshot = histogram.snapshot();
/// let values: &dyn Distribution = &snapshot;
/// let mut counted = 0;
/// values.each_bucket(&mut |bucket| counted += bucket.count);
/// assert_eq!((counted, values.scale()), (1, 3));
/// ```
pub trait Distribution {
    /// See [`Grid::SCALE`].
    fn scale(&self) -> u8;
    /// See [`Snapshot::count`].
    fn count(&self) -> u64;
    /// See [`Snapshot::sum`].
    fn sum(&self) -> u64;
    /// See [`Snapshot::min`].
    fn min(&self) -> Option<u64>;
    /// See [`Snapshot::max`].
    fn max(&self) -> Option<u64>;
    /// See [`Snapshot::underflow`].
    fn underflow(&self) -> u64;
    /// See [`Snapshot::overflow`].
    fn overflow(&self) -> u64;
    /// See [`Snapshot::buckets`].
    fn each_bucket(&self, each: &mut dyn FnMut(Bucket));
}

/// An exporter that is told about one set.
pub(super) struct Named<'a> {
    pub(super) exporter: &'a mut dyn Exporter,
    pub(super) primitive: &'static str,
    pub(super) of: &'static str,
}

type Label = Option<(&'static str, &'static str)>;

impl Named<'_> {
    fn metric(&self, name: &'static str, help: &'static str, unit: Unit, label: Label) -> Metric {
        Metric { name, help, unit, primitive: self.primitive, of: self.of, label }
    }

    pub(super) fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        unit: Unit,
        label: Label,
        total: u64,
    ) {
        self.exporter.counter(&self.metric(name, help, unit, label), total);
    }

    pub(super) fn gauge(&mut self, name: &'static str, help: &'static str, value: u64) {
        self.exporter.gauge(&self.metric(name, help, Unit::Count, None), value);
    }

    pub(super) fn histogram(
        &mut self,
        name: &'static str,
        help: &'static str,
        unit: Unit,
        label: Label,
        values: &dyn Distribution,
    ) {
        self.exporter.histogram(&self.metric(name, help, unit, label), values);
    }
}

impl<G: Grid> Distribution for Snapshot<G> {
    fn scale(&self) -> u8 {
        G::SCALE
    }
    fn count(&self) -> u64 {
        self.count()
    }
    fn sum(&self) -> u64 {
        self.sum()
    }
    fn min(&self) -> Option<u64> {
        self.min()
    }
    fn max(&self) -> Option<u64> {
        self.max()
    }
    fn underflow(&self) -> u64 {
        self.underflow()
    }
    fn overflow(&self) -> u64 {
        self.overflow()
    }
    fn each_bucket(&self, each: &mut dyn FnMut(Bucket)) {
        self.buckets().for_each(each);
    }
}
