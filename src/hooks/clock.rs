//! Clocks, which only metrics read, and only where somebody waits or initialises.

/// Tells the time, for metrics.
///
/// Any `Fn() -> u64` is one, so that a `static` can have a hardware counter as its
/// clock. Two readings are subtracted; if the second is smaller, the span counts
/// as zero and as a reversal: it never wraps into an hour.
///
/// ```
/// use bellwether::{Clock, OnceMetrics};
///
/// fn ticks() -> u64 { 48_000 } // a timer's counter, at 32.768 kHz
///
/// fn nanos() -> u64 { ticks() * 1_000_000_000 / 32_768 }
///
/// static METRICS: OnceMetrics<fn() -> u64> = OnceMetrics::with_clock("config", nanos);
/// assert_eq!(nanos.now(), 1_464_843_750);
/// ```
pub trait Clock {
    /// Nanoseconds since a moment that stays the same while the program runs.
    fn now(&self) -> u64;
}

impl<F: Fn() -> u64> Clock for F {
    #[inline]
    fn now(&self) -> u64 {
        self()
    }
}

/// The clock of `std`: [`Instant`](std::time::Instant), in nanoseconds since it was
/// first asked.
///
/// ```
/// use bellwether::{Clock, InstantClock};
///
/// let start = InstantClock.now();
/// assert!(InstantClock.now() >= start);
/// ```
#[cfg(feature = "std")]
#[derive(Debug, Clone, Copy, Default)]
pub struct InstantClock;

#[cfg(feature = "std")]
impl Clock for InstantClock {
    fn now(&self) -> u64 {
        use std::time::Instant;

        // Not our cell: a clock may be read by a hook that may be called anywhere.
        static FIRST: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        let first = FIRST.get_or_init(Instant::now);
        u64::try_from(first.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
