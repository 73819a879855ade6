//! What is run: each form of each primitive, with scenarios of its own.

use core::ops::Range;

use crate::linear::check::Time;
use crate::linear::histogram::subject::{self as histogram, All, Exact, Single};
use crate::linear::tally::{Counts, all};
use crate::linear::{once, replay};

pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) seeds: Range<u64>,
    /// Runs each scenario of these seeds so many times.
    pub(crate) run: fn(Range<u64>, usize) -> Counts,
}

macro_rules! suites {
    ($($name:literal $seeds:expr, $subject:ty;)*) => {
        pub(crate) const SUITES: &[Suite] = &[$(Suite {
            name: $name,
            seeds: $seeds,
            run: |seeds, most| all::<$subject>(seeds, Time::Real, most),
        }),*];
    };
}

suites! {
    "cell" 1000..1300, once::subject::Real;
    "replay buffer, events with a drop" 1000..1150, replay::subject::Real<Box<u64>>;
    "replay buffer, in place" 1150..1300, replay::subject::Real<u64>;
    "histogram" 1000..1150, histogram::Real<All>;
    "exact histogram" 1150..1300, histogram::Real<Exact>;
    "single writer" 1300..1400, histogram::Real<Single>;
}

/// How many scenarios there are.
pub(crate) fn scenarios() -> usize {
    SUITES.iter().map(|suite| suite.seeds.clone().count()).sum()
}
