//! What a replay buffer did.
//!
//! | hook | reads the clock | writes |
//! |---|---|---|
//! | `published` | never | events, bytes |
//! | `evicted` | never | events, by reason |
//! | `missed` | never | events |
//! | `delivered` | never | events, and their lag, in a shard |
//! | `wait_begin`, `wait_end` | once each | as for cells |

use core::panic::Location;
use core::time::Duration;

use super::stopwatch::Span;
use super::waits::Waits;
#[cfg(all(feature = "std", not(bellwether_modelled)))]
use crate::histogram::ThreadShard;
use crate::histogram::counter::Counter;
use crate::histogram::{Grid, Nanos, ShardKey, ShardedHistogram};
#[cfg(all(feature = "std", not(bellwether_modelled)))]
use crate::hooks::InstantClock;
use crate::hooks::{Clock, EvictReason, ReplayHooks, WaitOutcome};
use crate::sync::{Relaxed, const_fn};

mod export;

/// Observes replay buffers: what was published, evicted and missed, how far behind
/// subscribers are, and how long they wait.
///
/// Lies in a `static`, under a name, and is observer to one buffer or many: to all
/// the sessions of a server, say. Nothing is allocated, locked or registered.
///
/// # Cost
///
/// Publishing: two read-modify-writes; delivering: two, in the thread's own shard.
/// The clock is read only where a subscriber is parked. On 64-bit targets they take
/// 25,728 bytes with the defaults, and 1,152 with [`Nanos<0>`](crate::Nanos) and one
/// shard.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{EvictReason, ReplayHooks, ReplayMetrics};
///
/// static METRICS: ReplayMetrics = ReplayMetrics::new("events");
///
/// METRICS.published(3, 96); // the buffer does this
/// METRICS.evicted(1, EvictReason::Count);
/// METRICS.delivered(2, 0);
/// assert_eq!((METRICS.published_events(), METRICS.published_bytes()), (3, 96));
/// assert_eq!(METRICS.evicted_events(EvictReason::Count), 1);
/// assert_eq!(METRICS.lag().snapshot().count(), 2);
/// # }
/// ```
pub struct ReplayMetrics<
    #[cfg(all(feature = "std", not(bellwether_modelled)))] C = InstantClock,
    #[cfg(not(all(feature = "std", not(bellwether_modelled))))] C,
    #[cfg(all(feature = "std", not(bellwether_modelled)))] K: ShardKey = ThreadShard,
    #[cfg(not(all(feature = "std", not(bellwether_modelled))))] K: ShardKey,
    G: Grid = Nanos,
    const SHARDS: usize = 8,
> {
    name: &'static str,
    waits: Waits<C, G>,
    published: Counter,
    bytes: Counter,
    evicted: [Counter; REASONS.len()],
    missed: Counter,
    lag: ShardedHistogram<G::Plain, K, SHARDS>,
}

/// All reasons, with their names for export.
const REASONS: [(EvictReason, &str); 3] =
    [(EvictReason::Count, "count"), (EvictReason::Bytes, "bytes"), (EvictReason::Budget, "budget")];

#[cfg(all(feature = "std", not(bellwether_modelled)))]
impl ReplayMetrics {
    /// Metrics with the clock of `std`, on the default grid, with a shard for each of
    /// up to 8 threads.
    ///
    /// ```
    /// use bellwether::ReplayMetrics;
    ///
    /// static METRICS: ReplayMetrics = ReplayMetrics::new("events");
    /// ```
    pub const fn new(name: &'static str) -> Self {
        Self::with(name, InstantClock, ThreadShard)
    }
}

impl<C: Clock, K: ShardKey, G: Grid, const SHARDS: usize> ReplayMetrics<C, K, G, SHARDS> {
    const_fn! {
        /// Metrics with a clock and shards of your own.
        ///
        /// ```
        /// use bellwether::{Nanos, ReplayMetrics};
        ///
        /// fn nanos() -> u64 { 1_000 } // reads a timer
        ///
        /// static SMALL: ReplayMetrics<fn() -> u64, (), Nanos<0>, 1> =
        ///     ReplayMetrics::with("events", nanos, ());
        /// assert!(size_of_val(&SMALL) < 2048);
        /// ```
        pub const fn with(name: &'static str, clock: C, key: K) -> Self {
            Self {
                name,
                waits: Waits::new(clock),
                published: Counter::new(),
                bytes: Counter::new(),
                evicted: [Counter::new(), Counter::new(), Counter::new()],
                missed: Counter::new(),
                lag: ShardedHistogram::with_key(key),
            }
        }
    }

    /// Waits that end with an event within this time are good ones, for
    /// [`Waits::objective`]. Without: all that end with one.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::ReplayMetrics;
    /// use std::time::Duration;
    ///
    /// static METRICS: ReplayMetrics =
    ///     ReplayMetrics::new("heartbeats").wait_within(Duration::from_secs(15));
    /// # }
    /// ```
    #[must_use]
    pub const fn wait_within(mut self, threshold: Duration) -> Self {
        self.waits.objective.set(threshold);
        self
    }

    /// The name under which it is exported.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::ReplayMetrics::new("events").name(), "events");
    /// # }
    /// ```
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Events that were stored.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::ReplayMetrics::new("events").published_events(), 0);
    /// # }
    /// ```
    pub fn published_events(&self) -> u64 {
        self.published.load(Relaxed)
    }

    /// The bytes of these events.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::ReplayMetrics::new("events").published_bytes(), 0);
    /// # }
    /// ```
    pub fn published_bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Events that were let go for this reason.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{EvictReason, ReplayMetrics};
    ///
    /// assert_eq!(ReplayMetrics::new("events").evicted_events(EvictReason::Bytes), 0);
    /// # }
    /// ```
    pub fn evicted_events(&self, reason: EvictReason) -> u64 {
        self.evicted[reason as usize].load(Relaxed)
    }

    /// Events that subscribers were told they missed; one that two subscribers
    /// missed counts twice.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::ReplayMetrics::new("events").missed_events(), 0);
    /// # }
    /// ```
    pub fn missed_events(&self) -> u64 {
        self.missed.load(Relaxed)
    }

    /// How many events subscribers were behind when they got one, for each event
    /// that they got: its count is that of deliveries.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert!(bellwether::ReplayMetrics::new("events").lag().snapshot().is_empty());
    /// # }
    /// ```
    pub fn lag(&self) -> &ShardedHistogram<G::Plain, K, SHARDS> {
        &self.lag
    }

    /// Who waited for an event, who waits, and how long.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::ReplayMetrics::new("events").waits().contentions(), 0);
    /// # }
    /// ```
    pub fn waits(&self) -> &Waits<C, G> {
        &self.waits
    }
}

impl<C: Clock, K: ShardKey, G: Grid, const SHARDS: usize> ReplayHooks
    for ReplayMetrics<C, K, G, SHARDS>
{
    type Span = Span;
    type Site = &'static Location<'static>;

    fn published(&self, events: u64, bytes: u64) {
        self.published.add(events, Relaxed);
        self.bytes.add(bytes, Relaxed);
    }

    fn evicted(&self, events: u64, reason: EvictReason) {
        self.evicted[reason as usize].add(events, Relaxed);
    }

    fn missed(&self, events: u64) {
        self.missed.add(events, Relaxed);
    }

    fn delivered(&self, events: u64, lag: u64) {
        self.lag.record_n(lag, events);
    }

    fn wait_begin(&self, site: Self::Site) -> Span {
        self.waits.begin(site)
    }

    fn wait_end(&self, span: Span, outcome: WaitOutcome) {
        self.waits.end(span, outcome);
    }
}
