//! The forms of a replay buffer, so that one program runs with each of them.
//!
//! | form | event | who publishes |
//! |---|---|---|
//! | `ReplayBuffer`, `ReplayArray` | [`Value`] | anybody |
//! | `PlainBuffer`, `PlainArray` | [`Own`] | anybody |
//! | `SingleProducer` of each | as above | a `Producer` |
//! | an `Arc` of each | as above | as above |

use std::sync::Arc;

use bellwether::replay::{Plain, Single};
use bellwether::{
    Producer, Replay, ReplayHandle, ReplayHooks, ReplayStats, ReplayStore, SingleProducer,
};

use super::world::{Ledger, Value, inject};

/// An event that knows its number.
pub(crate) trait Sample: Clone {
    fn make(ledger: &Ledger, number: u64) -> Self;
    fn check(&self);
    fn number(&self) -> u64;
}

impl Sample for Value {
    fn make(ledger: &Ledger, number: u64) -> Self {
        Self::new(ledger, number)
    }
    fn check(&self) {
        Value::check(self);
    }
    fn number(&self) -> u64 {
        self.number
    }
}

/// A plain event of a user's. Its conversions and its clone are callbacks.
#[derive(Debug, Copy)]
pub(crate) struct Own(u64);

#[allow(clippy::non_canonical_clone_impl, reason = "it is a callback")]
impl Clone for Own {
    fn clone(&self) -> Self {
        inject("value.clone");
        Self(self.0)
    }
}

impl Plain for Own {
    type Words = <(u64, u64) as Plain>::Words;

    fn to_words(self) -> Self::Words {
        inject("Plain::to_words");
        (self.0, !self.0).to_words()
    }

    fn from_words(words: Self::Words) -> Self {
        inject("Plain::from_words");
        let (number, check) = <(u64, u64)>::from_words(words);
        assert_eq!(number, !check, "torn");
        Self(number)
    }
}

impl Sample for Own {
    fn make(_: &Ledger, number: u64) -> Self {
        Self(number)
    }
    fn check(&self) {}
    fn number(&self) -> u64 {
        self.0
    }
}

/// What an event weighs: a callback.
pub(crate) fn weigh<E: Sample>(event: &E) -> usize {
    event.check();
    inject("weigh");
    1 + (event.number() % 2) as usize
}

pub(crate) trait Form {
    type Event: Sample;
    type Reader<'a>: ReplayHandle<Event = Self::Event> + Clone
    where
        Self: 'a;
    type Writer<'a>: Writer<Self::Event>
    where
        Self: 'a;

    fn reader(&self) -> Self::Reader<'_>;
    /// `None` while the one there may be is elsewhere.
    fn writer(&self) -> Option<Self::Writer<'_>>;
    fn stats(&self) -> ReplayStats;
}

pub(crate) trait Writer<E> {
    /// Whether the event was stored.
    fn publish(&mut self, event: E) -> bool;
    fn publish_sized(&mut self, event: E, bytes: usize) -> bool;
    fn publish_all(&mut self, events: impl IntoIterator<Item = E>) -> bool;
    fn close(&mut self) -> bool;
}

impl<S: ReplayStore, H: ReplayHooks> Writer<S::Event> for &Replay<S, H> {
    fn publish(&mut self, event: S::Event) -> bool {
        Replay::publish(self, event).is_ok()
    }
    fn publish_sized(&mut self, event: S::Event, bytes: usize) -> bool {
        Replay::publish_sized(self, event, bytes).is_ok()
    }
    fn publish_all(&mut self, events: impl IntoIterator<Item = S::Event>) -> bool {
        Replay::publish_all(self, events).is_ok()
    }
    fn close(&mut self) -> bool {
        Replay::close(self)
    }
}

impl<B: Single> Writer<B::Event> for Producer<B> {
    fn publish(&mut self, event: B::Event) -> bool {
        Producer::publish(self, event).is_ok()
    }
    fn publish_sized(&mut self, event: B::Event, bytes: usize) -> bool {
        Producer::publish_sized(self, event, bytes).is_ok()
    }
    fn publish_all(&mut self, events: impl IntoIterator<Item = B::Event>) -> bool {
        Producer::publish_all(self, events).is_ok()
    }
    fn close(&mut self) -> bool {
        Producer::close(self)
    }
}

impl<S: ReplayStore<Event: Sample>, H: ReplayHooks> Form for Replay<S, H> {
    type Event = S::Event;
    type Reader<'a>
        = &'a Self
    where
        Self: 'a;
    type Writer<'a>
        = &'a Self
    where
        Self: 'a;

    fn reader(&self) -> &Self {
        self
    }
    fn writer(&self) -> Option<&Self> {
        Some(self)
    }
    fn stats(&self) -> ReplayStats {
        Replay::stats(self)
    }
}

impl<S: ReplayStore<Event: Sample>, H: ReplayHooks> Form for Arc<Replay<S, H>> {
    type Event = S::Event;
    type Reader<'a>
        = Self
    where
        Self: 'a;
    type Writer<'a>
        = &'a Replay<S, H>
    where
        Self: 'a;

    fn reader(&self) -> Self {
        self.clone()
    }
    fn writer(&self) -> Option<&Replay<S, H>> {
        Some(self)
    }
    fn stats(&self) -> ReplayStats {
        Replay::stats(self)
    }
}

impl<S: ReplayStore<Event: Sample>, H: ReplayHooks> Form for SingleProducer<Replay<S, H>> {
    type Event = S::Event;
    type Reader<'a>
        = &'a Self
    where
        Self: 'a;
    type Writer<'a>
        = Producer<&'a Self>
    where
        Self: 'a;

    fn reader(&self) -> &Self {
        self
    }
    fn writer(&self) -> Option<Producer<&Self>> {
        Producer::new(self)
    }
    fn stats(&self) -> ReplayStats {
        SingleProducer::stats(self)
    }
}

impl<S: ReplayStore<Event: Sample>, H: ReplayHooks> Form for Arc<SingleProducer<Replay<S, H>>> {
    type Event = S::Event;
    type Reader<'a>
        = Self
    where
        Self: 'a;
    type Writer<'a>
        = Producer<Self>
    where
        Self: 'a;

    fn reader(&self) -> Self {
        self.clone()
    }
    fn writer(&self) -> Option<Producer<Self>> {
        Producer::new(self.clone())
    }
    fn stats(&self) -> ReplayStats {
        SingleProducer::stats(self)
    }
}
