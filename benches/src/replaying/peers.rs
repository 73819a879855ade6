//! The published peers, each as its documentation says it is used, with the faster of two
//! ways where there are two.

use async_broadcast::{RecvError as AsyncError, TryRecvError as AsyncTryError, TrySendError};
use tokio::sync::broadcast::{self, error};

use super::{Batch, Event, Got, Replaying, Subscriber, one_by_one};

impl<T: Event> Replaying<T> for broadcast::Sender<T> {
    const NAME: &'static str = "tokio broadcast";
    type Subscriber = broadcast::Receiver<T>;

    fn new(events: usize) -> Self {
        broadcast::Sender::new(events)
    }
    fn subscribe(&self) -> Self::Subscriber {
        broadcast::Sender::subscribe(self)
    }
    #[inline(always)]
    fn publish(&self, event: T) {
        // Fails if there is no receiver: then nothing is kept.
        let _ = self.send(event);
    }
    /// By dropping it.
    fn close(self) {}
}

impl<T: Event> Subscriber<T> for broadcast::Receiver<T> {
    type Item = T;

    #[inline(always)]
    fn try_recv(&mut self) -> Got<T> {
        match broadcast::Receiver::try_recv(self) {
            Ok(event) => Got::Event(event),
            Err(error::TryRecvError::Lagged(missed)) => Got::Missed(missed),
            Err(error::TryRecvError::Empty) => Got::Empty,
            Err(error::TryRecvError::Closed) => Got::Closed,
        }
    }
    #[inline(always)]
    async fn recv(&mut self) -> Got<T> {
        match broadcast::Receiver::recv(self).await {
            Ok(event) => Got::Event(event),
            Err(error::RecvError::Lagged(missed)) => Got::Missed(missed),
            Err(error::RecvError::Closed) => Got::Closed,
        }
    }
    #[inline(always)]
    async fn recv_many(&mut self, into: &mut Vec<T>, max: usize) -> Batch {
        one_by_one(self, into, max).await
    }
}

/// In its overflow mode: otherwise publishers wait for readers.
#[derive(Debug)]
pub struct AsyncBroadcast<T> {
    sender: async_broadcast::Sender<T>,
    /// Without any receiver it would be closed.
    _open: async_broadcast::InactiveReceiver<T>,
}

impl<T: Event> Replaying<T> for AsyncBroadcast<T> {
    const NAME: &'static str = "async-broadcast";
    type Subscriber = async_broadcast::Receiver<T>;

    fn new(events: usize) -> Self {
        let (mut sender, receiver) = async_broadcast::broadcast(events);
        sender.set_overflow(true);
        Self { sender, _open: receiver.deactivate() }
    }
    fn subscribe(&self) -> Self::Subscriber {
        self.sender.new_receiver()
    }
    #[inline(always)]
    fn publish(&self, event: T) {
        match self.sender.try_broadcast(event) {
            Ok(evicted) => drop(evicted),
            // Without an active receiver nothing is kept.
            Err(TrySendError::Inactive(_)) => {}
            Err(_) => panic!("neither full nor closed"),
        }
    }
    fn close(self) {
        self.sender.close();
    }
}

impl<T: Event> Subscriber<T> for async_broadcast::Receiver<T> {
    type Item = T;

    #[inline(always)]
    fn try_recv(&mut self) -> Got<T> {
        match async_broadcast::Receiver::try_recv(self) {
            Ok(event) => Got::Event(event),
            Err(AsyncTryError::Overflowed(missed)) => Got::Missed(missed),
            Err(AsyncTryError::Empty) => Got::Empty,
            Err(AsyncTryError::Closed) => Got::Closed,
        }
    }
    /// Not in a box, as its `recv` is.
    #[inline(always)]
    async fn recv(&mut self) -> Got<T> {
        match self.recv_direct().await {
            Ok(event) => Got::Event(event),
            Err(AsyncError::Overflowed(missed)) => Got::Missed(missed),
            Err(AsyncError::Closed) => Got::Closed,
        }
    }
    #[inline(always)]
    async fn recv_many(&mut self, into: &mut Vec<T>, max: usize) -> Batch {
        one_by_one(self, into, max).await
    }
}
