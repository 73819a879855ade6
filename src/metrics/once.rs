//! What a [`OnceCell`](crate::OnceCell) did.
//!
//! | hook | reads the clock | writes |
//! |---|---|---|
//! | `wait_begin` | once | contentions, waits in progress |
//! | `wait_end` | once | waits in progress; their times and objective, and the worst if it is |
//! | `init_begin` | once | initialisations in progress |
//! | `init_end` | once | those; the outcome's times, the objective; if `Ok`, coalesced and saved |
//!
//! Each is a few read-modify-writes on words that wrap at 2⁶⁴, wait-free but for
//! the words in progress, which are lock-free.

mod export;

use core::panic::Location;
use core::time::Duration;

use super::in_progress::{InProgress, Running};
use super::objective::{Attained, Objective};
use super::stopwatch::Span;
use super::waits::Waits;
use crate::histogram::counter::Counter;
use crate::histogram::{Grid, Histogram, Nanos};
#[cfg(feature = "std")]
use crate::hooks::InstantClock;
use crate::hooks::{Clock, InitOutcome, OnceHooks, WaitOutcome};
use crate::sync::{Relaxed, const_fn};

/// Observes cells: how long they took to initialise and how that ended, who waited
/// and how long, who waits still, and what not initialising twice has saved.
///
/// Lies in a `static`, under a name, and is observer to one cell or many. Nothing is
/// allocated, locked or registered; what was counted is pulled whenever somebody
/// wants to know.
///
/// # Cost
///
/// Once the cell is ready, none: its hooks are not called and no clock is read.
/// Else two readings of the clock a wait and two an initialisation, and for each
/// five to ten read-modify-writes. A future of the cell has three words more while
/// it waits, and one for the place in the source.
///
/// With the default grid it takes 17 KiB: 2.7 for each outcome's times and the
/// waits, as much for waiters. `OnceMetrics<C, Nanos<0>>` takes 3 KiB.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{InitOutcome, OnceCell, OnceMetrics};
///
/// static METRICS: OnceMetrics = OnceMetrics::new("config");
/// static CONFIG: OnceCell<String, &OnceMetrics> = OnceCell::with_hooks(&METRICS);
///
/// CONFIG.get_or_init_blocking(|| "loaded".to_string());
/// assert_eq!(METRICS.init(InitOutcome::Ok).snapshot().count(), 1);
/// assert_eq!(METRICS.waits().in_progress().count, 0);
/// println!("{METRICS}");
/// # }
/// ```
pub struct OnceMetrics<
    #[cfg(feature = "std")] C = InstantClock,
    #[cfg(not(feature = "std"))] C,
    G: Grid = Nanos,
> {
    name: &'static str,
    waits: Waits<C, G>,
    initializing: Running,
    inits: [Histogram<G>; OUTCOMES.len()],
    init_objective: Objective,
    coalesced: Histogram<G::Plain>,
    saved: Counter,
}

/// All outcomes, with their names for export.
const OUTCOMES: [(InitOutcome, &str); 4] = [
    (InitOutcome::Ok, "ok"),
    (InitOutcome::Failed, "failed"),
    (InitOutcome::Panicked, "panicked"),
    (InitOutcome::Cancelled, "cancelled"),
];

#[cfg(feature = "std")]
impl OnceMetrics {
    const_fn! {
        /// Metrics with the clock of `std`, on the default grid.
        ///
        /// ```
        /// # #[cfg(feature = "std")] {
        /// use bellwether::OnceMetrics;
        ///
        /// static METRICS: OnceMetrics = OnceMetrics::new("config");
        /// # }
        /// ```
        pub const fn new(name: &'static str) -> Self {
            Self::with_clock(name, InstantClock)
        }
    }
}

impl<C: Clock, G: Grid> OnceMetrics<C, G> {
    const_fn! {
        /// Metrics with a clock of your own.
        ///
        /// ```
        /// use bellwether::{Nanos, OnceMetrics};
        ///
        /// fn nanos() -> u64 { 1_000 } // reads a timer
        ///
        /// static SMALL: OnceMetrics<fn() -> u64, Nanos<0>> = OnceMetrics::with_clock("config", nanos);
        /// assert!(size_of_val(&SMALL) < 4096);
        /// ```
        pub const fn with_clock(name: &'static str, clock: C) -> Self {
            Self {
                name,
                waits: Waits::new(clock),
                initializing: Running::new(),
                inits: [Histogram::new(), Histogram::new(), Histogram::new(), Histogram::new()],
                init_objective: Objective::new(),
                coalesced: Histogram::new(),
                saved: Counter::new(),
            }
        }
    }

    /// Initialisations that succeed within this time are good ones, for
    /// [`init_objective`](Self::init_objective). Without: all that succeed.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::OnceMetrics;
    /// use std::time::Duration;
    ///
    /// static METRICS: OnceMetrics = OnceMetrics::new("config")
    ///     .init_within(Duration::from_millis(20))
    ///     .wait_within(Duration::from_millis(50));
    /// # }
    /// ```
    #[must_use]
    pub const fn init_within(mut self, threshold: Duration) -> Self {
        self.init_objective.set(threshold);
        self
    }

    /// Waits that end with the value within this time are good ones, for
    /// [`Waits::objective`]. Without: all that end with it.
    ///
    /// See [`init_within`](Self::init_within) for an example.
    #[must_use]
    pub const fn wait_within(mut self, threshold: Duration) -> Self {
        self.waits.objective.set(threshold);
        self
    }

    /// The name under which it is exported.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").name(), "config");
    /// # }
    /// ```
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How long initialisations took that ended so.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{InitOutcome, OnceCell, OnceMetrics};
    ///
    /// let metrics = OnceMetrics::new("config");
    /// let cell = OnceCell::with_hooks(&metrics);
    /// assert!(cell.get_or_try_init_blocking(|| "x".parse::<u32>()).is_err());
    /// assert_eq!(metrics.init(InitOutcome::Failed).snapshot().count(), 1);
    /// # }
    /// ```
    pub fn init(&self, outcome: InitOutcome) -> &Histogram<G> {
        &self.inits[outcome as usize]
    }

    /// How many succeeded within [`init_within`](Self::init_within).
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// let inits = bellwether::OnceMetrics::new("config").init_objective();
    /// assert_eq!((inits.good, inits.total), (0, 0));
    /// # }
    /// ```
    pub fn init_objective(&self) -> Attained {
        self.init_objective.attained()
    }

    /// Initialisations that run.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").initializing().count, 0);
    /// # }
    /// ```
    pub fn initializing(&self) -> InProgress {
        self.waits.stopwatch.in_progress(&self.initializing)
    }

    /// How many waiters each successful initialisation released: calls that did
    /// not have to initialise.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// let metrics = bellwether::OnceMetrics::new("config");
    /// assert_eq!(metrics.coalesced().snapshot().sum(), 0);
    /// # }
    /// ```
    pub fn coalesced(&self) -> &Histogram<G::Plain> {
        &self.coalesced
    }

    /// The time that this has saved: for each successful initialisation, its
    /// nanoseconds times the waiters that it released.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").saved_nanos(), 0);
    /// # }
    /// ```
    pub fn saved_nanos(&self) -> u64 {
        self.saved.load(Relaxed)
    }

    /// Who waited, who waits, and how long.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// assert_eq!(bellwether::OnceMetrics::new("config").waits().contentions(), 0);
    /// # }
    /// ```
    pub fn waits(&self) -> &Waits<C, G> {
        &self.waits
    }

    /// How often the clock ran backwards: such spans count as 0 ns.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use bellwether::{OnceCell, OnceMetrics};
    ///
    /// let time = AtomicU64::new(10_000);
    /// let metrics = OnceMetrics::<_>::with_clock("config", || time.fetch_sub(1_000, Relaxed));
    /// OnceCell::with_hooks(&metrics).get_or_init_blocking(|| 7);
    /// assert_eq!(metrics.clock_reversals(), 1);
    /// # }
    /// ```
    pub fn clock_reversals(&self) -> u64 {
        self.waits.stopwatch.reversals()
    }
}

impl<C: Clock, G: Grid> OnceHooks for OnceMetrics<C, G> {
    type Span = Span;
    type Site = &'static Location<'static>;

    fn wait_begin(&self, site: Self::Site) -> Span {
        self.waits.begin(site)
    }

    fn wait_end(&self, span: Span, outcome: WaitOutcome) {
        self.waits.end(span, outcome);
    }

    fn init_begin(&self) -> Span {
        self.waits.stopwatch.begin(&self.initializing, None)
    }

    fn init_end(&self, span: Span, outcome: InitOutcome, waiters: usize) {
        let nanos = self.waits.stopwatch.end(&self.initializing, &span);
        self.init(outcome).record(nanos);
        let ok = outcome == InitOutcome::Ok;
        self.init_objective.record(nanos, ok);
        if ok {
            let waiters = waiters as u64;
            self.coalesced.record(waiters);
            self.saved.add(nanos.saturating_mul(waiters), Relaxed);
        }
    }
}
