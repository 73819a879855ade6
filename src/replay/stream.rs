//! A subscriber as a stream.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};

use super::error::{Missed, TryRecvError};
use super::handle::Handle;
use super::start::Event;
use super::subscriber::Subscriber;
use super::wait::Wait;
use crate::hooks::{CallSite, ReplayHooks, WaitOutcome};

/// The events of a subscriber, until the buffer is closed: made by
/// [`Subscriber::into_stream`].
///
/// An item is an event, or what was [`Missed`] before the next. It takes the size of a
/// subscriber and of one waiter, and allocates nothing.
///
/// # Cancel safety
///
/// A stream that is dropped, or not polled any more, has received what it returned, and
/// leaves nothing behind.
pub struct EventStream<B: Handle> {
    subscriber: Subscriber<B>,
    wait: Wait<B::Hooks>,
    ended: bool,
}

impl<B: Handle> Subscriber<B> {
    /// As a [`Stream`]: see [`EventStream`]. It begins where the subscriber is.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{ReplayBuffer, Start};
    /// use futures::StreamExt;
    ///
    /// let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    /// let stream = buffer.subscribe(Start::Live).into_stream();
    /// buffer.publish_all(["a", "b", "c"]).unwrap();
    /// buffer.close();
    /// let items: Vec<_> = futures::executor::block_on(stream.collect());
    /// assert_eq!(items[0].unwrap_err().events(), 1);
    /// assert_eq!((items[1].unwrap().value, items[2].unwrap().value), ("b", "c"));
    /// assert_eq!(items.len(), 3);
    /// # }
    /// ```
    #[track_caller]
    pub fn into_stream(self) -> EventStream<B>
    where
        B::Event: Clone,
    {
        let site = <B::Hooks as ReplayHooks>::Site::here();
        EventStream { subscriber: self, wait: Wait::new(site), ended: false }
    }
}

impl<B: Handle> EventStream<B> {
    /// Where the stream is: for its token, its lag and its receipt.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    /// let stream = buffer.subscribe(Start::Live).into_stream();
    /// assert_eq!(stream.subscriber().lag(), 0);
    /// # }
    /// ```
    pub fn subscriber(&self) -> &Subscriber<B> {
        &self.subscriber
    }
}

impl<B: Handle> Stream for EventStream<B>
where
    B::Event: Clone,
{
    type Item = Result<Event<B::Event>, Missed>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // SAFETY: `wait` is pinned, and nothing else is.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: a part of what is pinned, which is not moved out of it.
        let mut wait = unsafe { Pin::new_unchecked(&mut this.wait) };
        // Whoever begins to wait goes on with that, until it is over.
        let mut waits = wait.is_waiting();
        while !this.ended {
            let (shared, at) = (this.subscriber.shared(), this.subscriber.cursor());
            if waits {
                // SAFETY: the subscriber stays, and leads to its buffer as long as this
                // lives; `drop` calls `leave` before it goes.
                ready!(unsafe { wait.as_mut().poll(shared, at, context) });
            }
            match this.subscriber.try_recv() {
                Ok(event) => return Poll::Ready(Some(Ok(event))),
                Err(TryRecvError::Missed(missed)) => return Poll::Ready(Some(Err(missed))),
                Err(TryRecvError::Closed) => this.ended = true,
                Err(TryRecvError::Empty) => waits = true,
            }
        }
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended { (0, Some(0)) } else { (0, None) }
    }
}

impl<B: Handle> FusedStream for EventStream<B>
where
    B::Event: Clone,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<B: Handle> Drop for EventStream<B> {
    fn drop(&mut self) {
        self.wait.leave(self.subscriber.shared(), WaitOutcome::Cancelled);
    }
}

impl<B: Handle> fmt::Debug for EventStream<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("subscriber", &self.subscriber)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
