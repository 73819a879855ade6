//! Receiving what is there, without waiting.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::error::{Missed, TryRecvError};
use super::handle::Handle;
use super::log::Found;
use super::start::Event;
use super::subscriber::Subscriber;
use crate::hooks::{EvictReason, ReplayHooks};
use crate::sync::{in_order, shielded};

impl<B: Handle> Subscriber<B> {
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
        if in_order!(self.log().is_closed(), and self.log().tail() == self.cursor) {
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
