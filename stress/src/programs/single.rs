//! The replay buffer with a single producer: threads take the claim from each other, and
//! whoever has it publishes without a lock.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use bellwether::{Replay, ReplayBuffer, ReplayStore, SingleProducer};

use super::replay::bounds;
use super::scene::{Account, WAYS, read};
use crate::crowd::crowd;
use crate::random::Random;
use crate::value::{ALIVE, Owned, Value, Witness, Words};

const PRODUCERS: usize = 2;
const READERS: usize = 3;
const EVENTS: u64 = 400;

fn play<S>(buffer: Replay<S>, round: u64) -> (u64, u64)
where
    S: ReplayStore<Event: Value>,
    SingleProducer<Replay<S>>: Sync,
{
    let buffer = SingleProducer::new(buffer);
    // Belongs to whoever has the claim.
    let published = Witness::default();
    let claims = AtomicUsize::new(0);
    let each = crowd(PRODUCERS + READERS, |me| {
        let mut random = Random::new(round * 64 + me.number as u64);
        if let Some(reader) = me.number.checked_sub(PRODUCERS) {
            return read((round as usize + reader * 3) % WAYS, &buffer, me, &mut random);
        }
        while !buffer.is_closed() {
            let Some(mut producer) = buffer.producer() else {
                thread::yield_now();
                continue;
            };
            claims.fetch_add(1, Relaxed);
            for _ in 0..=random.below(16) {
                if buffer.is_closed() {
                    break;
                }
                // SAFETY: the claim is one thread's at a time.
                let number = unsafe { published.add() };
                let (event, bytes) = (S::Event::new(number), 1 + (number % 13) as usize);
                assert_eq!(producer.publish_sized(event, bytes).ok(), Some(number));
                if number == EVENTS {
                    assert!(producer.close());
                }
            }
            drop(producer);
            // So that readers get some of it, and the other producer the claim.
            thread::yield_now();
        }
        Account::default()
    });
    assert_eq!(published.into_inner(), EVENTS);
    assert_eq!(buffer.stats().published, EVENTS);
    let readers = &each[PRODUCERS..];
    assert!(readers.iter().all(|account| account.total() == EVENTS));
    (claims.into_inner() as u64, readers.iter().map(|account| account.missed).sum())
}

fn rounds<S>(rounds: u64, buffer: impl Fn(u64) -> Replay<S>) -> String
where
    S: ReplayStore<Event: Value>,
    SingleProducer<Replay<S>>: Sync,
{
    let (mut claims, mut missed) = (0, 0);
    for round in 0..rounds {
        let (claimed, gone) = play(buffer(round), round);
        (claims, missed) = (claims + claimed, missed + gone);
        assert_eq!(ALIVE.load(Relaxed), 0, "each event is dropped once");
    }
    format!("{rounds} buffers, {} published, {claims} claims, {missed} missed", rounds * EVENTS)
}

pub(crate) fn heap(number: u64) -> String {
    rounds(number, |round| {
        let (events, bytes) = bounds(round);
        ReplayBuffer::<Owned>::builder().capacity(events).max_bytes(bytes).build().unwrap()
    })
}

pub(crate) fn plain(number: u64) -> String {
    rounds(number, |round| {
        let (events, bytes) = bounds(round);
        ReplayBuffer::<Words>::builder().capacity(events).max_bytes(bytes).build_plain().unwrap()
    })
}
