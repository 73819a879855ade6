//! Real histograms, asked what the specification is.

use std::sync::Arc;

use super::super::run::{Answers, Subject};
use super::Counting;
use super::scenes::Act;
use super::spec::{Ret, Seen};
use crate::under_test::{Consistency, ExactHistogram, Histogram, Plain, SingleWriter, Snapshot};

/// In models it has the buckets 1 and 2, underflow for 0, and overflow for all above.
type Grid = Plain<0>;

/// A form of the histogram.
pub(crate) trait Form: Send + Sync + 'static {
    fn new() -> Self;
    /// Whether it could be recorded.
    fn record(&self, value: u64, n: u64) -> bool;
    /// And how many records ran, if it knows.
    fn snapshot(&self) -> (Snapshot<Grid>, Option<u64>);
}

/// All record.
pub(crate) type All = Histogram<Grid>;
/// All record, and snapshots know whether they are exact.
pub(crate) type Exact = ExactHistogram<Grid>;
/// Who finds nobody else recording records, without a read-modify-write.
pub(crate) type Single = SingleWriter<Grid>;

impl Form for All {
    fn new() -> Self {
        Histogram::new()
    }
    fn record(&self, value: u64, n: u64) -> bool {
        self.record_n(value, n);
        true
    }
    fn snapshot(&self) -> (Snapshot<Grid>, Option<u64>) {
        (self.snapshot(), None)
    }
}

impl Form for Exact {
    fn new() -> Self {
        ExactHistogram::new()
    }
    fn record(&self, value: u64, n: u64) -> bool {
        self.record_n(value, n);
        true
    }
    fn snapshot(&self) -> (Snapshot<Grid>, Option<u64>) {
        match self.snapshot() {
            (snapshot, Consistency::Exact) => (snapshot, Some(0)),
            (snapshot, Consistency::Skewed { running }) => (snapshot, Some(running)),
        }
    }
}

impl Form for Single {
    fn new() -> Self {
        SingleWriter::new()
    }
    fn record(&self, value: u64, n: u64) -> bool {
        self.recorder().map(|mut recorder| recorder.record_n(value, n)).is_some()
    }
    fn snapshot(&self) -> (Snapshot<Grid>, Option<u64>) {
        (self.snapshot(), None)
    }
}

/// The system's `Arc`, which orders nothing that a model sees.
pub(crate) struct Real<F>(Arc<F>);

impl<F> Clone for Real<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Form> Subject for Real<F> {
    type Of = Counting;
    type Seat = ();

    fn new((): &()) -> Self {
        Self(Arc::new(F::new()))
    }

    fn perform(&self, _: &mut Option<()>, act: &Act) -> Answers<Counting> {
        let ret = match *act {
            Act::Record { value, n } if self.0.record(value, n) => Ret::Recorded,
            // Somebody else is the writer.
            Act::Record { .. } => return vec![],
            Act::Snapshot => {
                let (snapshot, running) = self.0.snapshot();
                Ret::Seen(seen(&snapshot, running))
            }
        };
        vec![(act.clone(), ret)]
    }
}

fn seen(snapshot: &Snapshot<Grid>, running: Option<u64>) -> Seen {
    let mut counts = vec![((0, 0), snapshot.underflow())];
    for bucket in snapshot.buckets() {
        counts.push(((bucket.lower + 1, bucket.upper), bucket.count));
    }
    let (_, top) = counts[counts.len() - 1].0;
    counts.push(((top + 1, u64::MAX), snapshot.overflow()));
    let extremes = snapshot.min().zip(snapshot.max());
    let seen = Seen { sum: snapshot.sum(), extremes, counts, running };
    assert_eq!(seen.count(), snapshot.count(), "the count is that of all buckets");
    seen
}
