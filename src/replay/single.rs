//! A buffer that one producer at a time owns, which so needs no lock.
//!
//! | `claimed` | the producer | changed by |
//! |---|---|---|
//! | `false` | none | `Producer::new`, to `true` |
//! | `true` | one lives, or was leaked | its `Drop`, to `false` |
//!
//! What a producer works on is its own from its claim on. Readers never look at it,
//! and for those that wait there is a lock and a flag: see `log.rs`.

#[cfg(feature = "alloc")]
use alloc::sync::Arc;
use core::fmt;

use super::handle::{Handle, Single};
use super::producer::Producer;
use super::shared::Shared;
use super::store::Store;
use super::{Replay, Resume, Start, Stats, Subscriber, Token};
use crate::hooks::ReplayHooks;
use crate::sync::{Acquire, AtomicBool, Relaxed, Release, const_fn};

/// A buffer with one [`Producer`], which takes no lock, and any number of subscribers.
///
/// | | many producers | one |
/// |---|---|---|
/// | who publishes | whoever has a reference | the [`Producer`], with `&mut` |
/// | to publish, nobody waits | one compare-exchange | one read-modify-write, which cannot fail |
/// | to publish, somebody waits | the lock | the lock, for the list of those who wait |
/// | may publish from an interrupt | with the feature `critical-section` | if no subscriber waits by `recv`; otherwise as before |
///
/// All that subscribers do is the same.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, SingleProducer, Start};
///
/// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// let mut subscriber = buffer.subscribe(Start::Live);
/// let mut producer = buffer.producer().expect("the first");
/// producer.publish("hello").unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, "hello");
/// # }
/// ```
pub struct SingleProducer<B> {
    buffer: B,
    claimed: Claim,
}

/// Whether there is a producer.
pub struct Claim(AtomicBool);

impl Claim {
    /// Whether it was free.
    pub(super) fn take(&self) -> bool {
        while !self.0.load(Relaxed) {
            // ORDERING: Acquire pairs with `Claim::give_back`: this producer sees all
            // that the one before it did.
            if self.0.compare_exchange_weak(false, true, Acquire, Relaxed).is_ok() {
                return true;
            }
        }
        false
    }

    pub(super) fn give_back(&self) {
        // ORDERING: Release pairs with `Claim::take`.
        self.0.store(false, Release);
    }
}

impl<S: Store, H> SingleProducer<Replay<S, H>> {
    const_fn! {
        /// Gives the buffer to one producer, who is still to come.
        ///
        /// ```
        /// # #[cfg(feature = "alloc")] {
        /// use bellwether::{ReplayBuffer, SingleProducer};
        ///
        /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
        /// assert!(SingleProducer::new(buffer).producer().is_some());
        /// # }
        /// ```
        pub const fn new(mut buffer: Replay<S, H>) -> Self {
            buffer.shared.log.set_alone();
            Self { buffer, claimed: Claim(AtomicBool::new(false)) }
        }
    }

    /// What the buffer holds at this moment: see [`Replay::stats`].
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
    /// buffer.producer().unwrap().publish(7).unwrap();
    /// assert_eq!(buffer.stats().len, 1);
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.buffer.stats()
    }

    /// How many events are retained at most.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert_eq!(SingleProducer::new(buffer).capacity(), 8);
    /// # }
    /// ```
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Whether nothing is published any more: see [`Producer::close`].
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let buffer = SingleProducer::new(buffer);
    /// buffer.producer().unwrap().close();
    /// assert!(buffer.is_closed());
    /// # }
    /// ```
    pub fn is_closed(&self) -> bool {
        self.buffer.is_closed()
    }

    /// The token of a subscriber that has received everything up to now.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert_eq!(SingleProducer::new(buffer).token().seq, 0);
    /// # }
    /// ```
    pub fn token(&self) -> Token {
        self.buffer.token()
    }

    /// Who observes the buffer.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert_eq!(SingleProducer::new(buffer).hooks(), &());
    /// # }
    /// ```
    pub fn hooks(&self) -> &H {
        self.buffer.hooks()
    }
}

impl<S: Store, H: ReplayHooks> SingleProducer<Replay<S, H>> {
    /// The right to publish, or `None` while another [`Producer`] has it. It never
    /// waits.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let buffer = SingleProducer::new(buffer);
    /// let first = buffer.producer().unwrap();
    /// assert!(buffer.producer().is_none());
    /// drop(first);
    /// assert!(buffer.producer().is_some());
    /// # }
    /// ```
    pub fn producer(&self) -> Option<Producer<&Self>> {
        Producer::new(self)
    }

    /// Subscribes: see [`Replay::subscribe`].
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, SingleProducer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert!(SingleProducer::new(buffer).subscribe(Start::Oldest).try_recv().is_err());
    /// # }
    /// ```
    pub fn subscribe(&self, start: Start) -> Subscriber<&Self> {
        Subscriber::new(self, start)
    }

    /// Goes on where a subscriber was when it gave its token: see [`Replay::resume`].
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Resume, SingleProducer};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let buffer = SingleProducer::new(buffer);
    /// assert!(matches!(buffer.resume(buffer.token()), Resume::Complete(_)));
    /// # }
    /// ```
    pub fn resume(&self, token: Token) -> Resume<&Self> {
        Subscriber::resume(self, token)
    }
}

/// Without the events, so that any can be shown.
impl<S: Store, H> fmt::Debug for SingleProducer<Replay<S, H>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.buffer.shared.show("SingleProducer", f)
    }
}

impl<S: Store, H: ReplayHooks> Handle for &SingleProducer<Replay<S, H>> {
    type Event = S::Event;
    type Hooks = H;
    type Store = S;

    #[inline(always)]
    fn shared(&self) -> &Shared<S, H> {
        &self.buffer.shared
    }
}

#[cfg(feature = "alloc")]
impl<S: Store, H: ReplayHooks> Handle for Arc<SingleProducer<Replay<S, H>>> {
    type Event = S::Event;
    type Hooks = H;
    type Store = S;

    #[inline(always)]
    fn shared(&self) -> &Shared<S, H> {
        &self.buffer.shared
    }
}

impl<S: Store, H: ReplayHooks> Single for &SingleProducer<Replay<S, H>> {
    fn claim(&self) -> &Claim {
        &self.claimed
    }
}

#[cfg(feature = "alloc")]
impl<S: Store, H: ReplayHooks> Single for Arc<SingleProducer<Replay<S, H>>> {
    fn claim(&self) -> &Claim {
        &self.claimed
    }
}
