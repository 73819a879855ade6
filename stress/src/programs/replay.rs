//! The replay buffer with many producers, in each of its stores: publishers one by one
//! and in batches, readers in every way, and one who closes while others publish.

use core::sync::atomic::{AtomicUsize, Ordering::AcqRel, Ordering::Relaxed};
use std::thread;

use bellwether::{PlainArray, PublishError, Replay, ReplayArray, ReplayBuffer, ReplayStore};

use super::scene::{Account, WAYS, read};
use crate::crowd::crowd;
use crate::random::Random;
use crate::value::{ALIVE, Owned, Value, Words};

const PUBLISHERS: usize = 3;
const READERS: usize = 3;
const EACH: u64 = 200;

/// What became of all rounds.
#[derive(Default)]
struct Totals {
    published: u64,
    received: u64,
    missed: u64,
}

impl Totals {
    fn text(&self, rounds: u64) -> String {
        let Self { published, received, missed } = self;
        format!("{rounds} buffers, {published} published, {received} received, {missed} missed")
    }
}

/// Publishes its events; how many were taken before the buffer was closed.
fn publish<S: ReplayStore<Event: Value>>(
    buffer: &Replay<S>,
    me: usize,
    random: &mut Random,
) -> u64 {
    let mut taken = 0;
    while taken < EACH {
        let number = (me as u64) << 32 | taken;
        let result = if me == 0 {
            let batch: Vec<_> = (0..5).map(|n| S::Event::new(number + n)).collect();
            buffer.publish_all(batch).map(|all| all as u64).map_err(|refused| {
                let busy = matches!(refused, PublishError::Busy(_));
                taken += 5 - refused.into_inner().len() as u64;
                busy
            })
        } else {
            let bytes = 1 + (taken % 13) as usize;
            let one = buffer.publish_sized(S::Event::new(number), bytes);
            one.map(|_| 1).map_err(|refused| {
                let busy = matches!(refused, PublishError::Busy(_));
                assert_eq!(refused.into_inner().check(), number, "it is given back");
                busy
            })
        };
        match result {
            Ok(more) => {
                taken += more;
                // So that readers get some of it.
                if random.below(8) == 0 {
                    thread::yield_now();
                }
            }
            // A reader is inside of what is to go.
            Err(true) => thread::yield_now(),
            Err(false) => break,
        }
    }
    taken
}

fn play<S>(buffer: &Replay<S>, round: u64, totals: &mut Totals)
where
    S: ReplayStore<Event: Value>,
    Replay<S>: Sync,
{
    let publishing = AtomicUsize::new(PUBLISHERS);
    let close_early = round % 4 == 3;
    let each = crowd(PUBLISHERS + READERS, |me| {
        let mut random = Random::new(round * 64 + me.number as u64);
        let Some(reader) = me.number.checked_sub(PUBLISHERS) else {
            let taken = publish(buffer, me.number, &mut random);
            // The last one closes; in an early round the first one does.
            let left = publishing.fetch_sub(1, AcqRel) - 1;
            if left == 0 || close_early {
                buffer.close();
            }
            return (taken, Account::default());
        };
        (0, read((round as usize + reader * 3) % WAYS, buffer, me, &mut random))
    });
    let (publishers, readers) = each.split_at(PUBLISHERS);
    let published: u64 = publishers.iter().map(|(taken, _)| taken).sum();
    let stats = buffer.stats();
    assert_eq!((stats.published, stats.subscribers, stats.closed), (published, 0, true));
    assert!(stats.len <= buffer.capacity());
    for (_, account) in readers {
        assert_eq!(account.total(), published, "received + missed = published");
        totals.received += account.received;
        totals.missed += account.missed;
    }
    totals.published += published;
}

fn rounds<S>(rounds: u64, buffer: impl Fn(u64) -> Replay<S>) -> String
where
    S: ReplayStore<Event: Value>,
    Replay<S>: Sync,
{
    let mut totals = Totals::default();
    for round in 0..rounds {
        let buffer = buffer(round);
        play(&buffer, round, &mut totals);
        drop(buffer);
        assert_eq!(ALIVE.load(Relaxed), 0, "each event is dropped once");
    }
    totals.text(rounds)
}

/// Capacity and bytes: one slot; chunks that are used again; bytes that push out many.
pub(crate) fn bounds(round: u64) -> (usize, usize) {
    [(1, 100), (64, usize::MAX), (100, 80)][(round % 3) as usize]
}

pub(crate) fn heap(number: u64) -> String {
    rounds(number, |round| {
        let (events, bytes) = bounds(round);
        let builder = ReplayBuffer::<Owned>::builder().capacity(events).max_bytes(bytes);
        builder.weigh(|_| 3).build().expect("it has bounds")
    })
}

pub(crate) fn inline(number: u64) -> String {
    rounds(number, |_| ReplayArray::<Owned, 7>::new())
}

pub(crate) fn plain(number: u64) -> String {
    rounds(number, |round| {
        let (events, bytes) = bounds(round);
        let builder = ReplayBuffer::<Words>::builder().capacity(events).max_bytes(bytes);
        builder.weigh(|_| 3).build_plain().expect("it has bounds")
    })
}

pub(crate) fn plain_array(number: u64) -> String {
    rounds(number, |_| PlainArray::<Words, 7>::new())
}
