//! What a buffer is built from.

use core::fmt;

use super::error::BuildError;
use super::heap::Heap;
use super::log::Log;
use super::plain::Plain;
use super::ring::Ring;
use super::shared::Shared;
use super::store::Store;
use super::{PlainBuffer, Replay, ReplayBuffer};

/// The greatest capacity.
const MOST: usize = 1 << 31;

/// Bounds and hooks of a buffer to be: see [`ReplayBuffer::builder`].
///
/// ```
/// use bellwether::ReplayBuffer;
///
/// let buffer = ReplayBuffer::builder()
///     .capacity(1_000)
///     .max_bytes(1 << 20)
///     .weigh(String::len)
///     .build()
///     .unwrap();
/// assert_eq!(buffer.publish("hello".to_string()), Ok(1));
/// assert_eq!(buffer.stats().bytes, 5);
/// ```
#[must_use]
pub struct Builder<T, H = ()> {
    capacity: Option<usize>,
    max_bytes: usize,
    epoch: u64,
    weigh: Option<fn(&T) -> usize>,
    hooks: H,
}

impl<T> Builder<T> {
    pub(super) fn new() -> Self {
        Self { capacity: None, max_bytes: usize::MAX, epoch: 0, weigh: None, hooks: () }
    }
}

impl<T, H> Builder<T, H> {
    /// Retains at most `events`: must be said, from 1 to 2³¹. Memory for events is
    /// allocated when they come, a few at a time, and then used again.
    ///
    /// ```
    /// assert!(bellwether::ReplayBuffer::<u8>::builder().capacity(3).build().is_ok());
    /// ```
    pub fn capacity(mut self, events: usize) -> Self {
        self.capacity = Some(events);
        self
    }

    /// Retains events of at most `bytes` in all; without a bound if it is not called.
    /// What an event weighs is said by [`publish_sized`](ReplayBuffer::publish_sized)
    /// or [`weigh`](Self::weigh).
    ///
    /// ```
    /// let builder = bellwether::ReplayBuffer::<u8>::builder().capacity(3).max_bytes(2);
    /// let buffer = builder.build().unwrap();
    /// (1..=3).for_each(|event| assert!(buffer.publish(event).is_ok()));
    /// assert_eq!(buffer.stats().len, 2);
    /// ```
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Says what an event weighs. It is called once an event, before it is stored.
    /// Without it, an event weighs its size, and nothing for what it points to.
    ///
    /// ```
    /// let builder = bellwether::ReplayBuffer::<Vec<u8>>::builder().capacity(3);
    /// let buffer = builder.weigh(|event| event.len() + 24).build().unwrap();
    /// buffer.publish(vec![0; 100]).unwrap();
    /// assert_eq!(buffer.stats().bytes, 124);
    /// ```
    pub fn weigh(mut self, weigh: fn(&T) -> usize) -> Self {
        self.weigh = Some(weigh);
        self
    }

    /// A number that tokens carry, so that those of another buffer are told apart. A
    /// time of day or a random number, if they outlive the process. Without it, 0.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(3).epoch(7).build().unwrap();
    /// assert_eq!(buffer.token().epoch, 7);
    /// ```
    pub fn epoch(mut self, epoch: u64) -> Self {
        self.epoch = epoch;
        self
    }

    /// Who observes the buffer: see [`ReplayHooks`](crate::ReplayHooks).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, hooks::OnMissed};
    ///
    /// let hooks = OnMissed(|events: u64| eprintln!("missed {events}"));
    /// assert!(ReplayBuffer::<u8>::builder().capacity(3).hooks(hooks).build().is_ok());
    /// ```
    pub fn hooks<G>(self, hooks: G) -> Builder<T, G> {
        let Self { capacity, max_bytes, epoch, weigh, hooks: _ } = self;
        Builder { capacity, max_bytes, epoch, weigh, hooks }
    }

    /// The buffer, empty.
    ///
    /// # Errors
    ///
    /// If there is no capacity or one out of range, or no byte fits.
    ///
    /// ```
    /// use bellwether::{BuildError, ReplayBuffer};
    ///
    /// let built = ReplayBuffer::<u8>::builder().build();
    /// assert!(matches!(built, Err(BuildError::NoCapacity)));
    /// ```
    pub fn build(self) -> Result<ReplayBuffer<T, H>, BuildError> {
        self.build_with(Heap::new)
    }

    /// The buffer, empty, for events that are a few words and nothing else: see
    /// [`PlainBuffer`]. All of its memory is allocated here.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build).
    ///
    /// ```
    /// use bellwether::{PlainBuffer, ReplayBuffer};
    ///
    /// let built: PlainBuffer<(u64, f64)> =
    ///     ReplayBuffer::builder().capacity(64).build_plain().unwrap();
    /// assert_eq!(built.publish((7, 0.5)), Ok(1));
    /// ```
    pub fn build_plain(self) -> Result<PlainBuffer<T, H>, BuildError>
    where
        T: Plain,
    {
        self.build_with(Ring::new)
    }

    fn build_with<S: Store<Event = T>>(
        self,
        new: impl FnOnce(usize) -> (S, S::Shelf),
    ) -> Result<Replay<S, H>, BuildError> {
        let capacity = self.capacity.ok_or(BuildError::NoCapacity)?;
        if capacity == 0 || capacity > MOST {
            return Err(BuildError::Capacity { given: capacity, most: MOST });
        }
        if self.max_bytes == 0 {
            return Err(BuildError::NoBytes);
        }
        let (store, shelf) = new(capacity);
        let shared = Shared {
            log: Log::new(capacity, self.max_bytes, store, shelf, false),
            epoch: self.epoch,
            weigh: self.weigh,
            hooks: self.hooks,
        };
        Ok(Replay { shared })
    }
}

impl<T, H> fmt::Debug for Builder<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("capacity", &self.capacity)
            .field("max_bytes", &self.max_bytes)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}
