//! Waiting for the next event: the only part of a subscriber that may be parked.
//!
//! | the future | its node |
//! |---|---|
//! | not polled, or woken | not in the list |
//! | pending | in the list, or taken out by who wakes it |
//! | ready, or dropped | not in the list |
//!
//! While it is parked it has no pin: it holds no event.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::error::{RecvError, TryRecvError};
use super::handle::Handle;
use super::log::Log;
use super::parked::Node;
use super::start::Event;
use super::store::Store;
use super::subscriber::Subscriber;
use crate::hooks::{CallSite, ReplayHooks, WaitOutcome};
use crate::sync::shielded;

/// Ready once the event at `at` is published or evicted, or the log closed.
struct Arrival<'a, S: Store, H: ReplayHooks> {
    log: &'a Log<S>,
    hooks: &'a H,
    site: H::Site,
    at: u64,
    /// While it waits.
    span: Option<H::Span>,
    node: Node,
}

impl<'a, S: Store, H: ReplayHooks> Arrival<'a, S, H> {
    fn new<B>(subscriber: &'a Subscriber<B>, site: H::Site) -> Self
    where
        B: Handle<Store = S, Hooks = H>,
    {
        let (log, hooks, at) = (subscriber.log(), subscriber.hooks(), subscriber.cursor());
        Self { log, hooks, site, at, span: None, node: Node::new() }
    }

    fn is_here(&self) -> bool {
        self.log.tail() > self.at || self.log.is_closed()
    }

    /// Sees to it that this waker is woken when there is something, or says that there
    /// is.
    fn park(&self, waker: &Waker) -> Poll<()> {
        let fresh = waker.clone();
        let (old, outcome) = self.log.parked(|parked| {
            // SAFETY: it is linked into this list only.
            let (old, linked) = unsafe { parked.rearm(&self.node, fresh) };
            if linked {
                return (old, Poll::Pending);
            }
            self.log.announce();
            match old {
                Some(fresh) if !self.is_here() => {
                    // SAFETY: not linked; pinned, as `poll` is, and taken out by `leave`,
                    // at the latest when it is dropped; the log is borrowed as long.
                    unsafe { parked.push(&self.node, self.at, fresh) };
                    (None, Poll::Pending)
                }
                old => (old, Poll::Ready(())),
            }
        });
        // Outside the lock.
        drop(old);
        outcome
    }

    /// Takes the node out, if it is still in, and tells how the wait ended.
    fn leave(&mut self, outcome: WaitOutcome) {
        let told =
            self.span.take().map(|span| Told { hooks: self.hooks, span: Some(span), outcome });
        let waker = if self.node.is_linked() {
            // SAFETY: it is linked into this list only.
            self.log.parked(|parked| unsafe { parked.remove(&self.node) })
        } else {
            self.node.take_waker()
        };
        shielded(|| drop(waker));
        drop(told);
    }
}

/// Tells how a wait ended, also if the waker's drop panicked.
struct Told<'a, H: ReplayHooks> {
    hooks: &'a H,
    span: Option<H::Span>,
    outcome: WaitOutcome,
}

impl<H: ReplayHooks> Drop for Told<'_, H> {
    fn drop(&mut self) {
        if let Some(span) = self.span.take() {
            shielded(|| self.hooks.wait_end(span, self.outcome));
        }
    }
}

impl<S: Store, H: ReplayHooks> Future for Arrival<'_, S, H> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the node stays where it is; nothing else is pinned.
        let this = unsafe { self.get_unchecked_mut() };
        loop {
            if this.is_here() {
                this.leave(WaitOutcome::Ready);
                return Poll::Ready(());
            }
            if this.span.is_none() {
                this.span = Some(this.hooks.wait_begin(this.site));
            }
            if this.park(context.waker()).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl<S: Store, H: ReplayHooks> Drop for Arrival<'_, S, H> {
    fn drop(&mut self) {
        self.leave(WaitOutcome::Cancelled);
    }
}

impl<B: Handle> Subscriber<B> {
    /// The next event, as soon as there is one.
    ///
    /// # Errors
    ///
    /// If some events went, after which the next call goes on; or if there will be none
    /// any more.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped has received nothing, and leaves nothing behind.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish("hello").unwrap();
    /// let event = futures::executor::block_on(subscriber.recv());
    /// assert_eq!(event.unwrap().value, "hello");
    /// # }
    /// ```
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Result<Event<B::Event>, RecvError>>
    where
        B::Event: Clone,
    {
        self.receive(Site::<B>::here(), Self::try_recv)
    }

    /// As soon as there is one event, up to `max` events; appends them, and returns how
    /// many, at least one unless `max` is 0. It ends early where events went.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), if there is not even one.
    ///
    /// # Cancel safety
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(1..=5).unwrap();
    /// let mut events = Vec::new();
    /// let received = futures::executor::block_on(subscriber.recv_many(&mut events, 64));
    /// assert_eq!((received, events.len()), (Ok(5), 5));
    /// # }
    /// ```
    #[cfg(feature = "alloc")]
    #[track_caller]
    pub fn recv_many(
        &mut self,
        events: &mut Vec<Event<B::Event>>,
        max: usize,
    ) -> impl Future<Output = Result<usize, RecvError>>
    where
        B::Event: Clone,
    {
        self.receive(Site::<B>::here(), move |this| this.try_recv_many(events, max))
    }

    /// As [`recv`](Self::recv), for a thread: it blocks.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{RecvError, ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// std::thread::scope(|threads| {
    ///     threads.spawn(|| {
    ///         buffer.publish("hello").unwrap();
    ///         buffer.close();
    ///     });
    ///     assert_eq!(subscriber.recv_blocking().unwrap().value, "hello");
    ///     assert_eq!(subscriber.recv_blocking(), Err(RecvError::Closed));
    /// });
    /// # }
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn recv_blocking(&mut self) -> Result<Event<B::Event>, RecvError>
    where
        B::Event: Clone,
    {
        crate::block_on::block_on(self.receive(Site::<B>::here(), Self::try_recv))
    }

    async fn receive<R>(
        &mut self,
        site: Site<B>,
        mut attempt: impl FnMut(&mut Self) -> Result<R, TryRecvError>,
    ) -> Result<R, RecvError> {
        loop {
            match attempt(self) {
                Ok(received) => return Ok(received),
                Err(TryRecvError::Missed(missed)) => return Err(RecvError::Missed(missed)),
                Err(TryRecvError::Closed) => return Err(RecvError::Closed),
                Err(TryRecvError::Empty) => Arrival::new(self, site).await,
            }
        }
    }
}

type Site<B> = <<B as Handle>::Hooks as ReplayHooks>::Site;
