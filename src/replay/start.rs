//! Where a subscriber begins, what it gets, and what it has to say about it.

use core::fmt;

use super::error::Missed;
use super::handle::Handle;
use super::subscriber::Subscriber;

/// Where a subscriber begins.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// buffer.publish_all(1..=5).unwrap();
/// let lag = |start| buffer.subscribe(start).lag();
/// assert_eq!(lag(Start::Live), 0);
/// assert_eq!(lag(Start::Latest(2)), 2);
/// assert_eq!(lag(Start::Oldest), 5);
/// assert_eq!(lag(Start::After(4)), 1);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Start {
    /// With the next event that is published.
    Live,
    /// With the latest events, as many of this number as are retained.
    Latest(usize),
    /// With the oldest event that is retained.
    Oldest,
    /// After the event with this sequence number: if more than that was evicted, the
    /// subscriber is told what it missed; a number that was not given yet counts as
    /// the newest.
    After(u64),
}

/// An event, and its place in the order of all.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{Event, ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// buffer.publish("hello").unwrap();
/// assert_eq!(subscriber.try_recv(), Ok(Event { seq: 1, value: "hello" }));
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event<T> {
    /// The sequence number.
    pub seq: u64,
    /// A clone of what was published.
    pub value: T,
}

/// What became of the events since a subscriber started:
/// `received + missed + pending == published`.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// buffer.publish_all(1..=5).unwrap();
/// assert!(subscriber.try_recv().is_err(), "it missed three");
/// subscriber.try_recv().unwrap();
/// let receipt = subscriber.receipt();
/// assert_eq!((receipt.received, receipt.missed, receipt.pending), (1, 3, 1));
/// assert_eq!(receipt.published, 5);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// Published since the subscriber started, or since the token it resumed from.
    pub published: u64,
    /// Received by it.
    pub received: u64,
    /// It was told that it missed them.
    pub missed: u64,
    /// Neither yet.
    pub pending: u64,
}

/// How a subscriber goes on from a token: see [`Subscriber::resume`].
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Resume, Token};
///
/// let buffer = ReplayBuffer::builder().capacity(2).epoch(7).build().unwrap();
/// buffer.publish_all(1..=5).unwrap();
/// let resume = |epoch, seq| buffer.resume(Token { epoch, seq });
/// assert!(matches!(resume(7, 3), Resume::Complete(_)));
/// assert!(matches!(resume(7, 1), Resume::Gap { missed, .. } if missed.events() == 2));
/// assert!(matches!(resume(6, 3), Resume::WrongEpoch { .. }));
/// assert!(matches!(resume(7, 6), Resume::Ahead { published: 5 }));
/// # }
/// ```
pub enum Resume<B: Handle> {
    /// Nothing is missed.
    Complete(Subscriber<B>),
    /// Some events after the token went; the subscriber goes on after them, and they
    /// are in its account.
    Gap {
        /// What went.
        missed: Missed,
        /// Goes on.
        sub: Subscriber<B>,
    },
    /// The token is of another buffer, so that nothing is known about what is missed.
    WrongEpoch {
        /// Begins with the oldest event that is retained.
        sub: Subscriber<B>,
    },
    /// The token is of this epoch, but names an event that was never published.
    Ahead {
        /// The sequence number of the newest event.
        published: u64,
    },
}

impl<B: Handle> fmt::Debug for Resume<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(sub) => f.debug_tuple("Complete").field(sub).finish(),
            Self::Gap { missed, sub } => {
                f.debug_struct("Gap").field("missed", missed).field("sub", sub).finish()
            }
            Self::WrongEpoch { sub } => f.debug_struct("WrongEpoch").field("sub", sub).finish(),
            Self::Ahead { published } => {
                f.debug_struct("Ahead").field("published", published).finish()
            }
        }
    }
}
