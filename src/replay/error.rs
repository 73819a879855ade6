//! What publishing, receiving, building and resuming may answer.

use core::fmt;

use crate::hooks::EvictReason;

/// The event was not taken: here it is.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{PublishError, ReplayBuffer};
///
/// let buffer = ReplayBuffer::builder().capacity(4).max_bytes(10).build().unwrap();
/// assert_eq!(buffer.publish_sized("long", 11), Err(PublishError::TooLarge("long")));
/// buffer.close();
/// assert_eq!(buffer.publish_sized("late", 1).unwrap_err().into_inner(), "late");
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError<T> {
    /// The buffer is closed.
    Closed(T),
    /// It weighs more than the whole buffer may.
    TooLarge(T),
    /// There is no room before somebody goes on: all spare slots of a `ReplayArray` have
    /// a reader inside, or all that a `Budget` has is retained by buffers that were taken
    /// out of their `Arc`s. Try again.
    Busy(T),
}

impl<T> PublishError<T> {
    /// What was not taken.
    ///
    /// ```
    /// assert_eq!(bellwether::PublishError::Closed(7).into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Closed(value) | Self::TooLarge(value) | Self::Busy(value) => value,
        }
    }
}

/// Without the event, so that any `T` can be unwrapped.
impl<T> fmt::Debug for PublishError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed(_) => "Closed(..)",
            Self::TooLarge(_) => "TooLarge(..)",
            Self::Busy(_) => "Busy(..)",
        })
    }
}

impl<T> fmt::Display for PublishError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed(_) => "the buffer is closed: nothing can be published any more",
            Self::TooLarge(_) => "the event weighs more than the buffer's `max_bytes`: split it",
            Self::Busy(_) => "there is no room before somebody goes on: try again",
        })
    }
}

impl<T> core::error::Error for PublishError<T> {}

/// Events that went before a subscriber got to them.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start, TryRecvError};
///
/// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
/// let mut slow = buffer.subscribe(Start::Oldest);
/// for event in 1..=5 {
///     buffer.publish(event).unwrap();
/// }
/// let Err(TryRecvError::Missed(missed)) = slow.try_recv() else { panic!() };
/// assert_eq!((missed.from, missed.to, missed.events()), (1, 4, 3));
/// assert_eq!(slow.try_recv().unwrap().value, 4);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Missed {
    /// The sequence number of the first that was missed.
    pub from: u64,
    /// The sequence number after the last that was missed: the next to be received.
    pub to: u64,
    /// Why the last of them went.
    pub reason: EvictReason,
}

impl Missed {
    /// How many were missed; at least one.
    ///
    /// ```
    /// use bellwether::{EvictReason, Missed};
    ///
    /// let missed = Missed { from: 3, to: 7, reason: EvictReason::Bytes };
    /// assert_eq!(missed.events(), 4);
    /// ```
    pub fn events(&self) -> u64 {
        self.to - self.from
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, reason } = self;
        let bound = match reason {
            EvictReason::Count => "the number of events",
            EvictReason::Bytes => "the number of bytes",
            EvictReason::Budget => "a shared budget",
        };
        write!(f, "missed the events from {from} to {}, which {bound} pushed out", to - 1)
    }
}

/// There is no next event, now or ever.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use bellwether::{RecvError, ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::<u32>::builder().capacity(2).build().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// buffer.close();
/// assert_eq!(futures::executor::block_on(subscriber.recv()).unwrap_err(), RecvError::Closed);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecvError {
    /// Some events went before they were received. The next call goes on after them.
    Missed(Missed),
    /// The buffer is closed, and all that it retained was received.
    Closed,
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missed(missed) => missed.fmt(f),
            Self::Closed => f.write_str("the buffer is closed, and everything was received"),
        }
    }
}

impl core::error::Error for RecvError {}

/// As [`RecvError`], for those who do not wait.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start, TryRecvError};
///
/// let buffer = ReplayBuffer::<u32>::builder().capacity(2).build().unwrap();
/// assert_eq!(buffer.subscribe(Start::Live).try_recv(), Err(TryRecvError::Empty));
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TryRecvError {
    /// Everything was received, and more may be published.
    Empty,
    /// Some events went before they were received. The next call goes on after them.
    Missed(Missed),
    /// The buffer is closed, and all that it retained was received.
    Closed,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no event yet: wait with `recv`"),
            Self::Missed(missed) => missed.fmt(f),
            Self::Closed => RecvError::Closed.fmt(f),
        }
    }
}

impl core::error::Error for TryRecvError {}

/// A buffer cannot have these bounds.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{BuildError, ReplayBuffer};
///
/// let built = ReplayBuffer::<u32>::builder().capacity(0).build();
/// assert_eq!(built.err(), Some(BuildError::Capacity { given: 0, most: 1 << 31 }));
/// let built = ReplayBuffer::<u32>::builder().capacity(1).max_bytes(0).build();
/// assert_eq!(built.err(), Some(BuildError::NoBytes));
/// let built = ReplayBuffer::<u32>::builder().max_bytes(1).build();
/// assert_eq!(built.err(), Some(BuildError::NoCapacity));
/// # }
/// ```
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The capacity was not said.
    NoCapacity,
    /// The capacity is 0, or more than a buffer can have.
    Capacity {
        /// What was asked for.
        given: usize,
        /// What is possible.
        most: usize,
    },
    /// The bound of bytes is 0: not even a small event fits.
    NoBytes,
}

#[cfg(feature = "alloc")]
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCapacity => f.write_str("a buffer needs a bound: call `capacity`"),
            Self::Capacity { given, most } => {
                write!(f, "a capacity of {given} events: it must be from 1 to {most}")
            }
            Self::NoBytes => f.write_str("`max_bytes(0)`: no event would fit"),
        }
    }
}

#[cfg(feature = "alloc")]
impl core::error::Error for BuildError {}
