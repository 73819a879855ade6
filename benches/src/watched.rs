//! This crate's cell with an observer: what metrics cost.

use core::hint::black_box;

use bellwether::{InitOutcome, OnceCell, OnceHooks, OnceMetrics};

use crate::peer::{AsyncPeer, SyncPeer};
use crate::peers::common;

/// Metrics with the clock of `std`.
pub static METRICS: OnceMetrics = OnceMetrics::new("bench");

/// Metrics whose clock costs nothing: what is left is the metrics' own.
pub static TIMELESS: OnceMetrics<fn() -> u64> = OnceMetrics::with_clock("bench", no_time);

fn no_time() -> u64 {
    black_box(0)
}

/// How the tables call the cell with each of them.
pub const WITH_METRICS: &str = "with metrics";
/// See [`TIMELESS`].
pub const WITHOUT_CLOCK: &str = "with metrics, without their clock";

macro_rules! watched {
    ($($hooks:ty, $value:expr, $name:expr;)*) => {$(
        impl SyncPeer for OnceCell<u64, $hooks> {
            const NAME: &'static str = $name;

            #[inline(always)]
            fn new() -> Self {
                Self::with_hooks($value)
            }

            common!(get);

            #[inline(always)]
            fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64 {
                self.get_or_init_blocking(init)
            }
        }

        impl AsyncPeer for OnceCell<u64, $hooks> {
            const NAME: &'static str = $name;

            #[inline(always)]
            fn new() -> Self {
                Self::with_hooks($value)
            }

            fn ready(value: u64) -> Self {
                let cell = Self::with_hooks($value);
                assert!(cell.set(value).is_ok());
                cell
            }

            common!(get);
            common!(init);
        }
    )*};
}

watched! {
    &'static OnceMetrics, &METRICS, WITH_METRICS;
    &'static OnceMetrics<fn() -> u64>, &TIMELESS, WITHOUT_CLOCK;
}

/// The metrics have seen the work, all of it.
///
/// # Panics
///
/// If they have not.
pub fn prove() {
    fn proven<H: OnceHooks>(cell: &OnceCell<u64, H>, inits: impl Fn() -> u64) {
        let before = inits();
        assert_eq!(cell.get_or_init_blocking(|| 7), &7);
        assert_eq!(cell.get_or_init_blocking(|| 8), &7);
        assert_eq!(inits(), before + 1, "one initialisation");
    }
    proven(&OnceCell::with_hooks(&METRICS), || METRICS.init(InitOutcome::Ok).snapshot().count());
    proven(&OnceCell::with_hooks(&TIMELESS), || TIMELESS.init(InitOutcome::Ok).snapshot().count());
}
