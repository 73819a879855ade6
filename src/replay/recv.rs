//! Receiving, and waiting until there is something to receive.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::error::{RecvError, TryRecvError};
use super::handle::Handle;
use super::start::Event;
use super::subscriber::Subscriber;
use super::wait::Arrival;
use crate::hooks::{CallSite, ReplayHooks};

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

    /// As [`recv_many`](Self::recv_many), for a thread: it blocks.
    ///
    /// # Errors
    ///
    /// As for [`recv_many`](Self::recv_many).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b"]).unwrap();
    /// let mut events = Vec::new();
    /// assert_eq!(subscriber.recv_many_blocking(&mut events, 64), Ok(2));
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn recv_many_blocking(
        &mut self,
        events: &mut Vec<Event<B::Event>>,
        max: usize,
    ) -> Result<usize, RecvError>
    where
        B::Event: Clone,
    {
        let attempt = move |this: &mut Self| this.try_recv_many(events, max);
        crate::block_on::block_on(self.receive(Site::<B>::here(), attempt))
    }

    /// Ready as soon as the next call has something to say: an event, or what was
    /// missed. With [`for_each_ready`](Self::for_each_ready), to wait for events that
    /// are not to be cloned.
    ///
    /// # Errors
    ///
    /// If the buffer is closed, and all that it retained was received.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped leaves nothing behind.
    ///
    /// ```
    /// # #[cfg(feature = "std")] {
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.publish_all(["a", "b"]).unwrap();
    /// buffer.close();
    /// let mut text = String::new();
    /// futures::executor::block_on(async {
    ///     while subscriber.ready().await.is_ok() {
    ///         subscriber.for_each_ready(64, |_, event| text += event).unwrap();
    ///     }
    /// });
    /// assert_eq!(text, "ab");
    /// # }
    /// ```
    #[track_caller]
    pub fn ready(&mut self) -> impl Future<Output = Result<(), RecvError>> {
        self.receive(Site::<B>::here(), |this| this.peek())
    }

    /// As [`ready`](Self::ready), for a thread: it blocks.
    ///
    /// # Errors
    ///
    /// As for [`ready`](Self::ready).
    ///
    /// ```
    /// use bellwether::{ReplayBuffer, Start};
    ///
    /// let buffer = ReplayBuffer::<u8>::builder().capacity(8).build().unwrap();
    /// let mut subscriber = buffer.subscribe(Start::Live);
    /// buffer.close();
    /// assert!(subscriber.ready_blocking().is_err());
    /// ```
    #[cfg(feature = "std")]
    #[track_caller]
    pub fn ready_blocking(&mut self) -> Result<(), RecvError> {
        crate::block_on::block_on(self.receive(Site::<B>::here(), |this| this.peek()))
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
                Err(TryRecvError::Empty) => {
                    Arrival::new(self.shared(), self.cursor(), site).await;
                }
            }
        }
    }
}

type Site<B> = <<B as Handle>::Hooks as ReplayHooks>::Site;
