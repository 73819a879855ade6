//! The peers, each as its documentation says it is used. Prometheus' libraries take
//! seconds in floating point: the conversion is part of a record, for them.

use std::sync::{Mutex, PoisonError};

use hdrhistogram::sync::{Recorder, SyncHistogram};
use histogram::AtomicHistogram;
use metrics_util::storage::AtomicBucket;
use prometheus_client::metrics::histogram::Histogram as ClientHistogram;

use super::{Recording, Total, Writer};

/// Seven buckets: few, for histograms of this kind.
const BUCKETS: [f64; 7] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0];

/// 3.1 % at most, of values up to 2^42 ns: as near to our 4.3 % as its steps allow.
const GROUPING: (u8, u8) = (4, 42);

fn seconds(nanos: u64) -> f64 {
    nanos as f64 * 1e-9
}

impl Recording for prometheus::Histogram {
    const NAME: &'static str = "prometheus";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        let options = prometheus::HistogramOpts::new("duration_seconds", "help");
        let new = prometheus::Histogram::with_opts(options.buckets(BUCKETS.to_vec()));
        new.expect("good options")
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        let count = Some(self.get_sample_count());
        Total { count, sum: Some(self.get_sample_sum() * 1e9), max: None }
    }
}

impl Writer for &prometheus::Histogram {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.observe(seconds(nanos));
    }
}

impl Recording for ClientHistogram {
    const NAME: &'static str = "prometheus-client";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        ClientHistogram::new(BUCKETS)
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    /// It tells them in its text format only.
    fn total(&mut self) -> Total {
        let mut registry = prometheus_client::registry::Registry::default();
        registry.register("d", "help", self.clone());
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string");
        let of = |name| text.lines().find_map(|line| line.strip_prefix(name));
        let count = of("d_count ").map(|count| count.parse().expect("a number"));
        let sum = of("d_sum ").map(|sum| sum.parse::<f64>().expect("a number") * 1e9);
        Total { count, sum, max: None }
    }
}

impl Writer for &ClientHistogram {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.observe(seconds(nanos));
    }
}

/// It keeps every value until it is cleared.
impl Recording for AtomicBucket<f64> {
    const NAME: &'static str = "metrics-util";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        AtomicBucket::new()
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        let (mut count, mut sum, mut max) = (0, 0.0, 0.0_f64);
        self.clear_with(|values| {
            count += values.len() as u64;
            sum += values.iter().sum::<f64>();
            max = values.iter().copied().fold(max, f64::max);
        });
        Total { count: Some(count), sum: Some(sum * 1e9), max: Some((max * 1e9) as u64) }
    }
}

impl Writer for &AtomicBucket<f64> {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.push(seconds(nanos));
    }
}

/// Without a sum and without extremes.
impl Recording for AtomicHistogram {
    const NAME: &'static str = "histogram";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        AtomicHistogram::new(GROUPING.0, GROUPING.1).expect("good parameters")
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        let count = self.load().as_slice().iter().sum();
        Total { count: Some(count), ..Total::default() }
    }
}

impl Writer for &AtomicHistogram {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.increment(nanos).expect("in range");
    }
}

/// One significant digit: 3.1 % too, 1 ns to 4096 s; without a sum.
fn hdr() -> hdrhistogram::Histogram<u64> {
    hdrhistogram::Histogram::new_with_bounds(1, 4_096_000_000_000, 1).expect("good parameters")
}

fn hdr_total(histogram: &hdrhistogram::Histogram<u64>) -> Total {
    Total { count: Some(histogram.len()), sum: None, max: None }
}

impl Recording for Mutex<hdrhistogram::Histogram<u64>> {
    const NAME: &'static str = "Mutex<hdrhistogram>";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        Mutex::new(hdr())
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        hdr_total(self.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Writer for &Mutex<hdrhistogram::Histogram<u64>> {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.lock().expect("nobody panics").record(nanos).expect("in range");
    }
}

/// One writer each.
impl Recording for SyncHistogram<u64> {
    const NAME: &'static str = "hdrhistogram Recorder";
    type Writer<'a> = Recorder<u64>;

    fn new(_threads: usize) -> Self {
        hdr().into_sync()
    }
    fn writer(&self, _thread: usize) -> Recorder<u64> {
        self.recorder()
    }
    fn total(&mut self) -> Total {
        self.refresh();
        hdr_total(self)
    }
}

impl Writer for Recorder<u64> {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        Recorder::record(self, nanos).expect("in range");
    }
}
