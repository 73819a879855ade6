//! Our form: any event, any number of publishers.

use std::sync::Arc;

use bellwether::replay::Store;
use bellwether::{RecvError, Replay, ReplayBuffer, Start, TryRecvError};

use super::{Batch, Event, Got, Numbered, Replaying, Subscriber};

/// Its subscribers own a share of it, so that they can be moved into tasks.
#[derive(Debug)]
pub struct Shared<T>(Arc<ReplayBuffer<T>>);

/// A subscriber.
pub type Reader<T> = bellwether::Subscriber<Arc<ReplayBuffer<T>>>;

impl<T: Event> Replaying<T> for Shared<T> {
    const NAME: &'static str = "bellwether ReplayBuffer";
    type Subscriber = Reader<T>;

    fn new(events: usize) -> Self {
        Self::bounded(events, usize::MAX)
    }
    fn bounded(events: usize, bytes: usize) -> Self {
        let builder = ReplayBuffer::builder().capacity(events).max_bytes(bytes);
        Self(Arc::new(builder.build().expect("good bounds")))
    }
    fn subscribe(&self) -> Reader<T> {
        Reader::new(Arc::clone(&self.0), Start::Live)
    }
    #[inline(always)]
    fn publish(&self, event: T) {
        assert!(self.0.publish(event).is_ok(), "neither closed nor too large");
    }
    fn publish_sized(&self, event: T, heap: usize) {
        assert!(self.0.publish_sized(event, heap).is_ok(), "neither closed nor too large");
    }
    fn close(self) {
        self.0.close();
    }
}

impl<T: Event> Numbered for bellwether::Event<T> {
    #[inline(always)]
    fn number(&self) -> u64 {
        self.value.number()
    }
}

fn why<T>(error: TryRecvError) -> Got<T> {
    match error {
        TryRecvError::Missed(missed) => Got::Missed(missed.events()),
        TryRecvError::Empty => Got::Empty,
        TryRecvError::Closed => Got::Closed,
        other => panic!("{other}"),
    }
}

fn why_not<T>(error: RecvError) -> Got<T> {
    match error {
        RecvError::Missed(missed) => Got::Missed(missed.events()),
        RecvError::Closed => Got::Closed,
        other => panic!("{other}"),
    }
}

impl<T, S> Subscriber<T> for bellwether::Subscriber<Arc<Replay<S>>>
where
    T: Event,
    S: Store<Event = T> + Send + Sync + 'static,
    S::Shelf: Send,
{
    const HAS_BATCHES: bool = true;
    type Item = bellwether::Event<T>;

    #[inline(always)]
    fn try_recv(&mut self) -> Got<T> {
        match bellwether::Subscriber::try_recv(self) {
            Ok(event) => Got::Event(event.value),
            Err(error) => why(error),
        }
    }
    #[inline(always)]
    async fn recv(&mut self) -> Got<T> {
        match bellwether::Subscriber::recv(self).await {
            Ok(event) => Got::Event(event.value),
            Err(error) => why_not(error),
        }
    }
    #[inline(always)]
    fn for_each_ready(&mut self, max: usize, mut look: impl FnMut(&T)) -> Batch {
        match bellwether::Subscriber::for_each_ready(self, max, |_, event| look(event)) {
            Ok(events) => Batch { events, ..Batch::default() },
            Err(error) => Batch::end(0, &why::<T>(error)),
        }
    }
    #[inline(always)]
    async fn recv_many(&mut self, into: &mut Vec<Self::Item>, max: usize) -> Batch {
        match bellwether::Subscriber::recv_many(self, into, max).await {
            Ok(events) => Batch { events, ..Batch::default() },
            Err(error) => Batch::end(0, &why_not::<T>(error)),
        }
    }
}
