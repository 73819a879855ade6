//! A cursor into a buffer, and what it has to say about what it got.
//!
//! received + missed + pending = published since it started: the first three change
//! together, in one thread, and whatever happens to the buffer meanwhile only moves
//! events from pending to missed.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

use super::error::{Missed, TryRecvError};
use super::handle::Handle;
use super::log::{Bounds, Found, Log};
use super::shared::Shared;
use super::start::{Event, Receipt, Resume, Start};
use super::token::Token;
use crate::hooks::{EvictReason, ReplayHooks};
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
    buffer: B,
    /// The position of the next event.
    cursor: u64,
    /// Where the account begins.
    began: u64,
    missed: u64,
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
    fn log(&self) -> &Log<B::Store> {
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

    /// The next event, if there is one. It does not wait, takes no lock, and clones the
    /// event once.
    ///
    /// # Errors
    ///
    /// If there is none now; if some went, after which the next call goes on; or if
    /// there will be none any more.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start, TryRecvError};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// assert_eq!(subscriber.try_recv(), Err(TryRecvError::Empty));
    /// buffer.publish("now").unwrap();
    /// assert_eq!(subscriber.try_recv().unwrap().value, "now");
    /// # }
    /// ```
    #[inline]
    pub fn try_recv(&mut self) -> Result<Event<B::Event>, TryRecvError>
    where
        B::Event: Clone,
    {
        let at = self.cursor;
        let shared = self.buffer.shared();
        let (value, lag) = loop {
            match shared.log.find(at, 1) {
                // If it is evicted meanwhile, the next look says so.
                Found::Events(run) => match run.read(0, B::Event::clone) {
                    Some(value) => break (value, run.tail - at - 1),
                    None => continue,
                },
                Found::Missed(to, reason) => {
                    return Err(miss(
                        &shared.hooks,
                        &mut self.cursor,
                        &mut self.missed,
                        to,
                        reason,
                    ));
                }
                Found::Nothing => return Err(self.nothing()),
            }
        };
        self.cursor = at + 1;
        shielded(|| shared.hooks.delivered(1, lag));
        Ok(Event { seq: at + 1, value })
    }

    /// Lends up to `max` events that are there, in order, without cloning them; returns
    /// how many there were, at least one unless `max` is 0. It ends early where events
    /// went. What is published during the call is for the next one.
    ///
    /// What the closure is lent stays, even if it is evicted meanwhile: it should be
    /// quick. It may use the buffer, and publish to it.
    ///
    /// # Errors
    ///
    /// As for [`try_recv`](Self::try_recv), if there is not even one.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut text = String::new();
    /// assert_eq!(subscriber.for_each_ready(2, |seq, event| text += event), Ok(2));
    /// assert_eq!((text.as_str(), subscriber.lag()), ("ab", 1));
    /// # }
    /// ```
    #[inline]
    pub fn for_each_ready<F>(&mut self, mut max: usize, mut f: F) -> Result<usize, TryRecvError>
    where
        F: FnMut(u64, &B::Event),
    {
        let mut done = 0;
        while done < max {
            let at = self.cursor;
            let shared = self.buffer.shared();
            let run = match shared.log.find(at, max - done) {
                Found::Events(run) => run,
                _ if done > 0 => break,
                Found::Missed(to, reason) => {
                    return Err(miss(
                        &shared.hooks,
                        &mut self.cursor,
                        &mut self.missed,
                        to,
                        reason,
                    ));
                }
                Found::Nothing => return Err(self.nothing()),
            };
            let (tail, len) = (run.tail, run.len);
            if done == 0 {
                // What comes later is for the next call: so this one ends, also if the
                // closure publishes.
                max = max.min(usize::try_from(tail - at).unwrap_or(usize::MAX));
            }
            // Tells also of those before a panic; not before the visit has ended.
            let delivered =
                Delivered { hooks: &shared.hooks, from: at, cursor: &mut self.cursor, tail };
            let run = run;
            for n in 0..len {
                if run.read(n, |event| f(*delivered.cursor + 1, event)).is_none() {
                    break;
                }
                *delivered.cursor += 1;
                done += 1;
            }
        }
        Ok(done)
    }

    /// Receives up to `max` events that are there, and appends them; returns how many,
    /// at least one unless `max` is 0. It ends early where events went. What is published
    /// during the call is for the next one.
    ///
    /// # Errors
    ///
    /// As for [`try_recv`](Self::try_recv), if there is not even one.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// let mut events = Vec::new();
    /// assert_eq!(subscriber.try_recv_many(&mut events, 64), Ok(3));
    /// assert_eq!((events[2].seq, events[2].value), (3, "c"));
    /// # }
    /// ```
    #[cfg(feature = "alloc")]
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

    /// Whether the next call has something to say.
    pub(super) fn peek(&self) -> Result<(), TryRecvError> {
        if self.log().tail() > self.cursor { Ok(()) } else { Err(self.nothing()) }
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
    shielded(|| hooks.missed(missed.events()));
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
