//! The buffer of plain events that needs no allocator.

use super::Replay;
use super::log::Log;
use super::plain::Plain;
use super::ring::{ArraySlots, Ring};
use super::shared::Shared;
use crate::sync::const_fn;

/// A buffer of up to `N` events that are a few words and nothing else (see [`Plain`]),
/// which needs no allocator: `const`, for a `static`, or wherever it is put.
///
/// A reader copies the words, and then looks whether they were overwritten meanwhile: if
/// so, it has missed the event. So `publish` is never busy, whoever reads.
///
/// # Memory
///
/// All of it is in the value: the words of `N` events, and a `usize` for each. Each
/// operation finds its slot by `position % N`: a power of two makes that a mask.
///
/// # Nothing to retain
///
/// ```compile_fail
/// static NONE: bellwether::PlainArray<u32, 0> = bellwether::PlainArray::new();
/// ```
///
/// ```
/// use bellwether::{PlainArray, Start};
///
/// static READINGS: PlainArray<u32, 64> = PlainArray::new();
///
/// let mut subscriber = READINGS.subscribe(Start::Live);
/// READINGS.publish(512).unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, 512);
/// ```
pub type PlainArray<T, const N: usize, H = ()> = Replay<Ring<T, ArraySlots<N>>, H>;

impl<T: Plain, const N: usize> PlainArray<T, N> {
    const_fn! {
        /// An empty buffer.
        ///
        /// ```
        /// use bellwether::PlainArray;
        ///
        /// static ALARMS: PlainArray<(u8, f32), 8> = PlainArray::new();
        /// assert_eq!(ALARMS.publish((1, 0.5)), Ok(1));
        /// ```
        #[must_use]
        pub const fn new() -> Self {
            Self::with_hooks(())
        }
    }
}

impl<T: Plain, const N: usize> Default for PlainArray<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Plain, const N: usize, H> PlainArray<T, N, H> {
    const_fn! {
        /// As [`new`](Self::new), observed by `hooks`: see
        /// [`ReplayHooks`](crate::ReplayHooks).
        ///
        /// ```
        /// # #[cfg(feature = "std")] {
        /// use bellwether::{PlainArray, ReplayMetrics};
        ///
        /// static METRICS: ReplayMetrics = ReplayMetrics::new("alarms");
        /// static ALARMS: PlainArray<u8, 8, &ReplayMetrics> = PlainArray::with_hooks(&METRICS);
        /// ALARMS.publish(1).unwrap();
        /// assert_eq!(METRICS.published_events(), 1);
        /// # }
        /// ```
        #[must_use]
        pub const fn with_hooks(hooks: H) -> Self {
            const { assert!(N > 0, "a plain array needs room for an event") };
            let log = Log::new(0, Ring::in_array(), ());
            Self { shared: Shared { log, epoch: 0, weigh: None, hooks } }
        }
    }

    /// Retains events of at most `bytes` in all; without a bound if it is not called.
    ///
    /// # Panics
    ///
    /// If it is 0: no event would fit. For a `static` that is a compile error.
    ///
    /// ```
    /// use bellwether::PlainArray;
    ///
    /// static SMALL: PlainArray<u8, 3> = PlainArray::new().max_bytes(2);
    /// (1..=3).for_each(|event| assert!(SMALL.publish(event).is_ok()));
    /// assert_eq!(SMALL.stats().len, 2);
    /// ```
    #[must_use]
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        assert!(bytes > 0, "`max_bytes(0)`: no event would fit");
        self.shared.log.set_max_bytes(bytes);
        self
    }

    /// A number that tokens carry, so that those of another buffer are told apart.
    /// Without it, 0.
    ///
    /// ```
    /// use bellwether::PlainArray;
    ///
    /// static EVENTS: PlainArray<u8, 3> = PlainArray::new().epoch(7);
    /// assert_eq!(EVENTS.token().epoch, 7);
    /// ```
    #[must_use]
    pub const fn epoch(mut self, epoch: u64) -> Self {
        self.shared.epoch = epoch;
        self
    }
}
