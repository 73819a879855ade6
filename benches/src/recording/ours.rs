//! Our forms, and the floors: what the harness, one and two locked additions cost.

use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bellwether::{Histogram, Recorder, ShardedHistogram, SingleWriter, Snapshot};

use super::{Recording, Total, Writer};

fn total(snapshot: &Snapshot) -> Total {
    Total { count: Some(snapshot.count()), sum: Some(snapshot.sum() as f64), max: snapshot.max() }
}

/// The default form, all threads in one.
#[derive(Debug, Default)]
pub struct Shared(pub Histogram);

impl Recording for Shared {
    const NAME: &'static str = "bellwether Histogram";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        Self::default()
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        total(&self.0.snapshot())
    }
}

impl Writer for &Shared {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.0.record(nanos);
    }
}

/// Eight shards, which threads share if there are more.
#[derive(Debug, Default)]
pub struct Sharded(pub ShardedHistogram);

impl Recording for Sharded {
    const NAME: &'static str = "bellwether ShardedHistogram";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        Self::default()
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        total(&self.0.snapshot())
    }
}

impl Writer for &Sharded {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.0.record(nanos);
    }
}

/// One for each thread.
#[derive(Debug)]
pub struct Own(Box<[SingleWriter]>);

impl Recording for Own {
    const NAME: &'static str = "bellwether Recorder";
    type Writer<'a> = Recorder<'a>;

    fn new(threads: usize) -> Self {
        Self((0..threads).map(|_| SingleWriter::new()).collect())
    }
    fn writer(&self, thread: usize) -> Recorder<'_> {
        self.0[thread].recorder().expect("one thread each")
    }
    fn total(&mut self) -> Total {
        let mut all = Snapshot::new();
        self.0.iter().for_each(|own| all.merge(&own.snapshot()));
        total(&all)
    }
}

impl Writer for Recorder<'_> {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        Recorder::record(self, nanos);
    }
}

/// The values are drawn, and nothing is done with them: the harness.
#[derive(Debug, Default)]
pub struct Nothing(AtomicU64);

impl Recording for Nothing {
    const NAME: &'static str = "value generation";
    type Writer<'a> = Drawn<'a>;

    fn new(_threads: usize) -> Self {
        Self::default()
    }
    fn writer(&self, _thread: usize) -> Drawn<'_> {
        Drawn { drawn: 0, all: &self.0 }
    }
    fn total(&mut self) -> Total {
        Total { count: Some(*self.0.get_mut()), ..Total::default() }
    }
}

/// Counts the values for itself.
#[derive(Debug)]
pub struct Drawn<'a> {
    drawn: u64,
    all: &'a AtomicU64,
}

impl Writer for Drawn<'_> {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        black_box(nanos);
        self.drawn += 1;
    }
}

impl Drop for Drawn<'_> {
    fn drop(&mut self) {
        self.all.fetch_add(self.drawn, Relaxed);
    }
}

/// One word that all threads add to.
#[derive(Debug, Default)]
pub struct OneAdd(AtomicU64);

impl Recording for OneAdd {
    const NAME: &'static str = "one `fetch_add`";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        Self::default()
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        Total { sum: Some(*self.0.get_mut() as f64), ..Total::default() }
    }
}

impl Writer for &OneAdd {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.0.fetch_add(nanos, Relaxed);
    }
}

/// A bucket by the value's octave, and a sum, by hand: what count and sum cost at
/// least, if records may meet.
#[derive(Debug)]
#[repr(C)]
pub struct TwoAdds {
    sum: AtomicU64,
    buckets: [AtomicU64; 64],
}

impl Recording for TwoAdds {
    const NAME: &'static str = "two `fetch_add`";
    type Writer<'a> = &'a Self;

    fn new(_threads: usize) -> Self {
        Self { sum: AtomicU64::new(0), buckets: [const { AtomicU64::new(0) }; 64] }
    }
    fn writer(&self, _thread: usize) -> &Self {
        self
    }
    fn total(&mut self) -> Total {
        let count = self.buckets.iter_mut().map(|bucket| *bucket.get_mut()).sum();
        Total { count: Some(count), sum: Some(*self.sum.get_mut() as f64), max: None }
    }
}

impl Writer for &TwoAdds {
    #[inline(always)]
    fn record(&mut self, nanos: u64) {
        self.buckets[(nanos | 1).ilog2() as usize].fetch_add(1, Relaxed);
        self.sum.fetch_add(nanos, Relaxed);
    }
}
