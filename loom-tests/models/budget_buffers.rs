//! Buffers under one budget: publishing into one, which evicts from another, beside
//! whatever others do there.
//!
//! An event weighs three of the four bytes that there are, so each publication has to
//! evict what there is. At the end nothing of the budget is lost, and all receipts
//! balance.

use bellwether_loom::{
    Budget, EvictReason, ReplayBuffer, ReplayHandle, Resume, Start, Subscriber, Token,
};
use loom::thread;
use std::sync::Arc;

use super::replay::events::{Marked, drain};
use super::support::{Flag, block_on_with};

type Buffer = Arc<ReplayBuffer<Marked>>;

const CAP: usize = 4;
const EVENT: usize = 3;

fn members<const N: usize>(capacity: usize) -> (Budget, [Buffer; N]) {
    let budget = Budget::new(CAP).unwrap();
    let buffers = [(); N]
        .map(|()| ReplayBuffer::builder().capacity(capacity).budget(&budget).build().unwrap());
    (budget, buffers)
}

fn publish(buffer: &ReplayBuffer<Marked>, number: u64, bytes: usize) {
    assert_eq!(buffer.publish_sized(Marked::new(number), bytes).unwrap(), number);
}

/// With nobody at work: what is not retained can be had, and no more than that.
fn balance(budget: &Budget, buffers: &[&Buffer]) {
    let sum: usize = buffers.iter().map(|buffer| buffer.stats().bytes).sum();
    assert!(sum <= CAP);
    assert_eq!((budget.used(), budget.buffers()), (sum, buffers.len()));
    let rest = ReplayBuffer::builder().capacity(1).budget(budget).build().unwrap();
    if sum < CAP {
        publish(&rest, 1, CAP - sum);
    }
    assert_eq!(budget.used(), CAP);
    assert_eq!(buffers.iter().map(|buffer| buffer.stats().bytes).sum::<usize>(), sum);
}

/// Reads the rest; all that was published is accounted for.
fn settle<B: ReplayHandle<Event = Marked>>(subscriber: &mut Subscriber<B>, published: u64) {
    drain(subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.published, receipt.pending), (published, 0));
    assert_eq!(receipt.received + receipt.missed, published);
}

/// One of them has to evict the other's. With three preemptions loom shows the same old
/// value of the registry's flag to whoever waits for it, again and again.
pub(crate) fn publish_into_two_buffers() {
    let (budget, [a, b]) = members(1);
    let mut readers = [&a, &b].map(|buffer| Subscriber::new(buffer.clone(), Start::Oldest));
    let other = {
        let b = b.clone();
        thread::spawn(move || publish(&b, 1, EVENT))
    };
    publish(&a, 1, EVENT);
    other.join().unwrap();
    assert_eq!(a.stats().len + b.stats().len, 1, "there is room for one, and it is used");
    readers.iter_mut().for_each(|reader| settle(reader, 1));
    balance(&budget, &[&a, &b]);
}

/// Publishes into A what evicts from B, and then into B what evicts from A, and drops
/// what readers of B were inside of.
fn evict_elsewhere(a: &Buffer, b: &Buffer) {
    publish(a, 1, EVENT);
    publish(b, 2, EVENT);
}

pub(crate) fn evict_elsewhere_beside_read() {
    let (budget, [a, b]) = members(1);
    publish(&b, 1, EVENT);
    let mut reader = Subscriber::new(b.clone(), Start::Oldest);
    let publisher = {
        let (a, b) = (a.clone(), b.clone());
        thread::spawn(move || evict_elsewhere(&a, &b))
    };
    drain(&mut reader);
    publisher.join().unwrap();
    settle(&mut reader, 2);
    assert_eq!((a.stats().len, b.stats().len), (0, 1));
    balance(&budget, &[&a, &b]);
}

/// One is inside while the event is evicted; it is dropped when that one has left.
pub(crate) fn evict_elsewhere_beside_two_reads() {
    let (budget, [a, b]) = members(1);
    publish(&b, 1, EVENT);
    let [mut inside, mut beside] = [(); 2].map(|()| Subscriber::new(b.clone(), Start::Oldest));
    let reader = thread::spawn(move || {
        drain(&mut beside);
        beside
    });
    let seen = inside.for_each_ready(1, |_, event| {
        publish(&a, 1, EVENT);
        assert_eq!((budget.used(), b.stats().len), (EVENT, 0), "it does not count");
        drop(event.clone());
    });
    assert_eq!(seen, Ok(1));
    publish(&b, 2, EVENT);
    let mut beside = reader.join().unwrap();
    settle(&mut inside, 2);
    settle(&mut beside, 2);
    assert_eq!(inside.receipt().received, 2);
    drop((inside, beside));
    balance(&budget, &[&a, &b]);
}

/// The one who evicts may be the last who has it.
pub(crate) fn evict_elsewhere_beside_last_drop() {
    let (budget, [a, b]) = members(2);
    publish(&b, 1, 1);
    publish(&b, 2, 2);
    let other = thread::spawn(move || drop(b));
    publish(&a, 1, EVENT);
    other.join().unwrap();
    assert_eq!(a.stats().len, 1);
    balance(&budget, &[&a]);
}

pub(crate) fn evict_elsewhere_beside_resume() {
    let (budget, [a, b]) = members(2);
    publish(&b, 1, 1);
    publish(&b, 2, 2);
    let publisher = {
        let a = a.clone();
        thread::spawn(move || publish(&a, 1, EVENT))
    };
    let mut reader = match Subscriber::resume(b.clone(), Token { epoch: 0, seq: 0 }) {
        Resume::Complete(reader) => reader,
        Resume::Gap { missed, sub } => {
            assert_eq!((missed.from, missed.reason), (1, EvictReason::Budget));
            assert_eq!(missed.to, sub.token().seq + 1, "it goes on where the gap ends");
            sub
        }
        _ => panic!("the token is of this buffer"),
    };
    drain(&mut reader);
    publisher.join().unwrap();
    settle(&mut reader, 2);
    balance(&budget, &[&a, &b]);
}

/// What is retained and what comes meet without a gap, though all that was retained goes.
pub(crate) fn evict_elsewhere_beside_subscribe() {
    let (budget, [a, b]) = members(1);
    publish(&b, 1, EVENT);
    let publisher = {
        let (a, b) = (a.clone(), b.clone());
        thread::spawn(move || evict_elsewhere(&a, &b))
    };
    let mut reader = Subscriber::new(b.clone(), Start::Latest(1));
    let began = reader.token().seq;
    assert!(began <= 1);
    drain(&mut reader);
    publisher.join().unwrap();
    settle(&mut reader, 2 - began);
    balance(&budget, &[&a, &b]);
}

/// Nobody sleeps through an event that is evicted from elsewhere at once.
pub(crate) fn evict_elsewhere_beside_wait() {
    let (budget, [a, b]) = members(1);
    let mut reader = Subscriber::new(b.clone(), Start::Live);
    let publisher = {
        let (a, b) = (a.clone(), b.clone());
        thread::spawn(move || {
            publish(&b, 1, EVENT);
            publish(&a, 1, EVENT);
        })
    };
    let _event = block_on_with::<Flag, _>(reader.recv());
    publisher.join().unwrap();
    settle(&mut reader, 1);
    balance(&budget, &[&a, &b]);
}

/// Two evict from a third at once.
pub(crate) fn evict_one_victim_twice() {
    let (budget, [a, b, victim]) = members(2);
    publish(&victim, 1, 2);
    publish(&victim, 2, 2);
    let mut reader = Subscriber::new(victim.clone(), Start::Oldest);
    let other = {
        let a = a.clone();
        thread::spawn(move || publish(&a, 1, 2))
    };
    publish(&b, 1, 2);
    other.join().unwrap();
    settle(&mut reader, 2);
    assert!(victim.stats().len == 0 || a.stats().len + b.stats().len < 2);
    balance(&budget, &[&a, &b, &victim]);
}
