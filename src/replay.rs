//! [`ReplayBuffer`]: a log that is bounded by events and by bytes, from which every
//! subscriber reads at its own pace.
//!
//! | file | what |
//! |---|---|
//! | `replay/log.rs` | which events there are, and how they are read without a lock |
//! | `replay/log/write.rs` | making room, appending |
//! | `replay/store.rs` | what a log needs of the place where its events are |
//! | `replay/heap.rs`, `replay/chunk.rs` | such a place: chunks from the heap |
//! | `replay/array.rs`, `replay/inline.rs`, `replay/inline/slot.rs` | such a place: slots in the buffer itself |
//! | `replay/pins.rs` | the count of readers inside, and why they need no lock |
//! | `replay/ring.rs`, `replay/plain.rs`, `replay/words.rs`, `replay/plain_array.rs` | such a place: plain events, read optimistically |
//! | `replay/lock.rs` | the producers' lock |
//! | `replay/batch.rs` | events and wakers that are carried out of it |
//! | `replay/budget.rs`, `replay/budget/` | a bound of bytes over many buffers |
//! | `replay/shared.rs`, `replay/builder.rs` | all parts of a buffer, and how it is made |
//! | `replay/single.rs`, `replay/producer.rs` | the same with one producer, who needs no lock |
//! | `replay/publish.rs` | a publication from end to end, and what happens if something panics |
//! | `replay/subscriber.rs` | a cursor, and its receipts |
//! | `replay/read.rs` | receiving what is there |
//! | `replay/start.rs`, `replay/handle.rs` | where a subscriber begins, and how it holds its buffer |
//! | `replay/recv.rs`, `replay/stream.rs`, `replay/wait.rs`, `replay/parked.rs` | waiting for the next event |
//! | `replay/token.rs`, `replay/stats.rs`, `replay/error.rs` | what is told of it |
//! | `replay/weigh.rs` | what an event weighs, by its type |

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::hooks::ReplayHooks;

mod array;
mod batch;
#[cfg(feature = "alloc")]
mod budget;
#[cfg(feature = "alloc")]
mod builder;
#[cfg(feature = "alloc")]
mod chunk;
mod error;
mod handle;
#[cfg(feature = "alloc")]
mod heap;
mod inline;
mod lock;
mod log;
mod parked;
mod pins;
mod plain;
mod plain_array;
mod producer;
mod publish;
mod read;
mod recv;
mod ring;
mod shared;
mod single;
mod start;
mod stats;
mod store;
#[cfg(feature = "futures-core")]
mod stream;
mod subscriber;
mod token;
mod wait;
#[cfg(feature = "alloc")]
mod weigh;
mod words;

pub use array::ReplayArray;
#[cfg(feature = "alloc")]
pub use budget::Budget;
#[cfg(bellwether_modelled)]
pub use budget::{Room, Share, Shed};
#[cfg(feature = "alloc")]
pub use builder::Builder;
#[cfg(feature = "alloc")]
pub use error::BuildError;
pub use error::{Missed, PublishError, RecvError, TryRecvError};
pub use handle::{Handle, Single};
#[cfg(feature = "alloc")]
pub use heap::Heap;
pub use inline::Inline;
pub use plain::Plain;
pub use plain_array::PlainArray;
pub use producer::Producer;
#[cfg(feature = "alloc")]
pub use ring::HeapSlots;
pub use ring::{ArraySlots, Ring, Slots};
pub use single::SingleProducer;
pub use start::{Event, Receipt, Resume, Start};
pub use stats::Stats;
pub use store::Store;
#[cfg(feature = "futures-core")]
pub use stream::EventStream;
pub use subscriber::Subscriber;
pub use token::{Token, TokenError};
#[cfg(feature = "alloc")]
pub use weigh::Weigh;
pub use words::Words;

use publish::After;
use shared::Shared;

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
/// (an eighth of the capacity rounded up to a power of two, at most 16 events) for each
/// thread that is in the middle of reading. They are dropped when somebody next publishes
/// after it has finished. A subscriber that stands still is not in the middle of reading:
/// it costs its cursor.
///
/// Beside the events there are, from the beginning, at most two pointers for each chunk
/// that the capacity takes; and a word for each event that there is memory for. That is
/// allocated in chunks, as events come, and kept until the buffer goes.
///
/// # Large events
///
/// Events are moved, and evicted ones are carried out eight at a time: a publication of
/// events that need a drop takes the stack of about twenty, and of more than a hundred
/// in a build that is not optimised. Put what has more than a few KiB into a `Box` or an
/// `Arc`.
///
/// # Panics
///
/// A panic of an event's `clone` or `drop`, of a waker or of a hook goes to the caller
/// in whose name it ran. The buffer stays intact, and does all else that it had to do.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(100).build().unwrap();
/// buffer.publish("before").unwrap();
/// let mut subscriber = buffer.subscribe(Start::Oldest);
/// buffer.publish("after").unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, "before");
/// assert_eq!(subscriber.try_recv().unwrap().value, "after");
/// # }
/// ```
#[cfg(feature = "alloc")]
pub type ReplayBuffer<T, H = ()> = Replay<Heap<T>, H>;

/// A [`ReplayBuffer`] of events that are a few words and nothing else (see
/// [`Plain`]): cheaper to publish into, and read without a trace. Built by
/// [`build_plain`](Builder::build_plain).
///
/// A reader copies the words, and then looks whether they were overwritten meanwhile: if
/// so, it has missed the event. It takes no read-modify-write, and holds nothing up.
///
/// # Memory
///
/// All at once, when it is built: for as many events as the capacity, rounded up to a
/// power of two, their words and a `usize`.
///
/// ```
/// use bellwether::{PlainBuffer, ReplayBuffer, Start};
///
/// let buffer: PlainBuffer<u64> = ReplayBuffer::builder().capacity(2).build_plain().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// buffer.publish(7).unwrap();
/// assert_eq!(subscriber.try_recv().unwrap().value, 7);
/// ```
#[cfg(feature = "alloc")]
pub type PlainBuffer<T, H = ()> = Replay<Ring<T, HeapSlots>, H>;

/// What all forms of a buffer can do: see [`ReplayBuffer`].
///
/// The store `S` says where the events are:
///
/// | form | `S` |
/// |---|---|
/// | [`ReplayBuffer`] | [`Heap`]: events of any type, on the heap |
/// | [`ReplayArray`] | [`Inline`]: events of any type, in the buffer itself |
/// | [`PlainBuffer`] | [`Ring`]: events of a few words, on the heap |
/// | [`PlainArray`] | [`Ring`]: events of a few words, in the buffer itself |
pub struct Replay<S: Store, H = ()> {
    shared: Shared<S, H>,
}

#[cfg(feature = "alloc")]
impl<T> ReplayBuffer<T> {
    /// Says what the buffer is bounded by.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::<u32>::builder().capacity(64).build();
    /// assert!(buffer.is_ok());
    /// # }
    /// ```
    pub fn builder() -> Builder<T> {
        Builder::new()
    }
}

impl<S: Store, H: ReplayHooks> Replay<S, H> {
    /// Stores an event, and wakes those who wait for it; returns its sequence number.
    /// Events are stored also while nobody subscribes.
    ///
    /// # Errors
    ///
    /// The event is given back if the buffer is closed, or if it weighs more than the
    /// whole buffer may; by a [`ReplayArray`] also if readers are inside of all that could
    /// make room.
    ///
    /// # Panics
    ///
    /// With a panic of the weight, and as said above. If `drop` panics for an event that
    /// had to go first, the new one may be lost.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.publish("first"), Ok(1));
    /// assert_eq!(buffer.publish("second"), Ok(2));
    /// # }
    /// ```
    #[inline]
    pub fn publish(&self, event: S::Event) -> Result<u64, PublishError<S::Event>> {
        let bytes = self.shared.weight(&event);
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
    /// # #[cfg(feature = "alloc")] {
    /// let builder = bellwether::ReplayBuffer::builder().capacity(9).max_bytes(10);
    /// let buffer = builder.build().unwrap();
    /// buffer.publish_sized("six", 6).unwrap();
    /// buffer.publish_sized("five", 5).unwrap();
    /// assert_eq!((buffer.stats().len, buffer.stats().bytes), (1, 5));
    /// # }
    /// ```
    #[inline]
    pub fn publish_sized(
        &self,
        event: S::Event,
        bytes: usize,
    ) -> Result<u64, PublishError<S::Event>> {
        // SAFETY: a `Replay` has many producers; what has one hides its own.
        unsafe { self.shared.publish_sized::<false>(event, bytes) }
    }

    /// Stores many events, and wakes those who wait once; returns how many there were.
    ///
    /// They become visible all at once if they fit into the buffer together; otherwise
    /// in several steps, each of as many as fit, between which others may publish. The
    /// iterator is run to its end before: memory for all of them is allocated.
    ///
    /// # Errors
    ///
    /// If one of them weighs more than the whole buffer may, nothing is stored, and all
    /// are given back. If the buffer is closed or [`Busy`](PublishError::Busy), those that
    /// were not stored are. Without events there is no error.
    ///
    /// # Panics
    ///
    /// As for [`publish`](Self::publish), and with a panic of the iterator: nothing is
    /// stored then.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// let buffer = bellwether::ReplayBuffer::builder().capacity(8).build().unwrap();
    /// assert_eq!(buffer.publish_all(1..=5), Ok(5));
    /// assert_eq!(buffer.stats().published, 5);
    /// # }
    /// ```
    #[cfg(feature = "alloc")]
    pub fn publish_all<I>(&self, events: I) -> Result<usize, PublishError<Vec<S::Event>>>
    where
        I: IntoIterator<Item = S::Event>,
    {
        // SAFETY: a `Replay` has many producers; what has one hides its own.
        unsafe { self.shared.publish_all::<false>(events) }
    }

    /// Publishes nothing any more: subscribers receive what is retained, and are then
    /// told that the buffer is closed. Returns whether it was open.
    ///
    /// # Panics
    ///
    /// As said above.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start, TryRecvError};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish("last").unwrap();
    /// assert!(buffer.close());
    /// assert!(!buffer.close());
    /// assert_eq!(subscriber.try_recv().unwrap().value, "last");
    /// assert_eq!(subscriber.try_recv(), Err(TryRecvError::Closed));
    /// # }
    /// ```
    pub fn close(&self) -> bool {
        // SAFETY: a `Replay` has many producers; what has one hides its own.
        let mut after = unsafe { After::<S, H, false>::new(&self.shared) };
        let was_open = after.close();
        after.run();
        was_open
    }
}

impl<S: Store, H: ReplayHooks> Replay<S, H> {
    /// Subscribes. What is retained and what is published later meet without a gap and
    /// without a duplicate. See [`Subscriber::new`] for a subscriber that owns its
    /// share of the buffer.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut latest = buffer.subscribe(Start::Latest(1));
    /// assert_eq!(latest.try_recv().unwrap().value, "c");
    /// # }
    /// ```
    pub fn subscribe(&self, start: Start) -> Subscriber<&Self> {
        Subscriber::new(self, start)
    }

    /// Goes on where a subscriber was when it gave its [`token`](Subscriber::token).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Resume, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let token = buffer.subscribe(Start::Live).token();
    /// buffer.publish("while away").unwrap();
    /// let Resume::Complete(mut subscriber) = buffer.resume(token) else { panic!() };
    /// assert_eq!(subscriber.try_recv().unwrap().value, "while away");
    /// # }
    /// ```
    pub fn resume(&self, token: Token) -> Resume<&Self> {
        Subscriber::resume(self, token)
    }
}

/// Events are whole whenever code of theirs runs.
impl<S: Store<Event: UnwindSafe + RefUnwindSafe>, H: RefUnwindSafe> RefUnwindSafe for Replay<S, H> {}
impl<S: Store<Event: UnwindSafe>, H: UnwindSafe> UnwindSafe for Replay<S, H> {}

/// Without the events, so that any can be shown.
impl<S: Store, H> fmt::Debug for Replay<S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.show("Replay", f)
    }
}
