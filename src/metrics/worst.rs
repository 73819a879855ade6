//! The worst span since somebody looked, and the place in the source where it was:
//! in one word, so that the two always belong together.
//!
//! | bits | hold |
//! |---|---|
//! | the low 4 | which of the known sites, from 1; 0 if none |
//! | all others | the upper bits of the nanoseconds (of their code, without 64-bit atomics) |
//!
//! A span raises the word; who looks swaps it for zero. The sites are found once
//! and stay: a site is written before the word that names it.

use core::fmt;
use core::panic::Location;

use crate::histogram::extreme::{Atomic, Word, least, word};
use crate::histogram::units;
use crate::once::OnceCell;
use crate::sync::{Acquire, Relaxed, Release};

const SITE: Word = 15;
const SITES: usize = if cfg!(bellwether_modelled) { 2 } else { SITE as usize };

#[derive(Debug)]
pub(super) struct WorstSoFar {
    word: Atomic,
    sites: [OnceCell<&'static Location<'static>>; SITES],
}

impl WorstSoFar {
    #[cfg(not(bellwether_modelled))]
    pub(super) const fn new() -> Self {
        Self { word: Atomic::new(0), sites: [const { OnceCell::new() }; SITES] }
    }

    #[cfg(bellwether_modelled)]
    pub(super) fn new() -> Self {
        Self { word: Atomic::new(0), sites: core::array::from_fn(|_| OnceCell::new()) }
    }

    pub(super) fn raise(&self, nanos: u64, site: Option<&'static Location<'static>>) {
        let nanos = word(nanos) & !SITE;
        if nanos > self.word.load(Relaxed) {
            // ORDERING: Release pairs with `take`: the site is there.
            self.word.fetch_max(nanos | self.number(site), Release);
        }
    }

    /// The number of a site; 0 if there are too many.
    fn number(&self, site: Option<&'static Location<'static>>) -> Word {
        let Some(site) = site else { return 0 };
        let mut number = 0;
        for known in &self.sites {
            number += 1;
            // Two who come first at once may take two places: that costs one place.
            if known.get().is_some_and(|known| *known == site) || known.set(site).is_ok() {
                return number;
            }
        }
        0
    }

    pub(super) fn take(&self) -> Option<Worst> {
        // ORDERING: Acquire pairs with `raise`: the site is there.
        let word = self.word.swap(0, Acquire);
        let number = (word & SITE) as usize;
        let site = self.sites.get(number.wrapping_sub(1)).and_then(OnceCell::get).copied();
        (word != 0).then(|| Worst { nanos: least(word & !SITE), site })
    }
}

/// The worst span since somebody looked.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{OnceCell, OnceMetrics};
/// use std::{thread, time::Duration};
///
/// let metrics = OnceMetrics::new("config");
/// let cell: OnceCell<u32, _> = OnceCell::with_hooks(&metrics);
/// thread::scope(|scope| {
///     let lead = cell.try_lead();
///     let waiter = scope.spawn(|| *cell.wait_blocking());
///     while metrics.waits().in_progress().count == 0 {
///         thread::yield_now();
///     }
///     thread::sleep(Duration::from_millis(1));
///     if let bellwether::TryLead::Leader(guard) = lead {
///         guard.set(7);
///     }
///     waiter.join().unwrap();
/// });
/// let worst = metrics.waits().take_worst().unwrap();
/// assert!(worst.nanos > 900_000);
/// println!("{worst}"); // 1.05 ms at src/main.rs:8:45
/// # assert_eq!(worst.site.unwrap().file(), file!());
/// assert_eq!(metrics.waits().take_worst(), None);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Worst {
    /// How long it took in nanoseconds, rounded down to a multiple of 16; without
    /// 64-bit atomics, by one part in four million.
    pub nanos: u64,
    /// Where the cell or buffer was called. The first 15 places that were ever the
    /// worst are known; `None` for others.
    pub site: Option<&'static Location<'static>>,
}

/// `1.05 ms at src/main.rs:8:45`.
impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        units::duration(self.nanos, f)?;
        match self.site {
            Some(site) => write!(f, " at {site}"),
            None => Ok(()),
        }
    }
}
