//! Spans that have not ended: how many there are, and how long they have lasted
//! together, in one word, so that the two always belong together.
//!
//! | bits | hold |
//! |---|---|
//! | the low `COUNT` | how many spans have begun and not ended |
//! | all others | the sum of their starts, in units of 2^`UNIT` ns, modulo |
//!
//! | transition | word |
//! |---|---|
//! | begin | + start · 2^`COUNT` + 1; refused if the count is at its greatest |
//! | end | - the same |
//!
//! At a time `now` they have lasted `count · now - sum`, modulo. So a span shows
//! while it lasts, and not only when it has ended: one that never ends is a ramp.
//!
//! The word says all there is to say, so nothing is ordered by it.

use crate::histogram::units;
use crate::sync::{Relaxed, const_fn, in_order, with_u64, without_u64};

with_u64! {
    use crate::sync::AtomicU64 as Atomic;

    type Word = u64;

    /// A million spans, and 65 µs: together they may last 18 years.
    const COUNT: u32 = 20;
    const UNIT: u32 = 16;
}

without_u64! {
    use crate::sync::AtomicU32 as Atomic;

    type Word = u32;

    /// A thousand spans, and 17 ms: together they may last 9 hours.
    const COUNT: u32 = 10;
    const UNIT: u32 = 24;
}

/// As many as the count can hold.
const MOST: Word = (1 << COUNT) - 1;

#[derive(Debug)]
pub(super) struct Running(Atomic);

/// What a span adds, and takes away again. The start is rounded up, and the clock's
/// reading down, so that never more is shown than has passed.
fn share(start: u64) -> Word {
    ((start.div_ceil(1 << UNIT) as Word) << COUNT) | 1
}

impl Running {
    const_fn! {
        pub(super) const fn new() -> Self {
            Self(Atomic::new(0))
        }
    }

    /// Whether it was counted; if so it must be ended.
    pub(super) fn begin(&self, start: u64) -> bool {
        let mut word = self.0.load(Relaxed);
        while word & MOST < MOST {
            let next = word.wrapping_add(share(start));
            match self.0.compare_exchange_weak(word, next, Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    pub(super) fn end(&self, start: u64) {
        self.0.fetch_sub(share(start), Relaxed);
    }

    /// Reads the clock before the word, and only if there is a reason to. What a reader
    /// misses in between is then missing from the sum, to be seen next time; were the
    /// clock read last, a span that ends in between would show time that it did not
    /// last.
    #[allow(clippy::unnecessary_cast, reason = "a word may have 32 bits")]
    pub(super) fn read(&self, now: impl FnOnce() -> u64) -> InProgress {
        if self.0.load(Relaxed) & MOST == 0 {
            return InProgress { count: 0, nanos: 0 };
        }
        let (now, word) = in_order!(now(), self.0.load(Relaxed));
        let count = word & MOST;
        let sum = word >> COUNT;
        // Shifted up, so that it is modulo what the sum is; the top bit is a sign.
        let lasted = (count.wrapping_mul((now >> UNIT) as Word).wrapping_sub(sum)) << COUNT;
        let behind = lasted >> (Word::BITS - 1) == 1;
        let units = if behind { 0 } else { lasted >> COUNT };
        InProgress { count: count as u64, nanos: (units as u64) << UNIT }
    }
}

/// Spans that have not ended.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceCell, OnceMetrics};
///
/// let metrics = OnceMetrics::new("config");
/// let cell: OnceCell<u32, _> = OnceCell::with_hooks(&metrics);
/// let lead = cell.try_lead();
/// assert_eq!(metrics.initializing().count, 1);
/// drop(lead);
/// assert_eq!(metrics.initializing().count, 0);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InProgress {
    /// How many: up to 1,048,575; without 64-bit atomics, up to 1023. Those above
    /// are not shown here, only when they end.
    pub count: u64,
    /// How long they have lasted, all together, in nanoseconds. Too little, by at most
    /// 131 µs for each of them; without 64-bit atomics 34 ms.
    pub nanos: u64,
}

/// `3 for 1.50 s in all`.
impl core::fmt::Display for InProgress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.count {
            0 => f.write_str("0"),
            1 => {
                f.write_str("1 for ")?;
                units::duration(self.nanos, f)
            }
            count => {
                write!(f, "{count} for ")?;
                units::duration(self.nanos, f)?;
                f.write_str(" in all")
            }
        }
    }
}

#[cfg(all(test, not(bellwether_modelled)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn nanos(running: &Running, now: u64) -> u64 {
        running.read(|| now).nanos
    }

    #[test]
    fn lasts_as_long_as_the_clock_says() {
        let running = Running::new();
        // Each start is rounded up, and each reading down.
        let slack = (2 * 3) << UNIT;
        // Starts far from zero: the sum has wrapped.
        let base = 1 << 60;
        for start in [base, base + SECOND, base + 2 * SECOND] {
            assert!(running.begin(start));
        }
        let now = base + 10 * SECOND;
        assert!(nanos(&running, now).abs_diff(27 * SECOND) < slack);
        running.end(base + SECOND);
        assert!(nanos(&running, now).abs_diff(18 * SECOND) < slack);
        running.end(base);
        running.end(base + 2 * SECOND);
        assert_eq!(running.read(|| now), InProgress { count: 0, nanos: 0 });
    }

    #[test]
    fn a_clock_that_ran_backwards_shows_nothing() {
        let running = Running::new();
        running.begin(5 * SECOND);
        assert_eq!(running.read(|| 4 * SECOND), InProgress { count: 1, nanos: 0 });
    }

    #[test]
    fn refuses_what_it_cannot_count() {
        let running = Running::new();
        for _ in 0..MOST {
            assert!(running.begin(SECOND));
        }
        assert!(!running.begin(SECOND));
        assert_eq!(running.read(|| SECOND).count as Word, MOST);
        running.end(SECOND);
        assert!(running.begin(SECOND));
    }
}
