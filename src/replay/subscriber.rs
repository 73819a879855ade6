//! A cursor into a buffer, and what it has to say about what it got.
//!
//! received + missed + pending = published since it started: the first three change
//! together, in one thread, and whatever happens to the buffer meanwhile only moves
//! events from pending to missed.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::ReplayBuffer;
use super::error::{Missed, TryRecvError};
use super::log::{Found, Log};
use super::token::Token;
use crate::hooks::{EvictReason, ReplayHooks};
use crate::sync::shielded;

/// Where a subscriber begins.
///
/// ```
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// buffer.publish_all(1..=5).unwrap();
/// let lag = |start| buffer.subscribe(start).lag();
/// assert_eq!(lag(Start::Live), 0);
/// assert_eq!(lag(Start::Latest(2)), 2);
/// assert_eq!(lag(Start::Oldest), 5);
/// assert_eq!(lag(Start::After(4)), 1);
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
/// use bellwether::{Event, ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// let mut subscriber = buffer.subscribe(Start::Live);
/// buffer.publish("hello").unwrap();
/// assert_eq!(subscriber.try_recv(), Ok(Event { seq: 1, value: "hello" }));
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

/// What a subscriber reads: a reference to a buffer, or an `Arc`. Sealed, since a
/// subscriber relies on finding the same buffer each time.
///
/// ```
/// use bellwether::{ReplayBuffer, ReplayHandle, Start, Subscriber};
/// use std::sync::Arc;
///
/// fn lag<B: ReplayHandle>(buffer: B) -> u64 {
///     Subscriber::new(buffer, Start::Oldest).lag()
/// }
/// let buffer = Arc::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// buffer.publish(7).unwrap();
/// assert_eq!((lag(&*buffer), lag(buffer.clone())), (1, 1));
/// ```
pub trait Handle: sealed::Sealed {
    /// What is published.
    type Event;
    /// Who observes it.
    type Hooks: ReplayHooks;

    #[doc(hidden)]
    fn buffer(&self) -> &ReplayBuffer<Self::Event, Self::Hooks>;
}

impl<T, H: ReplayHooks> Handle for &ReplayBuffer<T, H> {
    type Event = T;
    type Hooks = H;

    #[inline(always)]
    fn buffer(&self) -> &ReplayBuffer<T, H> {
        self
    }
}

impl<T, H: ReplayHooks> Handle for Arc<ReplayBuffer<T, H>> {
    type Event = T;
    type Hooks = H;

    #[inline(always)]
    fn buffer(&self) -> &ReplayBuffer<T, H> {
        self
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T, H> Sealed for &super::ReplayBuffer<T, H> {}
    impl<T, H> Sealed for alloc::sync::Arc<super::ReplayBuffer<T, H>> {}
}

/// Reads a buffer from one place on, at its own pace.
///
/// It holds a cursor, and nothing of the buffer: however long it stands still, it costs
/// publishers nothing, and keeps no event.
///
/// # Panics
///
/// If an event's `clone` panics, or a closure that is lent the event, the subscriber
/// stays before that event, and gets it again with the next call.
///
/// ```
/// use bellwether::{ReplayBuffer, Start, Subscriber};
/// use std::sync::Arc;
///
/// let buffer = Arc::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// let mut subscriber = Subscriber::new(buffer.clone(), Start::Live);
/// let thread = std::thread::spawn(move || subscriber.recv_blocking().unwrap().value);
/// # while buffer.stats().subscribers == 0 {}
/// buffer.publish("to another thread").unwrap();
/// assert_eq!(thread.join().unwrap(), "to another thread");
/// ```
pub struct Subscriber<B: Handle> {
    buffer: B,
    /// The position of the next event.
    cursor: u64,
    /// Where the account begins.
    began: u64,
    missed: u64,
}

/// How a subscriber goes on from a token: see [`Subscriber::resume`].
///
/// ```
/// use bellwether::{ReplayBuffer, Resume, Token};
///
/// let buffer = ReplayBuffer::builder().capacity(2).epoch(7).build().unwrap();
/// buffer.publish_all(1..=5).unwrap();
/// let resume = |epoch, seq| buffer.resume(Token { epoch, seq });
/// assert!(matches!(resume(7, 3), Resume::Complete(_)));
/// assert!(matches!(resume(7, 1), Resume::Gap { missed, .. } if missed.events() == 2));
/// assert!(matches!(resume(6, 3), Resume::WrongEpoch { .. }));
/// assert!(matches!(resume(7, 6), Resume::Ahead { published: 5 }));
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

impl<B: Handle> Subscriber<B> {
    /// Subscribes to what this handle leads to, which may be an `Arc`: such a
    /// subscriber can be moved into a task. Where it begins is decided in one moment.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start, Subscriber};
    /// use std::sync::Arc;
    ///
    /// let buffer = Arc::new(ReplayBuffer::<u8>::builder().capacity(8).build().unwrap());
    /// let mut owning = Subscriber::new(buffer, Start::Live);
    /// assert!(owning.try_recv().is_err());
    /// ```
    pub fn new(buffer: B, start: Start) -> Self {
        let cursor = buffer.buffer().log.lock(|inner| {
            inner.subscribers += 1;
            match start {
                Start::Live => inner.tail,
                Start::Latest(most) => inner.tail.saturating_sub(most as u64).max(inner.head),
                Start::Oldest => inner.head,
                Start::After(seq) => seq.min(inner.tail),
            }
        });
        Self { buffer, cursor, began: cursor, missed: 0 }
    }

    /// Goes on where a subscriber was when it gave its token: decided in one moment.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Resume, Subscriber};
    /// use std::sync::Arc;
    ///
    /// let buffer = Arc::new(ReplayBuffer::<u8>::builder().capacity(8).build().unwrap());
    /// let token = buffer.token();
    /// assert!(matches!(Subscriber::resume(buffer, token), Resume::Complete(_)));
    /// ```
    pub fn resume(buffer: B, token: Token) -> Resume<B> {
        let known = buffer.buffer().epoch == token.epoch;
        let (from, head, tail, reason) = buffer.buffer().log.lock(|inner| {
            let from = if known { token.seq } else { inner.head };
            inner.subscribers += usize::from(from <= inner.tail);
            (from, inner.head, inner.tail, inner.reason)
        });
        if from > tail {
            return Resume::Ahead { published: tail };
        }
        let cursor = from.max(head);
        let sub = Self { buffer, cursor, began: from, missed: cursor - from };
        if !known {
            Resume::WrongEpoch { sub }
        } else if cursor > from {
            Resume::Gap { missed: Missed { from: from + 1, to: cursor + 1, reason }, sub }
        } else {
            Resume::Complete(sub)
        }
    }

    #[inline(always)]
    pub(super) fn log(&self) -> &Log<B::Event> {
        &self.buffer.buffer().log
    }

    #[inline(always)]
    pub(super) fn cursor(&self) -> u64 {
        self.cursor
    }

    pub(super) fn hooks(&self) -> &B::Hooks {
        &self.buffer.buffer().hooks
    }

    /// What it reads.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).handle().stats().subscribers, 1);
    /// ```
    pub fn handle(&self) -> &B {
        &self.buffer
    }

    /// Where it is: to be kept by whoever may have to [`resume`](Self::resume).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).epoch(9).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).token().to_string(), "9.0");
    /// ```
    pub fn token(&self) -> Token {
        Token { epoch: self.buffer.buffer().epoch, seq: self.cursor }
    }

    /// How many events it is behind; those that were evicted meanwhile count.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(1..=5).unwrap();
    /// assert_eq!(subscriber.lag(), 5);
    /// ```
    pub fn lag(&self) -> u64 {
        self.log().tail() - self.cursor
    }

    /// What became of all events since it started.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).receipt().published, 0);
    /// ```
    pub fn receipt(&self) -> Receipt {
        let pending = self.lag();
        let accounted = self.cursor - self.began;
        Receipt {
            published: accounted + pending,
            received: accounted - self.missed,
            missed: self.missed,
            pending,
        }
    }

    /// The next event, if there is one. It does not wait, takes no lock, and clones the
    /// event once.
    ///
    /// # Errors
    ///
    /// If there is none now; if some went, after which the next call goes on; or if
    /// there will be none any more.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start, TryRecvError};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// assert_eq!(subscriber.try_recv(), Err(TryRecvError::Empty));
    /// buffer.publish("now").unwrap();
    /// assert_eq!(subscriber.try_recv().unwrap().value, "now");
    /// ```
    #[inline]
    pub fn try_recv(&mut self) -> Result<Event<B::Event>, TryRecvError>
    where
        B::Event: Clone,
    {
        let at = self.cursor;
        let buffer = self.buffer.buffer();
        let (value, lag) = match buffer.log.find(at, 1) {
            Found::Events(run) => (run.read(0, B::Event::clone), run.tail - at - 1),
            Found::Missed(to, reason) => {
                return Err(miss(&buffer.hooks, &mut self.cursor, &mut self.missed, to, reason));
            }
            Found::Nothing => return Err(self.nothing()),
        };
        self.cursor = at + 1;
        buffer.hooks.delivered(1, lag);
        Ok(Event { seq: at + 1, value })
    }

    /// Lends up to `max` events that are there, in order, without cloning them; returns
    /// how many there were, at least one. It ends early where events went.
    ///
    /// What the closure is lent stays, even if it is evicted meanwhile: it should be
    /// quick. It may use the buffer.
    ///
    /// # Errors
    ///
    /// As for [`try_recv`](Self::try_recv), if there is not even one.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut text = String::new();
    /// assert_eq!(subscriber.for_each_ready(2, |seq, event| text += event), Ok(2));
    /// assert_eq!((text.as_str(), subscriber.lag()), ("ab", 1));
    /// ```
    #[inline]
    pub fn for_each_ready<F>(&mut self, max: usize, mut f: F) -> Result<usize, TryRecvError>
    where
        F: FnMut(u64, &B::Event),
    {
        let mut done = 0;
        while done < max {
            let at = self.cursor;
            let buffer = self.buffer.buffer();
            let run = match buffer.log.find(at, max - done) {
                Found::Events(run) => run,
                _ if done > 0 => break,
                Found::Missed(to, reason) => {
                    return Err(miss(
                        &buffer.hooks,
                        &mut self.cursor,
                        &mut self.missed,
                        to,
                        reason,
                    ));
                }
                Found::Nothing => return Err(self.nothing()),
            };
            let (tail, len) = (run.tail, run.len);
            // Tells also of those before a panic; not before the pin is gone.
            let delivered =
                Delivered { hooks: &buffer.hooks, from: at, cursor: &mut self.cursor, tail };
            let run = run;
            for n in 0..len {
                run.read(n, |event| f(*delivered.cursor + 1, event));
                *delivered.cursor += 1;
            }
            drop(run);
            drop(delivered);
            done += len;
        }
        Ok(done)
    }

    /// Receives up to `max` events that are there, and appends them; returns how many,
    /// at least one. It ends early where events went.
    ///
    /// # Errors
    ///
    /// As for [`try_recv`](Self::try_recv), if there is not even one.
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut events = Vec::new();
    /// assert_eq!(subscriber.try_recv_many(&mut events, 64), Ok(3));
    /// assert_eq!((events[2].seq, events[2].value), (3, "c"));
    /// ```
    pub fn try_recv_many(
        &mut self,
        events: &mut Vec<Event<B::Event>>,
        max: usize,
    ) -> Result<usize, TryRecvError>
    where
        B::Event: Clone,
    {
        self.for_each_ready(max, |seq, event| events.push(Event { seq, value: event.clone() }))
    }

    fn nothing(&self) -> TryRecvError {
        // In this order: what was published before it was closed is received first.
        if self.log().is_closed() && self.log().tail() == self.cursor {
            TryRecvError::Closed
        } else {
            TryRecvError::Empty
        }
    }
}

/// Accounts for what went.
#[cold]
fn miss<H: ReplayHooks>(
    hooks: &H,
    cursor: &mut u64,
    account: &mut u64,
    to: u64,
    reason: EvictReason,
) -> TryRecvError {
    let missed = Missed { from: *cursor + 1, to: to + 1, reason };
    *cursor = to;
    *account += missed.events();
    hooks.missed(missed.events());
    TryRecvError::Missed(missed)
}

/// Tells what was delivered, when dropped.
struct Delivered<'a, H: ReplayHooks> {
    hooks: &'a H,
    from: u64,
    cursor: &'a mut u64,
    tail: u64,
}

impl<H: ReplayHooks> Drop for Delivered<'_, H> {
    #[inline(always)]
    fn drop(&mut self) {
        let events = *self.cursor - self.from;
        if events != 0 {
            shielded(|| self.hooks.delivered(events, self.tail - *self.cursor));
        }
    }
}

impl<B: Handle> Drop for Subscriber<B> {
    fn drop(&mut self) {
        self.log().lock(|inner| inner.subscribers -= 1);
    }
}

impl<B: Handle> fmt::Debug for Subscriber<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt { published, received, missed, pending } = self.receipt();
        f.debug_struct("Subscriber")
            .field("published", &published)
            .field("received", &received)
            .field("missed", &missed)
            .field("pending", &pending)
            .finish_non_exhaustive()
    }
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
