//! What the forms of a replay buffer have in common, and their events.

use std::sync::Arc;

use bellwether_loom::{PublishError, Replay, ReplayHandle, ReplayStats, ReplayStore, Token};

use super::super::super::replay::events::Marked;

/// An event that knows its number.
pub(crate) trait Numbered: Clone + 'static {
    fn numbered(number: u64) -> Self;
    fn number(&self) -> u64;
}

impl Numbered for Marked {
    fn numbered(number: u64) -> Self {
        Self::new(number)
    }
    fn number(&self) -> u64 {
        self.number()
    }
}

impl Numbered for u64 {
    fn numbered(number: u64) -> Self {
        number
    }
    fn number(&self) -> u64 {
        *self
    }
}

/// Two words, which are of one event.
impl Numbered for (u64, usize) {
    fn numbered(number: u64) -> Self {
        (number, number as usize)
    }
    fn number(&self) -> u64 {
        assert_eq!(self.0, self.1 as u64, "torn");
        self.0
    }
}

/// A form of the buffer, with room for [`Self::FULL`] events.
pub(crate) trait Form: ReplayHandle<Event: Numbered> + Clone + 'static {
    const FULL: u64;
    fn build() -> Self;
    fn publish(&self, event: Self::Event) -> Result<u64, PublishError<Self::Event>>;
    fn publish_all(
        &self,
        events: [Self::Event; 2],
    ) -> Result<usize, PublishError<Vec<Self::Event>>>;
    fn close(&self) -> bool;
    fn stats(&self) -> ReplayStats;
    fn token(&self) -> Token;
}

/// A form with many producers.
pub(crate) trait Built: ReplayStore<Event: Numbered> + Sized + 'static {
    const FULL: u64;
    fn build() -> Replay<Self>;
}

impl<S: Built> Form for Arc<Replay<S>> {
    const FULL: u64 = S::FULL;
    fn build() -> Self {
        Self::new(S::build())
    }
    fn publish(&self, event: S::Event) -> Result<u64, PublishError<S::Event>> {
        Replay::publish(self, event)
    }
    fn publish_all(&self, events: [S::Event; 2]) -> Result<usize, PublishError<Vec<S::Event>>> {
        Replay::publish_all(self, events)
    }
    fn close(&self) -> bool {
        Replay::close(self)
    }
    fn stats(&self) -> ReplayStats {
        Replay::stats(self)
    }
    fn token(&self) -> Token {
        Replay::token(self)
    }
}
