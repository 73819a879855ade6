//! [`ReplayBuffer`]: a log that is bounded by events and by bytes, from which every
//! subscriber reads at its own pace.
//!
//! | file | what |
//! |---|---|
//! | `replay/log.rs` | where events are, how they are read without a lock, and why that is right |
//! | `replay/log/write.rs` | making room, appending |
//! | `replay/chunk.rs` | slots, and the count of readers that are inside |
//! | `replay/lock.rs` | the producers' lock |
//! | `replay/publish.rs` | a publication from end to end, and what happens if something panics |
//! | `replay/subscriber.rs` | a cursor, and its receipts |
//! | `replay/start.rs`, `replay/handle.rs` | where a subscriber begins, and how it holds its buffer |
//! | `replay/wait.rs`, `replay/parked.rs` | waiting for the next event |
//! | `replay/weigh.rs` | what an event weighs, by its type |

use alloc::vec::Vec;
use core::fmt;
use core::mem::needs_drop;

use crate::hooks::ReplayHooks;

mod batch;
mod builder;
mod chunk;
mod error;
mod handle;
mod lock;
mod log;
mod parked;
mod publish;
mod start;
mod subscriber;
mod token;
mod wait;
mod weigh;

pub use builder::Builder;
pub use error::{BuildError, Missed, PublishError, RecvError, TryRecvError};
pub use handle::Handle;
pub use start::{Event, Receipt, Resume, Start};
pub use subscriber::Subscriber;
pub use token::{Token, TokenError};
pub use weigh::Weigh;

use log::Log;
use publish::{After, tell_in_place};

/// A log of the latest events, bounded by their number and by their bytes.
///
/// Publishing never waits for a subscriber: the oldest events are *evicted*, and a
/// subscriber that was not fast enough is told exactly which it [`Missed`]. It may
/// join late and begin with the oldest, or go away and [`resume`](Self::resume) with
/// a [`Token`].
///
/// # Order
///
/// Events have sequence numbers, from 1 on and without gaps, in one order for all
/// publishers and subscribers.
///
/// # Memory
///
/// At most [`capacity`](Builder::capacity) events, with at most
/// [`max_bytes`](Builder::max_bytes) in all, are retained. On top of these come
/// evicted events that a reader was inside of when they were evicted: those of a chunk
/// (an eighth of the capacity, at most 16 events) for each thread that is in the middle
/// of reading. They are dropped when somebody next publishes after it has finished. A
/// subscriber that stands still is not in the middle of reading: it costs its cursor.
///
/// # Panics
///
/// A panic of an event's `clone` or `drop`, of a waker or of a hook goes to the caller
/// in whose name it ran. The buffer stays intact, and does all else that it had to do.
///
/// ```
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(100).build().unwrap();
/// buffer.publish("before").unwrap();
/// let mut subscriber = buffer.subscribe(Start::Oldest);
/// buffer.publish("after").unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, "before");
/// assert_eq!(subscriber.try_recv().unwrap().value, "after");
/// ```
pub struct ReplayBuffer<T, H = ()> {
    log: Log<T>,
    epoch: u64,
    /// By its size, if `None`.
    weigh: Option<fn(&T) -> usize>,
    hooks: H,
}

impl<T> ReplayBuffer<T> {
    /// Says what the buffer is bounded by.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::<u32>::builder().capacity(64).build();
    /// assert!(buffer.is_ok());
    /// ```
    pub fn builder() -> Builder<T> {
        Builder::new()
    }
}

impl<T, H: ReplayHooks> ReplayBuffer<T, H> {
    /// Stores an event, and wakes those who wait for it; returns its sequence number.
    /// Events are stored also while nobody subscribes.
    ///
    /// # Errors
    ///
    /// The event is given back if the buffer is closed, or if it weighs more than the
    /// whole buffer may.
    ///
    /// # Panics
    ///
    /// With a panic of the weight, and as said above. If `drop` panics for an event that
    /// had to go first, the new one may be lost.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.publish("first"), Ok(1));
    /// assert_eq!(buffer.publish("second"), Ok(2));
    /// ```
    #[inline]
    pub fn publish(&self, event: T) -> Result<u64, PublishError<T>> {
        let bytes = self.weight(&event);
        self.publish_sized(event, bytes)
    }

    /// As [`publish`](Self::publish), for an event that weighs `bytes`.
    ///
    /// # Errors
    ///
    /// As for [`publish`](Self::publish).
    ///
    /// # Panics
    ///
    /// As for [`publish`](Self::publish).
    ///
    /// ```
    /// let builder = bellwether::ReplayBuffer::builder().capacity(9).max_bytes(10);
    /// let buffer = builder.build().unwrap();
    /// buffer.publish_sized("six", 6).unwrap();
    /// buffer.publish_sized("five", 5).unwrap();
    /// assert_eq!((buffer.stats().len, buffer.stats().bytes), (1, 5));
    /// ```
    #[inline]
    pub fn publish_sized(&self, event: T, bytes: usize) -> Result<u64, PublishError<T>> {
        if bytes > self.log.max_bytes {
            return Err(PublishError::TooLarge(event));
        }
        if needs_drop::<T>() {
            return self.publish_anyhow(event, bytes);
        }
        match self.log.lock(|inner| self.log.append_in_place(inner, event, bytes)) {
            Ok((at, evicted)) => {
                tell_in_place(&self.hooks, bytes, evicted);
                Ok(at + 1)
            }
            Err(event) => self.publish_anyhow(event, bytes),
        }
    }

    #[inline(never)]
    fn publish_anyhow(&self, event: T, bytes: usize) -> Result<u64, PublishError<T>> {
        let mut event = Some((event, bytes));
        let mut after = After::new(self);
        let published = after.publish(1, bytes, || event.take());
        after.run();
        match (published, event) {
            (Ok(at), _) => Ok(at + 1),
            (Err(_), Some((event, _))) => Err(PublishError::Closed(event)),
            (Err(_), None) => unreachable!("a closed buffer takes nothing"),
        }
    }

    /// Stores many events, and wakes those who wait once; returns how many there were.
    ///
    /// They become visible all at once if they fit into the buffer together; otherwise
    /// in several steps, each of as many as fit, between which others may publish.
    ///
    /// # Errors
    ///
    /// If one of them weighs more than the whole buffer may, nothing is stored, and all
    /// are given back. If the buffer is closed, those that were not stored are.
    ///
    /// # Panics
    ///
    /// As for [`publish`](Self::publish), and with a panic of the iterator: nothing is
    /// stored then.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(8).build().unwrap();
    /// assert_eq!(buffer.publish_all(1..=5), Ok(5));
    /// assert_eq!(buffer.stats().published, 5);
    /// ```
    pub fn publish_all<I>(&self, events: I) -> Result<usize, PublishError<Vec<T>>>
    where
        I: IntoIterator<Item = T>,
    {
        let weighed = |event| {
            let bytes = self.weight(&event);
            (event, bytes)
        };
        let events: Vec<_> = events.into_iter().map(weighed).collect();
        let bare = |events: &mut dyn Iterator<Item = (T, usize)>| {
            events.map(|(event, _)| event).collect::<Vec<T>>()
        };
        if events.iter().any(|&(_, bytes)| bytes > self.log.max_bytes) {
            return Err(PublishError::TooLarge(bare(&mut events.into_iter())));
        }
        let len = events.len();
        let mut events = events.into_iter();
        let mut after = After::new(self);
        while !events.as_slice().is_empty() {
            let (mut piece, mut bytes) = (0, 0_usize);
            for &(_, more) in events.as_slice().iter().take(self.log.capacity) {
                match bytes.checked_add(more) {
                    Some(sum) if sum <= self.log.max_bytes => bytes = sum,
                    _ => break,
                }
                piece += 1;
            }
            if after.publish(piece, bytes, || events.next()).is_err() {
                after.run();
                return Err(PublishError::Closed(bare(&mut events)));
            }
        }
        after.run();
        Ok(len)
    }

    /// Publishes nothing any more: subscribers receive what is retained, and are then
    /// told that the buffer is closed. Returns whether it was open.
    ///
    /// # Panics
    ///
    /// As said above.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start, TryRecvError};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish("last").unwrap();
    /// assert!(buffer.close());
    /// assert!(!buffer.close());
    /// assert_eq!(subscriber.try_recv().unwrap().value, "last");
    /// assert_eq!(subscriber.try_recv(), Err(TryRecvError::Closed));
    /// ```
    pub fn close(&self) -> bool {
        let mut after = After::new(self);
        let was_open = after.close();
        after.run();
        was_open
    }
}

impl<T, H> ReplayBuffer<T, H> {
    #[inline]
    fn weight(&self, event: &T) -> usize {
        self.weigh.map_or(size_of::<T>(), |weigh| weigh(event))
    }

    /// What the buffer holds at this moment.
    ///
    /// ```
    /// use bellwether::ReplayBuffer;
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// (1..=5_u64).for_each(|event| assert!(buffer.publish(event).is_ok()));
    /// let stats = buffer.stats();
    /// assert_eq!((stats.published, stats.evicted_through, stats.len), (5, 3, 2));
    /// assert_eq!((stats.bytes, stats.subscribers), (16, 0));
    /// ```
    pub fn stats(&self) -> Stats {
        self.log.lock(|inner| Stats {
            published: inner.tail,
            evicted_through: inner.head,
            len: (inner.tail - inner.head) as usize,
            bytes: inner.bytes,
            subscribers: inner.subscribers,
            closed: inner.closed,
        })
    }

    /// The token of a subscriber that has received everything up to now.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(2).build().unwrap();
    /// buffer.publish("first").unwrap();
    /// assert_eq!(buffer.token().seq, 1);
    /// ```
    pub fn token(&self) -> Token {
        Token { epoch: self.epoch, seq: self.log.tail() }
    }

    /// Who observes the buffer.
    ///
    /// ```
    /// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.hooks(), &());
    /// ```
    pub fn hooks(&self) -> &H {
        &self.hooks
    }
}

impl<T, H: ReplayHooks> ReplayBuffer<T, H> {
    /// Subscribes. What is retained and what is published later meet without a gap and
    /// without a duplicate. See [`Subscriber::new`] for a subscriber that owns its
    /// share of the buffer.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut latest = buffer.subscribe(Start::Latest(1));
    /// assert_eq!(latest.try_recv().unwrap().value, "c");
    /// ```
    pub fn subscribe(&self, start: Start) -> Subscriber<&Self> {
        Subscriber::new(self, start)
    }

    /// Goes on where a subscriber was when it gave its [`token`](Subscriber::token).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Resume, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let token = buffer.subscribe(Start::Live).token();
    /// buffer.publish("while away").unwrap();
    /// let Resume::Complete(mut subscriber) = buffer.resume(token) else { panic!() };
    /// assert_eq!(subscriber.try_recv().unwrap().value, "while away");
    /// ```
    pub fn resume(&self, token: Token) -> Resume<&Self> {
        Subscriber::resume(self, token)
    }
}

/// What a buffer holds: see [`ReplayBuffer::stats`].
///
/// ```
/// let buffer = bellwether::ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
/// assert_eq!(buffer.stats(), bellwether::ReplayStats::default());
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

/// Without the events, so that any `T` can be shown.
impl<T, H> fmt::Debug for ReplayBuffer<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.stats();
        f.debug_struct("ReplayBuffer")
            .field("capacity", &self.log.capacity)
            .field("max_bytes", &self.log.max_bytes)
            .field("stats", &stats)
            .finish_non_exhaustive()
    }
}
