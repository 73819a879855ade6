//! What a buffer is built from.

use alloc::sync::{Arc, Weak};
use core::fmt;

use super::budget::{Budget, Share, Shed};
use super::error::BuildError;
use super::heap::Heap;
use super::log::Log;
use super::plain::Plain;
use super::publish::After;
use super::ring::Ring;
use super::shared::Shared;
use super::store::Store;
use super::{PlainBuffer, Replay, ReplayBuffer};
use crate::hooks::ReplayHooks;

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
pub struct Builder<T, H = (), B = ()> {
    capacity: Option<usize>,
    max_bytes: usize,
    epoch: u64,
    weigh: Option<fn(&T) -> usize>,
    hooks: H,
    budget: B,
}

impl<T> Builder<T> {
    pub(super) fn new() -> Self {
        Self { capacity: None, max_bytes: usize::MAX, epoch: 0, weigh: None, hooks: (), budget: () }
    }
}

impl<T, H, B> Builder<T, H, B> {
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
    pub fn hooks<G>(self, hooks: G) -> Builder<T, G, B> {
        let Self { capacity, max_bytes, epoch, weigh, hooks: _, budget } = self;
        Builder { capacity, max_bytes, epoch, weigh, hooks, budget }
    }

    fn parts<S: Store<Event = T>>(
        self,
        new: impl FnOnce(usize) -> (S, S::Shelf),
    ) -> Result<(Shared<S, H>, B), BuildError> {
        let capacity = self.capacity.ok_or(BuildError::NoCapacity)?;
        if capacity == 0 || capacity > MOST {
            return Err(BuildError::Capacity { given: capacity, most: MOST });
        }
        if self.max_bytes == 0 {
            return Err(BuildError::NoBytes);
        }
        let (store, shelf) = new(capacity);
        let mut log = Log::new(capacity, store, shelf);
        log.set_max_bytes(self.max_bytes);
        let shared = Shared { log, epoch: self.epoch, weigh: self.weigh, hooks: self.hooks };
        Ok((shared, self.budget))
    }
}

impl<T, H> Builder<T, H> {
    /// Retains at most what is left of a budget that is shared with other buffers: see
    /// [`Budget`]. Such a buffer comes in an `Arc`, since others may evict from it; it
    /// is to stay there.
    ///
    /// ```
    /// use bellwether::{Budget, ReplayBuffer};
    ///
    /// let budget = Budget::new(100).unwrap();
    /// let [large, small] = [(); 2].map(|()| {
    ///     ReplayBuffer::builder().capacity(9).budget(&budget).build().unwrap()
    /// });
    /// large.publish_sized("first", 60).unwrap();
    /// large.publish_sized("second", 30).unwrap();
    /// small.publish_sized("third", 20).unwrap();
    /// assert_eq!((large.stats().len, small.stats().len), (1, 1), "from the heaviest");
    /// assert_eq!(budget.used(), 50);
    /// ```
    pub fn budget(self, budget: &Budget) -> Builder<T, H, Budget> {
        let Self { capacity, max_bytes, epoch, weigh, hooks, budget: () } = self;
        Builder { capacity, max_bytes, epoch, weigh, hooks, budget: budget.clone() }
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
        let (shared, ()) = self.parts(Heap::new)?;
        Ok(ReplayBuffer { shared })
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
    /// let buffer: PlainBuffer<(u64, f64)> =
    ///     ReplayBuffer::builder().capacity(64).build_plain().unwrap();
    /// assert_eq!(buffer.publish((7, 0.5)), Ok(1));
    /// ```
    pub fn build_plain(self) -> Result<PlainBuffer<T, H>, BuildError>
    where
        T: Plain,
    {
        let (shared, ()) = self.parts(Ring::new)?;
        Ok(Replay { shared })
    }
}

impl<T, H> Builder<T, H, Budget>
where
    T: Send + Sync + 'static,
    H: ReplayHooks + Send + Sync + 'static,
{
    /// The buffer, empty, and a member of its budget until it goes.
    ///
    /// # Errors
    ///
    /// As for a buffer without a budget.
    ///
    /// ```
    /// use bellwether::{Budget, ReplayBuffer};
    ///
    /// let budget = Budget::new(1 << 20).unwrap();
    /// let builder = ReplayBuffer::<String>::builder().capacity(9).budget(&budget);
    /// let buffer = builder.build().unwrap();
    /// assert_eq!(budget.buffers(), 1);
    /// # drop(buffer);
    /// ```
    pub fn build(self) -> Result<Arc<ReplayBuffer<T, H>>, BuildError> {
        let (mut shared, budget) = self.parts(Heap::new)?;
        Ok(Arc::new_cyclic(|buffer: &Weak<ReplayBuffer<T, H>>| {
            shared.log.join_budget(Share::new(&budget, buffer.clone()));
            ReplayBuffer { shared }
        }))
    }
}

impl<T, H> Shed for ReplayBuffer<T, H>
where
    T: Send + Sync,
    H: ReplayHooks + Send + Sync,
{
    fn shed(&self, bytes: usize) -> usize {
        // SAFETY: it is called through the `Arc`, so nobody has taken the buffer out of
        // it and made it one with a single producer.
        let mut after = unsafe { After::<Heap<T>, H, false>::new(&self.shared) };
        let gone = after.shed(bytes);
        after.run();
        gone
    }
}

impl<T, H, B> fmt::Debug for Builder<T, H, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("capacity", &self.capacity)
            .field("max_bytes", &self.max_bytes)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}
