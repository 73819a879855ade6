//! Histograms that record durations: the adapters' traits, and what is proved.
//!
//! | file | what it is |
//! |---|---|
//! | `recording/peers.rs` | the peers |
//! | `recording/ours.rs` | our forms, and the floors |
//! | `recording/values.rs` | what is recorded |
//! | `recording/work.rs` | the timed work: n threads record, a snapshot beside them |

pub mod ours;
pub mod peers;
pub mod values;
pub mod work;

use values::Values;

/// Something that threads record durations in.
pub trait Recording: Sized + Sync {
    /// As the tables call it.
    const NAME: &'static str;

    /// What one thread records with.
    type Writer<'a>: Writer
    where
        Self: 'a;

    /// Empty, for this many threads at most.
    fn new(threads: usize) -> Self;

    /// For the thread of this number. One number has one writer at a time.
    fn writer(&self, thread: usize) -> Self::Writer<'_>;

    /// What is in there, once all writers are gone.
    fn total(&mut self) -> Total;
}

/// Records for one thread.
pub trait Writer {
    /// Records a duration.
    fn record(&mut self, nanos: u64);
}

/// What was recorded, as far as somebody keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Total {
    /// How many.
    pub count: Option<u64>,
    /// All nanoseconds, maybe added in floating point.
    pub sum: Option<f64>,
    /// The most nanoseconds.
    pub max: Option<u64>,
}

impl Total {
    /// Compares with what was really recorded.
    ///
    /// # Panics
    ///
    /// If there is nothing to compare, or if it differs: a count at all, the sum by
    /// more than floating point explains, the maximum by more than a bucket of
    /// three digits.
    pub fn check(&self, name: &str, count: u64, sum: f64, max: u64) {
        assert!(self.count.is_some() || self.sum.is_some(), "{name}: does nothing");
        assert_eq!(self.count.unwrap_or(count), count, "{name}: the count");
        let off = (self.sum.unwrap_or(sum) / sum - 1.0).abs();
        assert!(off < 1e-6, "{name}: the sum is off by {off}");
        let off = self.max.unwrap_or(max) as f64 / max as f64 - 1.0;
        assert!(off.abs() < 1e-3, "{name}: the maximum is off by {off}");
    }
}

/// Proves that four threads' records are all there.
///
/// # Panics
///
/// If they are not.
pub fn prove<P: Recording>() {
    const THREADS: usize = 4;
    const EACH: usize = 10_000;
    let mut peer = P::new(THREADS);
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            let peer = &peer;
            threads.spawn(move || {
                let mut writer = peer.writer(thread);
                Values::new(thread).take(EACH).for_each(|nanos| writer.record(nanos));
            });
        }
    });
    let all = || (0..THREADS).flat_map(|thread| Values::new(thread).take(EACH));
    let sum = all().map(|nanos| nanos as f64).sum();
    peer.total().check(P::NAME, (THREADS * EACH) as u64, sum, all().max().unwrap_or(0));
}

/// Proves all of them.
pub fn prove_all() {
    crate::each_recording!(P => prove::<P>());
}

/// Does the same with each of them: `each_recording!(P => work::<P>());`.
#[macro_export]
macro_rules! each_recording {
    ($peer:ident => $work:expr) => {{
        $crate::each_of!(
            $peer => $work,
            $crate::recording::ours::Nothing,
            $crate::recording::ours::OneAdd,
            $crate::recording::ours::TwoAdds,
            ::prometheus::Histogram,
            ::prometheus_client::metrics::histogram::Histogram,
            ::metrics_util::storage::AtomicBucket<f64>,
            ::histogram::AtomicHistogram,
            ::std::sync::Mutex<::hdrhistogram::Histogram<u64>>,
            ::hdrhistogram::sync::SyncHistogram<u64>,
            $crate::recording::ours::Shared,
            $crate::recording::ours::Sharded,
            $crate::recording::ours::Own
        );
    }};
}
