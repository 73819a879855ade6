//! The buffer that needs no allocator.

use super::Replay;
use super::inline::{Inline, Shelf};
use super::log::Log;
use super::shared::Shared;
use crate::hooks::ReplayHooks;
use crate::sync::const_fn;

/// A [`ReplayBuffer`](crate::ReplayBuffer) of up to `N` events that needs no allocator:
/// `const`, for a `static`, or wherever it is put. It may be moved while nobody has a
/// reference.
///
/// # Spare slots
///
/// Publishing never waits for a reader. An event that a reader is inside of when it is
/// evicted stays in its slot until the reader has left, and a spare slot takes its
/// place: `SPARE` says how many there are. If there is none left, `publish` gives the
/// event back as [`Busy`](crate::PublishError::Busy): the oldest event went to make
/// room for it, and nothing else happened, so that it may be tried again.
///
/// A reader is inside while a call of `try_recv` or `for_each_ready`, or a poll of
/// `recv`, clones an event or lends it to a closure. A subscriber that waits or stands
/// still is not: `SPARE` is about threads, and priorities of interrupts, not about
/// subscribers. If at most `SPARE` such reads overlap with a `publish`, it never is
/// busy. With none to spare, it is busy whenever a read overlaps of what must go.
///
/// # Memory
///
/// A new one is all zeroes, so that a `static` lies in `.bss`. All of it is in the value: `N + SPARE` slots, each with an event and a word, and
/// `2 N + SPARE` words beside them. The rest is at most 640 bytes, mostly gaps: what
/// readers look at and what publishers look at begin at multiples of 128. A
/// `ReplayArray<u32, 8>` has 896 bytes on a 64-bit target. At most `N + SPARE` events
/// are alive; one that was evicted while a reader was inside goes when somebody next
/// publishes after the reader has left. If events need a drop, a publication takes the
/// stack of about twenty.
///
/// # Interrupts
///
/// Producers take a spin lock for a few dozen instructions, and receivers that wait and
/// `stats` do so too. Where an interrupt publishes, polls `recv` or asks for `stats`,
/// enable the feature `critical-section`: interrupts are then masked while the lock is
/// held. `try_recv` takes no lock and needs no mask. Events are cloned and dropped, wakers woken and
/// hooks called, outside of it. Each operation finds its slot by `position % N`: a
/// power of two makes that a mask, where other numbers cost a 32-bit processor a
/// division of 64 bits.
///
/// # Nothing to retain
///
/// ```compile_fail
/// static NONE: bellwether::ReplayArray<u32, 0> = bellwether::ReplayArray::new();
/// ```
///
/// ```
/// use bellwether::{ReplayArray, Start};
///
/// static READINGS: ReplayArray<u32, 64> = ReplayArray::new();
///
/// let mut subscriber = READINGS.subscribe(Start::Live);
/// READINGS.publish(512).unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, 512);
/// ```
pub type ReplayArray<T, const N: usize, H = (), const SPARE: usize = 2> =
    Replay<Inline<T, N, SPARE>, H>;

impl<T, const N: usize, const SPARE: usize> ReplayArray<T, N, (), SPARE> {
    const_fn! {
        /// An empty buffer. `N` and `SPARE` come from the type that is asked for.
        ///
        /// ```
        /// use bellwether::ReplayArray;
        ///
        /// static ALARMS: ReplayArray<&str, 8> = ReplayArray::new();
        /// let local: ReplayArray<String, 5, (), 3> = ReplayArray::new();
        /// assert_eq!(ALARMS.publish("low battery"), Ok(1));
        /// assert_eq!(local.publish("low battery".into()), Ok(1));
        /// ```
        #[must_use]
        pub const fn new() -> Self {
            Self::with_hooks(())
        }
    }
}

impl<T, const N: usize, H, const SPARE: usize> ReplayArray<T, N, H, SPARE> {
    const_fn! {
        /// As [`new`](Self::new), observed by `hooks`: see [`ReplayHooks`].
        ///
        /// ```
        /// # #[cfg(feature = "std")] {
        /// use bellwether::{ReplayArray, ReplayMetrics};
        ///
        /// static METRICS: ReplayMetrics = ReplayMetrics::new("alarms");
        /// static ALARMS: ReplayArray<&str, 8, &ReplayMetrics> = ReplayArray::with_hooks(&METRICS);
        /// ALARMS.publish("low battery").unwrap();
        /// assert_eq!(METRICS.published_events(), 1);
        /// # }
        /// ```
        #[must_use]
        pub const fn with_hooks(hooks: H) -> Self {
            const { assert!(N > 0, "a replay array needs room for an event") };
            let log = Log::new(0, Inline::new(), Shelf::new());
            Self { shared: Shared { log, epoch: 0, weigh: None, hooks } }
        }
    }

    /// Retains events of at most `bytes` in all; without a bound if it is not called.
    /// What an event weighs is said by [`publish_sized`](Self::publish_sized) or
    /// [`weigh`](Self::weigh). What is retained beyond it goes with the next event.
    ///
    /// # Panics
    ///
    /// If it is 0: no event would fit. For a `static` that is a compile error.
    ///
    /// ```
    /// use bellwether::ReplayArray;
    ///
    /// static SMALL: ReplayArray<u8, 3> = ReplayArray::new().max_bytes(2);
    /// (1..=3).for_each(|event| assert!(SMALL.publish(event).is_ok()));
    /// assert_eq!(SMALL.stats().len, 2);
    /// ```
    #[must_use]
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        assert!(bytes > 0, "`max_bytes(0)`: no event would fit");
        self.shared.log.set_max_bytes(bytes);
        self
    }

    /// Says what an event weighs. It is called once an event, before it is stored.
    /// Without it, an event weighs its size, and nothing for what it points to.
    ///
    /// ```
    /// use bellwether::ReplayArray;
    ///
    /// static LINES: ReplayArray<&str, 8> = ReplayArray::new().weigh(|line| line.len());
    /// LINES.publish("hello").unwrap();
    /// assert_eq!(LINES.stats().bytes, 5);
    /// ```
    #[must_use]
    pub const fn weigh(mut self, weigh: fn(&T) -> usize) -> Self {
        self.shared.weigh = Some(weigh);
        self
    }

    /// A number that tokens carry, so that those of another buffer are told apart: the
    /// count of boots, or a random number, if they outlive the buffer. Without it, 0.
    ///
    /// ```
    /// use bellwether::ReplayArray;
    ///
    /// static EVENTS: ReplayArray<u8, 3> = ReplayArray::new().epoch(7);
    /// assert_eq!(EVENTS.token().epoch, 7);
    /// ```
    #[must_use]
    pub const fn epoch(mut self, epoch: u64) -> Self {
        self.shared.epoch = epoch;
        self
    }
}

/// As [`ReplayArray::with_hooks`] with the hooks' default.
impl<T, const N: usize, H: ReplayHooks + Default, const SPARE: usize> Default
    for ReplayArray<T, N, H, SPARE>
{
    fn default() -> Self {
        Self::with_hooks(H::default())
    }
}
