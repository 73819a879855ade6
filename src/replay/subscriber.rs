//! A cursor into a buffer, and what it has to say about what it got.
//!
//! received + missed + pending = published since it started: the first three change
//! together, in one thread, and whatever happens to the buffer meanwhile only moves
//! events from pending to missed.

use core::fmt;

use super::error::Missed;
use super::handle::Handle;
use super::log::{Bounds, Log};
use super::shared::Shared;
use super::start::{Receipt, Resume, Start};
use super::token::Token;
use crate::hooks::ReplayHooks;
use crate::sync::shielded;

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
/// # #[cfg(feature = "std")] {
/// use bellwether::{ReplayBuffer, Start, Subscriber};
/// use std::sync::Arc;
///
/// let buffer = Arc::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// let mut subscriber = Subscriber::new(buffer.clone(), Start::Live);
/// let thread = std::thread::spawn(move || subscriber.recv_blocking().unwrap().value);
/// # while buffer.stats().subscribers == 0 {}
/// buffer.publish("to another thread").unwrap();
/// assert_eq!(thread.join().unwrap(), "to another thread");
/// # }
/// ```
pub struct Subscriber<B: Handle> {
    pub(super) buffer: B,
    /// The position of the next event.
    pub(super) cursor: u64,
    /// Where the account begins.
    began: u64,
    pub(super) missed: u64,
}

impl<B: Handle> Subscriber<B> {
    /// Subscribes to what this handle leads to, which may be an `Arc`: such a
    /// subscriber can be moved into a task. Where it begins is decided in one moment.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start, Subscriber};
    /// use std::sync::Arc;
    ///
    /// let buffer = Arc::new(ReplayBuffer::<u8>::builder().capacity(8).build().unwrap());
    /// let mut owning = Subscriber::new(buffer, Start::Live);
    /// assert!(owning.try_recv().is_err());
    /// # }
    /// ```
    pub fn new(buffer: B, start: Start) -> Self {
        let log = &buffer.shared().log;
        let Bounds { head, tail, .. } = log.bounds();
        let cursor = match start {
            Start::Live => tail,
            Start::Latest(most) => tail.saturating_sub(most as u64).max(head),
            Start::Oldest => head,
            Start::After(seq) => seq.min(tail),
        };
        log.join();
        Self { buffer, cursor, began: cursor, missed: 0 }
    }

    /// Goes on where a subscriber was when it gave its token: decided in one moment.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Resume, Subscriber};
    /// use std::sync::Arc;
    ///
    /// let buffer = Arc::new(ReplayBuffer::<u8>::builder().capacity(8).build().unwrap());
    /// let token = buffer.token();
    /// assert!(matches!(Subscriber::resume(buffer, token), Resume::Complete(_)));
    /// # }
    /// ```
    pub fn resume(buffer: B, token: Token) -> Resume<B> {
        let shared = buffer.shared();
        let known = shared.epoch == token.epoch;
        let Bounds { head, tail, reason } = shared.log.bounds();
        let from = if known { token.seq } else { head };
        if from > tail {
            return Resume::Ahead { published: tail };
        }
        shared.log.join();
        let cursor = from.max(head);
        let sub = Self { buffer, cursor, began: from, missed: cursor - from };
        if !known {
            Resume::WrongEpoch { sub }
        } else if cursor > from {
            shielded(|| sub.shared().hooks.missed(cursor - from));
            Resume::Gap { missed: Missed { from: from + 1, to: cursor + 1, reason }, sub }
        } else {
            Resume::Complete(sub)
        }
    }

    pub(super) fn shared(&self) -> &Shared<B::Store, B::Hooks> {
        self.buffer.shared()
    }

    #[inline(always)]
    pub(super) fn log(&self) -> &Log<B::Store> {
        &self.buffer.shared().log
    }

    #[inline(always)]
    pub(super) fn cursor(&self) -> u64 {
        self.cursor
    }

    /// What it reads.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).handle().stats().subscribers, 1);
    /// # }
    /// ```
    pub fn handle(&self) -> &B {
        &self.buffer
    }

    /// Where it is: to be kept by whoever may have to [`resume`](Self::resume).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).epoch(9).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).token().to_string(), "9.0");
    /// # }
    /// ```
    pub fn token(&self) -> Token {
        self.buffer.shared().token(self.cursor)
    }

    /// How many events it is behind; those that were evicted meanwhile count.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(1..=5).unwrap();
    /// assert_eq!(subscriber.lag(), 5);
    /// # }
    /// ```
    pub fn lag(&self) -> u64 {
        self.log().tail() - self.cursor
    }

    /// What became of all events since it started.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// assert_eq!(buffer.subscribe(Start::Live).receipt().published, 0);
    /// # }
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
}

/// Another subscriber at the same place, with an account of its own, which begins there.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, Start};
///
/// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
/// buffer.publish_all(["a", "b"]).unwrap();
/// let mut first = buffer.subscribe(Start::Oldest);
/// first.try_recv().unwrap();
/// let mut second = first.clone();
/// assert_eq!(first.try_recv(), second.try_recv());
/// assert_eq!((first.receipt().received, second.receipt().received), (2, 1));
/// # }
/// ```
impl<B: Handle + Clone> Clone for Subscriber<B> {
    fn clone(&self) -> Self {
        let buffer = self.buffer.clone();
        buffer.shared().log.join();
        Self { buffer, cursor: self.cursor, began: self.cursor, missed: 0 }
    }
}

impl<B: Handle> Drop for Subscriber<B> {
    fn drop(&mut self) {
        self.log().leave();
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
