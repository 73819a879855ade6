//! The one producer of a buffer: see `single.rs`.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use super::error::PublishError;
use super::handle::Single;
use super::publish::After;

/// The one producer of a [`SingleProducer`](crate::SingleProducer), until it is dropped.
///
/// It may go to another thread, between two events: to publish takes `&mut self`. The
/// next producer goes on where this one stopped. One that is leaked
/// ([`mem::forget`](core::mem::forget)) keeps its claim for ever: nobody publishes to
/// that buffer any more.
///
/// Two cannot publish at once:
///
/// ```compile_fail,E0596
/// use bellwether::{Producer, replay::Single};
///
/// fn publish_shared<B: Single<Event = u8>>(producer: &Producer<B>) {
///     producer.publish(1);
/// }
/// ```
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{Producer, ReplayBuffer, SingleProducer, Start, Subscriber};
/// use std::sync::Arc;
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// let buffer = Arc::new(SingleProducer::new(buffer));
/// let mut subscriber = Subscriber::new(buffer.clone(), Start::Live);
/// let mut producer = Producer::new(buffer).expect("the first");
/// std::thread::spawn(move || producer.publish(7).unwrap()).join().unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, 7);
/// # }
/// ```
#[must_use = "it gives its claim back when it is dropped"]
pub struct Producer<B: Single> {
    buffer: B,
}

impl<B: Single> Producer<B> {
    /// The right to publish to what this handle leads to, which may be an `Arc`; `None`
    /// while another producer has it. It never waits.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{Producer, ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert!(Producer::new(&SingleProducer::new(buffer)).is_some());
    /// # }
    /// ```
    pub fn new(buffer: B) -> Option<Self> {
        buffer.claim().take().then(|| Self { buffer })
    }

    /// Stores an event, and wakes those who wait for it: see [`Replay::publish`](crate::Replay::publish).
    ///
    /// # Errors
    ///
    /// As for [`Replay::publish`](crate::Replay::publish).
    ///
    /// # Panics
    ///
    /// As for [`Replay::publish`](crate::Replay::publish).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
    /// assert_eq!(buffer.producer().unwrap().publish("first"), Ok(1));
    /// # }
    /// ```
    #[inline]
    pub fn publish(&mut self, event: B::Event) -> Result<u64, PublishError<B::Event>> {
        let bytes = self.buffer.shared().weight(&event);
        self.publish_sized(event, bytes)
    }

    /// As [`publish`](Self::publish), for an event that weighs `bytes`.
    ///
    /// # Errors
    ///
    /// As for [`Replay::publish`](crate::Replay::publish).
    ///
    /// # Panics
    ///
    /// As for [`Replay::publish`](crate::Replay::publish).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
    /// buffer.producer().unwrap().publish_sized("hello", 5).unwrap();
    /// assert_eq!(buffer.stats().bytes, 5);
    /// # }
    /// ```
    #[inline]
    pub fn publish_sized(
        &mut self,
        event: B::Event,
        bytes: usize,
    ) -> Result<u64, PublishError<B::Event>> {
        // SAFETY: this is the only producer, and lent mutably.
        unsafe { self.buffer.shared().publish_sized::<true>(event, bytes) }
    }

    /// Stores many events: see [`Replay::publish_all`](crate::Replay::publish_all).
    ///
    /// # Errors
    ///
    /// As for [`Replay::publish_all`](crate::Replay::publish_all).
    ///
    /// # Panics
    ///
    /// As for [`Replay::publish_all`](crate::Replay::publish_all).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
    /// assert_eq!(buffer.producer().unwrap().publish_all(1..=5), Ok(5));
    /// ```
    #[cfg(feature = "alloc")]
    pub fn publish_all<I>(&mut self, events: I) -> Result<usize, PublishError<Vec<B::Event>>>
    where
        I: IntoIterator<Item = B::Event>,
    {
        // SAFETY: this is the only producer, and lent mutably.
        unsafe { self.buffer.shared().publish_all::<true>(events) }
    }

    /// Publishes nothing any more: see [`Replay::close`](crate::Replay::close). Returns whether it was open.
    ///
    /// # Panics
    ///
    /// As for [`Replay::close`](crate::Replay::close).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let buffer = SingleProducer::new(buffer);
    /// assert!(buffer.producer().unwrap().close());
    /// assert!(buffer.producer().unwrap().publish(7).is_err());
    /// # }
    /// ```
    pub fn close(&mut self) -> bool {
        // SAFETY: this is the only producer, and lent mutably.
        let mut after = unsafe { After::<_, _, true>::new(self.buffer.shared()) };
        let was_open = after.close();
        after.run();
        was_open
    }

    /// What it publishes to.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let buffer = SingleProducer::new(buffer);
    /// assert_eq!(buffer.producer().unwrap().handle().stats().published, 0);
    /// # }
    /// ```
    pub fn handle(&self) -> &B {
        &self.buffer
    }
}

impl<B: Single> Drop for Producer<B> {
    fn drop(&mut self) {
        self.buffer.claim().give_back();
    }
}

/// Without the events, so that any can be shown.
impl<B: Single> fmt::Debug for Producer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.buffer.shared().show("Producer", f)
    }
}
