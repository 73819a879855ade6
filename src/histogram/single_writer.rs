//! A histogram that one writer at a time owns, which so needs no locked instruction.
//!
//! | `claimed` | the recorder | changed by |
//! |---|---|---|
//! | `false` | none | `SingleWriter::recorder`, to `true` |
//! | `true` | one lives, or was leaked | its `Drop`, to `false` |
//!
//! A record has the steps of [`Histogram`], each a load and a store, and the
//! snapshot is the same: a Release store is to an Acquire load what a Release
//! read-modify-write is. The writer's loads are Relaxed, since it reads what it wrote
//! itself; what the recorder before it wrote, it sees through the claim.

use core::fmt;

use super::{Grid, Histogram, Nanos, Snapshot};
use crate::sync::{Acquire, AtomicBool, Release, const_fn};

/// A histogram with one writer, the [`Recorder`], and any number of readers.
///
/// A record costs a few plain loads and stores, no locked instruction and no
/// read-modify-write. A snapshot may be taken from anywhere at any time, and
/// guarantees the same as one of a
/// [`Histogram`](Histogram#what-a-snapshot-guarantees). It takes 2816 bytes at scale
/// 3: a multiple of 128, so that no two share a cache line. For other forms, see
/// [`ShardedHistogram`](super::ShardedHistogram#which-form-to-use).
///
/// # A histogram for each worker
///
/// ```
/// use bellwether::{SingleWriter, Snapshot};
///
/// const WORKERS: usize = 4;
/// static LATENCY: [SingleWriter; WORKERS] = [const { SingleWriter::new() }; WORKERS];
///
/// /// What all workers recorded up to now.
/// fn latency() -> Snapshot {
///     let (mut all, mut one) = (Snapshot::new(), Snapshot::new());
///     for worker in &LATENCY {
///         worker.snapshot_into(&mut one);
///         all.merge(&one);
///     }
///     all
/// }
///
/// let workers = LATENCY.each_ref().map(|mine| {
///     std::thread::spawn(|| {
///         let mut recorder = mine.recorder().expect("one worker for each");
///         (1..=1000).for_each(|nanos| recorder.record(nanos));
///     })
/// });
/// workers.into_iter().for_each(|worker| worker.join().unwrap());
/// assert_eq!(latency().count(), 4000);
/// ```
#[repr(align(128))]
pub struct SingleWriter<G: Grid = Nanos> {
    histogram: Histogram<G>,
    claimed: AtomicBool,
}

impl<G: Grid> SingleWriter<G> {
    const_fn! {
        /// An empty histogram without a recorder.
        ///
        /// ```
        /// use bellwether::{Plain, SingleWriter};
        ///
        /// static BATCHES: SingleWriter<Plain> = SingleWriter::new();
        /// assert!(BATCHES.snapshot().is_empty());
        /// ```
        pub const fn new() -> Self {
            Self { histogram: Histogram::new(), claimed: AtomicBool::new(false) }
        }
    }

    /// The right to record, or `None` while another [`Recorder`] has it. It never
    /// waits.
    ///
    /// ```
    /// use bellwether::SingleWriter;
    ///
    /// static WRITER: SingleWriter = SingleWriter::new();
    /// let first = WRITER.recorder().unwrap();
    /// assert!(WRITER.recorder().is_none());
    /// drop(first);
    /// assert!(WRITER.recorder().is_some());
    /// ```
    pub fn recorder(&self) -> Option<Recorder<'_, G>> {
        // ORDERING: Acquire pairs with `Recorder::drop`: this one's loads see what the
        // one before it stored, and go on from there.
        match self.claimed.swap(true, Acquire) {
            false => Some(Recorder { writer: self }),
            true => None,
        }
    }

    /// What was recorded up to now. As [`Histogram::snapshot`].
    ///
    /// ```
    /// use bellwether::SingleWriter;
    ///
    /// let writer: SingleWriter = SingleWriter::new();
    /// writer.recorder().unwrap().record(5_000);
    /// assert_eq!(writer.snapshot().min(), Some(5_000));
    /// ```
    pub fn snapshot(&self) -> Snapshot<G> {
        self.histogram.snapshot()
    }

    /// As [`snapshot`](Self::snapshot), into memory of the caller's; what was in
    /// there is overwritten.
    ///
    /// ```
    /// use bellwether::{SingleWriter, Snapshot};
    ///
    /// let writer: SingleWriter = SingleWriter::new();
    /// let mut snapshot = Snapshot::new();
    /// writer.recorder().unwrap().record(7);
    /// writer.snapshot_into(&mut snapshot);
    /// assert_eq!(snapshot.count(), 1);
    /// ```
    pub fn snapshot_into(&self, snapshot: &mut Snapshot<G>) {
        self.histogram.snapshot_into(snapshot);
    }
}

impl<G: Grid> Default for SingleWriter<G> {
    fn default() -> Self {
        Self::new()
    }
}

/// As a snapshot's.
impl<G: Grid> fmt::Debug for SingleWriter<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SingleWriter").field(&format_args!("{}", self.snapshot())).finish()
    }
}

/// The one writer of a [`SingleWriter`], until it is dropped.
///
/// It may go to another thread, between two records: to record takes `&mut self`.
/// The next recorder goes on where this one stopped. One that is leaked
/// ([`mem::forget`](core::mem::forget)) keeps its claim for ever: nobody records
/// into that histogram any more, and its snapshots stay as they are.
///
/// Two cannot record at once, nor can one be used from two threads:
///
/// ```compile_fail,E0596
/// use bellwether::{Recorder, SingleWriter};
///
/// fn record_shared(recorder: &Recorder<'_>) {
///     recorder.record(1);
/// }
/// ```
///
/// ```
/// use bellwether::SingleWriter;
///
/// static PARSE: SingleWriter = SingleWriter::new();
///
/// let mut recorder = PARSE.recorder().unwrap();
/// let worker = std::thread::spawn(move || (1..=10).for_each(|nanos| recorder.record(nanos)));
/// worker.join().unwrap();
/// assert_eq!(PARSE.snapshot().sum(), 55);
/// ```
#[must_use = "it gives its claim back when it is dropped"]
pub struct Recorder<'a, G: Grid = Nanos> {
    writer: &'a SingleWriter<G>,
}

impl<G: Grid> Recorder<'_, G> {
    /// Counts one value: nanoseconds, for the grid [`Nanos`]. Wait-free.
    ///
    /// ```
    /// use bellwether::SingleWriter;
    ///
    /// let writer: SingleWriter = SingleWriter::new();
    /// let mut recorder = writer.recorder().unwrap();
    /// recorder.record(12);
    /// assert_eq!(writer.snapshot().count(), 1);
    /// ```
    #[inline]
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times, at the cost of once.
    ///
    /// ```
    /// use bellwether::SingleWriter;
    ///
    /// let writer: SingleWriter = SingleWriter::new();
    /// writer.recorder().unwrap().record_n(250, 4);
    /// assert_eq!(writer.snapshot().sum(), 1000);
    /// ```
    #[inline]
    pub fn record_n(&mut self, value: u64, n: u64) {
        self.writer.histogram.write::<true>(value, n);
    }
}

impl<G: Grid> Drop for Recorder<'_, G> {
    fn drop(&mut self) {
        // ORDERING: Release pairs with `SingleWriter::recorder`: the next one sees
        // everything that was stored here.
        self.writer.claimed.store(false, Release);
    }
}

/// As a snapshot's.
impl<G: Grid> fmt::Debug for Recorder<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorder").field(&format_args!("{}", self.writer.snapshot())).finish()
    }
}
