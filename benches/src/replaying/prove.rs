//! The adapters do the work: called before anything is timed.

use core::fmt::Debug;
use std::thread;

use super::work::BATCH;
use super::{Batch, Event, Got, Numbered, Replaying, Subscriber, Tally};
use crate::each_replaying;
use crate::wakers::{Task, run_woken};
use crate::work::now;

/// A power of two, and more than a batch.
const EVENTS: u64 = 128;

/// Proves all of them, with each kind of event.
pub fn prove_all() {
    each_replaying!(P of u64 => prove::<P, u64>());
    each_replaying!(P of [u64; 8] => prove::<P, [u64; 8]>());
    each_replaying!(P of std::sync::Arc<[u8]> => prove::<P, std::sync::Arc<[u8]>>());
}

/// Proves that one delivers, and what it tells those who are overtaken.
///
/// # Panics
///
/// If it does not.
pub fn prove<P: Replaying<T>, T: Event + PartialEq + Debug>() {
    everything_in_order::<P, T>();
    a_batch_is_no_larger_than_asked::<P, T>();
    who_is_overtaken_is_told_by_how_many::<P, T>();
    who_waits_is_woken::<P, T>();
    overtaken_by_a_thread::<P, T>();
}

fn publish<P: Replaying<T>, T: Event>(peer: &P, numbers: core::ops::Range<u64>) {
    numbers.for_each(|number| peer.publish(T::numbered(number)));
}

/// To each subscriber, from when it subscribed, until it is closed.
fn everything_in_order<P: Replaying<T>, T: Event + PartialEq + Debug>() {
    let peer = P::new(EVENTS as usize);
    let mut early = peer.subscribe();
    publish::<P, T>(&peer, 0..EVENTS / 2);
    let mut late = [peer.subscribe(), peer.subscribe(), peer.subscribe()];
    publish::<P, T>(&peer, EVENTS / 2..EVENTS);
    for number in 0..EVENTS {
        assert_eq!(early.try_recv(), Got::Event(T::numbered(number)), "{}", P::NAME);
    }
    assert_eq!(early.try_recv(), Got::Empty, "{}", P::NAME);
    peer.close();
    let [one, look, many] = &mut late;
    let mut into = Vec::new();
    for number in EVENTS / 2..EVENTS {
        assert_eq!(now(one.recv()), Got::Event(T::numbered(number)), "{}", P::NAME);
    }
    let looked = look.for_each_ready(BATCH, |event| into.push(event.number()));
    assert_eq!(looked, Batch { events: BATCH, ..Batch::default() }, "{}", P::NAME);
    assert!(into.drain(..).eq(EVENTS / 2..EVENTS), "{}", P::NAME);
    let mut into = Vec::new();
    let got = now(many.recv_many(&mut into, BATCH));
    assert_eq!(got, Batch { events: BATCH, ..Batch::default() }, "{}", P::NAME);
    assert!(into.iter().map(Numbered::number).eq(EVENTS / 2..EVENTS), "{}", P::NAME);
    let end = Batch { is_closed: true, ..Batch::default() };
    assert_eq!(early.try_recv(), Got::Closed, "{}", P::NAME);
    assert_eq!(now(one.recv()), Got::Closed, "{}", P::NAME);
    assert_eq!(look.for_each_ready(BATCH, |_| ()), end, "{}", P::NAME);
    assert_eq!(now(many.recv_many(&mut into, BATCH)), end, "{}", P::NAME);
}

/// And the next one goes on after it.
fn a_batch_is_no_larger_than_asked<P: Replaying<T>, T: Event + PartialEq + Debug>() {
    let peer = P::new(EVENTS as usize);
    let mut reader = peer.subscribe();
    publish::<P, T>(&peer, 0..10);
    assert_eq!(reader.for_each_ready(3, |_| ()).events, 3, "{}", P::NAME);
    assert_eq!(now(reader.recv_many(&mut Vec::new(), 3)).events, 3, "{}", P::NAME);
    assert_eq!(reader.try_recv(), Got::Event(T::numbered(6)), "{}", P::NAME);
}

/// And then gets all that is left.
fn who_is_overtaken_is_told_by_how_many<P: Replaying<T>, T: Event + PartialEq + Debug>() {
    let peer = P::new(EVENTS as usize);
    let mut all = [(); 4].map(|()| peer.subscribe());
    publish::<P, T>(&peer, 0..3 * EVENTS);
    let lag = Batch { missed: 2 * EVENTS, ..Batch::default() };
    let [poll, one, look, many] = &mut all;
    assert_eq!(poll.try_recv(), Got::Missed(2 * EVENTS), "{}", P::NAME);
    assert_eq!(now(one.recv()), Got::Missed(2 * EVENTS), "{}", P::NAME);
    assert_eq!(look.for_each_ready(BATCH, |_| ()), lag, "{}", P::NAME);
    assert_eq!(now(many.recv_many(&mut Vec::new(), BATCH)), lag, "{}", P::NAME);
    for reader in &mut all {
        for number in 2 * EVENTS..3 * EVENTS {
            assert_eq!(reader.try_recv(), Got::Event(T::numbered(number)), "{}", P::NAME);
        }
        assert_eq!(reader.try_recv(), Got::Empty, "{}", P::NAME);
    }
}

/// Once there is something, and at the end.
fn who_waits_is_woken<P: Replaying<T>, T: Event + PartialEq + Debug>() {
    const WAITERS: usize = 50;
    let peer = P::new(EVENTS as usize);
    let subscribe = || (0..WAITERS).map(|_| peer.subscribe()).collect::<Vec<_>>();
    let (mut single, mut batched) = (subscribe(), subscribe());
    {
        let mut all: Vec<_> = single.iter_mut().map(|reader| Task::new(reader.recv())).collect();
        assert!(all.iter_mut().all(|waiter| waiter.poll().is_pending()), "{}", P::NAME);
        publish::<P, T>(&peer, 0..1);
        let got = run_woken(&mut all);
        assert_eq!(got.len(), WAITERS, "{}", P::NAME);
        assert!(got.iter().all(|got| *got == Got::Event(T::numbered(0))), "{}", P::NAME);
    }
    let many = |reader: &mut P::Subscriber| now(reader.recv_many(&mut Vec::new(), 1)).events;
    assert!(batched.iter_mut().all(|reader| many(reader) == 1), "{}", P::NAME);
    let mut vectors = [(); WAITERS].map(|()| Vec::new());
    let readers = batched.iter_mut().zip(&mut vectors);
    let mut all: Vec<_> =
        readers.map(|(reader, into)| Task::new(reader.recv_many(into, BATCH))).collect();
    assert!(all.iter_mut().all(|waiter| waiter.poll().is_pending()), "{}", P::NAME);
    peer.close();
    let got = run_woken(&mut all);
    assert_eq!(got.len(), WAITERS, "{}", P::NAME);
    assert!(got.iter().all(|batch| batch.is_closed && batch.events == 0), "{}", P::NAME);
}

/// By a publisher that never pauses: every account balances, at each event.
fn overtaken_by_a_thread<P: Replaying<T>, T: Event>() {
    const PUBLISHED: u64 = 20_000;
    let peer = P::new(16);
    thread::scope(|scope| {
        for _ in 0..3 {
            let mut reader = peer.subscribe();
            scope.spawn(move || {
                let mut tally = Tally::default();
                while tally.take(&reader.try_recv()) {}
                tally.check(P::NAME, PUBLISHED);
            });
        }
        publish::<P, T>(&peer, 0..PUBLISHED);
        peer.close();
    });
}
