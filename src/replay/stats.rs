//! What a buffer says of itself.

use core::fmt;

use super::Replay;
use super::log::Retained;
use super::shared::Shared;
use super::store::Store;
use super::token::Token;

/// What a buffer holds: see [`Replay::stats`].
///
/// It is of one moment. With a single producer, which takes no lock, `bytes` may be those
/// of a moment before or after.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
/// assert_eq!(buffer.stats(), bellwether::ReplayStats::default());
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events that were published: the sequence number of the newest.
    pub published: u64,
    /// The sequence number of the newest event that was evicted; 0 if none was.
    pub evicted_through: u64,
    /// Events that are retained.
    pub len: usize,
    /// What they weigh.
    pub bytes: usize,
    /// Subscribers at this moment.
    pub subscribers: usize,
    /// Whether nothing is published any more.
    pub closed: bool,
}

impl<S: Store, H> Replay<S, H> {
    /// What the buffer holds at this moment.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::ReplayBuffer;
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// (1..=5_u64).for_each(|event| assert!(buffer.publish(event).is_ok()));
    /// let stats = buffer.stats();
    /// assert_eq!((stats.published, stats.evicted_through, stats.len), (5, 3, 2));
    /// assert_eq!((stats.bytes, stats.subscribers), (16, 0));
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// How many events are retained at most.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.capacity(), 2);
    /// # }
    /// ```
    pub fn capacity(&self) -> usize {
        self.shared.log.capacity()
    }

    /// Whether nothing is published any more: see [`close`](Self::close).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert!(!buffer.is_closed());
    /// buffer.close();
    /// assert!(buffer.is_closed());
    /// # }
    /// ```
    pub fn is_closed(&self) -> bool {
        self.shared.log.is_closed()
    }

    /// The token of a subscriber that has received everything up to now; its `epoch` is
    /// that of the buffer.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(2).build().unwrap();
    /// buffer.publish("first").unwrap();
    /// assert_eq!(buffer.token().seq, 1);
    /// # }
    /// ```
    pub fn token(&self) -> Token {
        self.shared.token(self.shared.log.tail())
    }

    /// Who observes the buffer.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.hooks(), &());
    /// # }
    /// ```
    pub fn hooks(&self) -> &H {
        &self.shared.hooks
    }
}

impl<S: Store, H> Shared<S, H> {
    pub(super) fn stats(&self) -> Stats {
        let Retained { head, tail, bytes, closed } = self.log.retained();
        Stats {
            published: tail,
            evicted_through: head,
            len: (tail - head) as usize,
            bytes,
            subscribers: self.log.subscribers(),
            closed,
        }
    }

    pub(super) fn token(&self, seq: u64) -> Token {
        Token { epoch: self.epoch, seq }
    }

    pub(super) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("capacity", &self.log.capacity())
            .field("max_bytes", &self.log.max_bytes())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
