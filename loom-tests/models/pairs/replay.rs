//! A replay buffer in each of its forms: the operations, and what becomes of events.
//!
//! Every publisher notes what it was told, and every reader what it received, in a
//! ledger that loom does not see. In the end each event was stored once, by the one who
//! was told so; each reader got every number in turn, or was told that it missed it; and
//! all got the same event under the same number. A race, a leak and a second drop of an
//! event are seen as in `replay/events.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bellwether_loom::{
    Event, EvictReason, Missed, PublishError, RecvError, Resume, Start, Subscriber, Token,
    TryRecvError,
};

use super::super::replay::events::check;
use super::super::support::{Bell, Flag, Signal, block_on_with, poll_and_drop};
use super::Subject;
use form::{Built, Form, Numbered};

pub(crate) mod array;
mod form;
pub(crate) mod heap;
pub(crate) mod plain;
pub(crate) mod single;

const THREADS: usize = 3;

pub(crate) struct Shared<B: Form> {
    buffer: B,
    /// For each thread one who has everything before it.
    behind: [Mutex<Option<Subscriber<B>>>; THREADS],
    /// And one who has received all.
    waiting: [Mutex<Option<Subscriber<B>>>; THREADS],
    ledger: Mutex<Ledger<B>>,
}

struct Ledger<B: Form> {
    /// Numbers that events were given.
    given: u64,
    /// By sequence number.
    singles: BTreeMap<u64, u64>,
    /// The number of the first of two.
    batches: Vec<u64>,
    /// What readers received, by sequence number.
    seen: BTreeMap<u64, u64>,
    /// Where they began, and they.
    readers: Vec<(u64, Subscriber<B>)>,
    refused_as_closed: bool,
    refused_for_room: bool,
    closed: usize,
}

impl<B: Form> Shared<B> {
    fn note<R>(&self, note: impl FnOnce(&mut Ledger<B>) -> R) -> R {
        note(&mut self.ledger.lock().unwrap())
    }

    fn fresh(&self, events: u64) -> u64 {
        self.note(|ledger| {
            ledger.given += events;
            ledger.given + 1 - events
        })
    }

    /// The numbers of events that were not taken, and whether for the end.
    fn refused(&self, numbers: &[u64], expected: &[u64], closed: bool) {
        assert_eq!(numbers, expected, "given back as they were");
        self.note(|ledger| {
            ledger.refused_as_closed |= closed;
            ledger.refused_for_room |= numbers.len() > 1 || !closed;
        });
    }

    fn see(&self, seq: u64, number: u64) {
        let before = self.note(|ledger| ledger.seen.insert(seq, number));
        assert!(before.is_none_or(|before| before == number), "two events under one number");
    }

    fn received(&self, next: u64, event: &Event<B::Event>) {
        assert_eq!(event.seq, next, "in turn");
        self.see(event.seq, event.value.number());
    }

    /// Tries to receive one; whether there may be more.
    fn look(&self, subscriber: &mut Subscriber<B>) -> bool {
        let next = subscriber.token().seq + 1;
        check(subscriber);
        match subscriber.try_recv() {
            Ok(event) => self.received(next, &event),
            Err(TryRecvError::Missed(missed)) => told(missed, next),
            Err(_) => return false,
        }
        true
    }

    /// Reads what is there, from where it was.
    fn drain(&self, subscriber: &mut Subscriber<B>) {
        while self.look(subscriber) {}
    }

    fn give_back(&self, began: u64, subscriber: Subscriber<B>) {
        check(&subscriber);
        self.note(|ledger| ledger.readers.push((began, subscriber)));
    }

    fn with_behind(&self, thread: usize, f: impl FnOnce(&mut Subscriber<B>)) {
        let mut subscriber = self.behind[thread].lock().unwrap().take().expect("once a thread");
        f(&mut subscriber);
        self.give_back(0, subscriber);
    }

    fn with_waiting(&self, thread: usize, f: impl FnOnce(&mut Subscriber<B>, u64)) {
        let mut subscriber = self.waiting[thread].lock().unwrap().take().expect("once a thread");
        f(&mut subscriber, B::FULL + 1);
        self.give_back(B::FULL, subscriber);
    }
}

fn told(missed: Missed, next: u64) {
    assert_eq!(missed.from, next, "a gap begins where it was");
    assert!(missed.to > next);
    assert_eq!(missed.reason, EvictReason::Count);
}

impl<B: Form> Subject for Shared<B> {
    fn new() -> Self {
        let buffer = B::build();
        let begin = || Mutex::new(Some(Subscriber::new(buffer.clone(), Start::Oldest)));
        let behind = [(); THREADS].map(|()| begin());
        for number in 1..=B::FULL {
            assert_eq!(buffer.publish(Numbered::numbered(number)).unwrap(), number);
        }
        let begin = || Mutex::new(Some(Subscriber::new(buffer.clone(), Start::Live)));
        let waiting = [(); THREADS].map(|()| begin());
        let ledger = Mutex::new(Ledger {
            given: B::FULL,
            singles: (1..=B::FULL).map(|number| (number, number)).collect(),
            batches: vec![],
            seen: BTreeMap::new(),
            readers: vec![],
            refused_as_closed: false,
            refused_for_room: false,
            closed: 0,
        });
        Self { buffer, behind, waiting, ledger }
    }

    fn settle(&self) {
        let stats = self.buffer.stats();
        let mut readers = self.note(|ledger| core::mem::take(&mut ledger.readers));
        // One who did nothing meanwhile.
        readers.extend(self.behind.iter().find_map(|one| Some((0, one.lock().unwrap().take()?))));
        for (began, reader) in &mut readers {
            self.drain(reader);
            let receipt = reader.receipt();
            assert_eq!((receipt.published, receipt.pending), (stats.published - *began, 0));
            assert_eq!(receipt.received + receipt.missed, receipt.published);
        }
        assert_eq!(stats.subscribers, 2 * THREADS, "who came has gone");
        assert_eq!(stats.published - stats.evicted_through, stats.len as u64);
        self.note(|ledger| {
            let stored = ledger.singles.len() + 2 * ledger.batches.len();
            assert_eq!(stats.published, stored as u64, "each was stored once");
            for (seq, number) in &ledger.seen {
                assert!((1..=stats.published).contains(seq));
                match ledger.singles.get(seq) {
                    Some(single) => assert_eq!(number, single, "as its publisher was told"),
                    None => {
                        let batch =
                            ledger.batches.iter().find(|&&n| n == *number || n + 1 == *number);
                        let first = batch.expect("of a batch");
                        // Together, and in turn.
                        let start = seq + first - number;
                        for at in [start, start + 1] {
                            assert!(!ledger.singles.contains_key(&at), "a batch is torn");
                            let seen = ledger.seen.get(&at);
                            assert!(seen.is_none_or(|&seen| seen == first + at - start));
                        }
                    }
                }
            }
            assert_eq!(usize::from(stats.closed), ledger.closed, "one of all closed it");
            assert!(stats.closed || !ledger.refused_as_closed);
            // A batch, and who finds readers in all slots, has made room before.
            assert!(stats.len as u64 == B::FULL || ledger.refused_for_room);
        });
    }
}

fn publish<B: Form>(shared: &Shared<B>, _: usize) {
    let number = shared.fresh(1);
    match shared.buffer.publish(Numbered::numbered(number)) {
        Ok(seq) => {
            let before = shared.note(|ledger| ledger.singles.insert(seq, number));
            assert_eq!(before, None, "a number is given once");
        }
        Err(PublishError::Closed(event)) => shared.refused(&[event.number()], &[number], true),
        Err(error) => shared.refused(&[error.into_inner().number()], &[number], false),
    }
}

/// Two events, which are seen together.
fn batch<B: Form>(shared: &Shared<B>, _: usize) {
    let first = shared.fresh(2);
    let numbers =
        |events: Vec<B::Event>| -> Vec<_> { events.iter().map(Numbered::number).collect() };
    match shared.buffer.publish_all([first, first + 1].map(Numbered::numbered)) {
        Ok(stored) => {
            assert_eq!(stored, 2);
            shared.note(|ledger| ledger.batches.push(first));
        }
        Err(error) => {
            let closed = matches!(error, PublishError::Closed(_));
            shared.refused(&numbers(error.into_inner()), &[first, first + 1], closed);
        }
    }
}

/// Begins, looks once, and goes.
fn join<B: Form>(shared: &Shared<B>, start: Start, began: impl FnOnce(u64)) {
    let mut subscriber = Subscriber::new(shared.buffer.clone(), start);
    began(subscriber.token().seq);
    shared.look(&mut subscriber);
    check(&subscriber);
}

fn join_live<B: Form>(shared: &Shared<B>, _: usize) {
    let newest = shared.buffer.token().seq;
    join(shared, Start::Live, |began| assert!(began >= newest, "it begins in the past"));
}

fn join_latest<B: Form>(shared: &Shared<B>, _: usize) {
    let newest = shared.buffer.token().seq;
    join(shared, Start::Latest(1), |began| assert!(began + 1 >= newest));
}

fn join_oldest<B: Form>(shared: &Shared<B>, _: usize) {
    let oldest = shared.buffer.stats().evicted_through;
    join(shared, Start::Oldest, |began| assert!(began >= oldest));
}

fn join_after<B: Form>(shared: &Shared<B>, _: usize) {
    join(shared, Start::After(1), |began| assert_eq!(began, 1));
}

fn resume<B: Form>(shared: &Shared<B>, _: usize) {
    let mut subscriber = match Subscriber::resume(shared.buffer.clone(), Token { epoch: 0, seq: 1 })
    {
        Resume::Complete(subscriber) => subscriber,
        Resume::Gap { missed, sub } => {
            told(missed, 2);
            assert_eq!((missed.to, missed.events()), (sub.token().seq + 1, sub.receipt().missed));
            sub
        }
        _ => panic!("the token is of this buffer"),
    };
    shared.look(&mut subscriber);
    check(&subscriber);
}

/// All that is there.
fn read<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_behind(thread, |subscriber| shared.drain(subscriber));
}

/// Two events, without a clone.
fn lend<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_behind(thread, |subscriber| {
        let next = subscriber.token().seq + 1;
        let mut lent = 0;
        let told_of = subscriber.for_each_ready(2, |seq, event| {
            assert_eq!(seq, next + lent);
            lent += 1;
            shared.see(seq, event.number());
        });
        match told_of {
            Ok(events) => assert_eq!(events as u64, lent),
            Err(TryRecvError::Missed(missed)) => told(missed, next + lent),
            Err(_) => panic!("it was behind"),
        }
    });
}

/// A second reader at the place of the first.
fn part<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_behind(thread, |subscriber| {
        let mut second = subscriber.clone();
        shared.look(subscriber);
        assert_eq!((second.token().seq, second.receipt().received), (0, 0));
        shared.look(&mut second);
        check(&second);
    });
}

/// What the buffer and a reader say of themselves only grows, and adds up.
fn account<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_behind(thread, |subscriber| {
        let first = shared.buffer.stats();
        let receipt = subscriber.receipt();
        assert!(receipt.published >= first.published && receipt.pending == receipt.published);
        let second = shared.buffer.stats();
        assert!(second.published >= receipt.published && subscriber.lag() >= second.published);
        assert!(second.evicted_through >= first.evicted_through && second.closed >= first.closed);
        for stats in [first, second] {
            assert_eq!(stats.published - stats.evicted_through, stats.len as u64);
            assert!(stats.len as u64 <= B::FULL && stats.subscribers >= 2 * THREADS);
        }
    });
}

fn close<B: Form>(shared: &Shared<B>, _: usize) {
    let was_open = shared.buffer.close();
    assert!(shared.buffer.stats().closed);
    shared.note(|ledger| ledger.closed += usize::from(was_open));
}

fn ended(error: RecvError, next: u64) {
    if let RecvError::Missed(missed) = error {
        told(missed, next);
    }
}

/// Polls once, and is dropped.
fn give_up<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_waiting(thread, |subscriber, next| match poll_and_drop(subscriber.recv()) {
        Some(Ok(event)) => shared.received(next, &event),
        Some(Err(error)) => ended(error, next),
        None => assert_eq!(subscriber.token().seq + 1, next, "nothing went with it"),
    });
}

/// Waits for the next one. Beside another who waits, by a [`Bell`].
fn wait_for<B: Form, S: Signal>(shared: &Shared<B>, thread: usize) {
    shared.with_waiting(thread, |subscriber, next| {
        match block_on_with::<S, _>(subscriber.recv()) {
            Ok(event) => shared.received(next, &event),
            Err(error) => ended(error, next),
        }
    });
}

fn wait<B: Form>(shared: &Shared<B>, thread: usize) {
    wait_for::<B, Flag>(shared, thread);
}

fn ring<B: Form>(shared: &Shared<B>, thread: usize) {
    wait_for::<B, Bell>(shared, thread);
}

fn wait_for_many<B: Form, S: Signal>(shared: &Shared<B>, thread: usize) {
    shared.with_waiting(thread, |subscriber, next| {
        let mut events = vec![];
        match block_on_with::<S, _>(subscriber.recv_many(&mut events, 9)) {
            Ok(received) => assert_eq!(received, events.len()),
            Err(error) => ended(error, next),
        }
        events.iter().zip(next..).for_each(|(event, next)| shared.received(next, event));
    });
}

fn wait_many<B: Form>(shared: &Shared<B>, thread: usize) {
    wait_for_many::<B, Flag>(shared, thread);
}

fn ring_many<B: Form>(shared: &Shared<B>, thread: usize) {
    wait_for_many::<B, Bell>(shared, thread);
}

fn block<B: Form>(shared: &Shared<B>, thread: usize) {
    shared.with_waiting(thread, |subscriber, next| match subscriber.recv_blocking() {
        Ok(event) => shared.received(next, &event),
        Err(error) => ended(error, next),
    });
}
