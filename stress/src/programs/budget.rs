//! A budget over many buffers: whoever publishes evicts from the heaviest, which is being
//! published to and read by others.

use core::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::thread;

use bellwether::{Budget, PublishError, ReplayBuffer, Start, TryRecvError};

use crate::crowd::crowd;
use crate::random::Random;
use crate::value::{ALIVE, Owned, Value};

const THREADS: usize = 4;
const BUFFERS: usize = 6;
const BYTES: usize = 200;
const EACH: u64 = 150;

type Buffer = Arc<ReplayBuffer<Owned>>;

fn build(budget: &Budget) -> Buffer {
    ReplayBuffer::<Owned>::builder().capacity(32).budget(budget).build().expect("it has a bound")
}

/// Publishes to it, and again if those who could make room are about to go.
fn publish(buffer: &Buffer, number: u64, bytes: usize) {
    let mut event = Owned::new(number);
    loop {
        match buffer.publish_sized(event, bytes) {
            Ok(_) => return,
            Err(PublishError::Busy(back)) => event = back,
            Err(other) => panic!("{other}"),
        }
        thread::yield_now();
    }
}

/// Reads what is there; how much.
fn read(buffer: &Buffer, start: Start) -> u64 {
    let mut subscriber = buffer.subscribe(start);
    let mut read = 0;
    loop {
        match subscriber.for_each_ready(64, |_, event| assert!(event.check() < EACH)) {
            Ok(some) => read += some as u64,
            Err(TryRecvError::Missed(_)) => {}
            Err(_) => return read,
        }
    }
}

/// The buffers are there before all threads, and after them.
pub(crate) fn stay(rounds: u64) -> String {
    let mut received = 0;
    for round in 0..rounds {
        let budget = Budget::new(BYTES).expect("it has bytes");
        let buffers: Vec<_> = (0..BUFFERS).map(|_| build(&budget)).collect();
        let each = crowd(THREADS, |me| {
            let mut random = Random::new(round * 64 + me.number as u64);
            let mut received = 0;
            for n in 0..EACH {
                let buffer = &buffers[random.below(BUFFERS as u64) as usize];
                publish(buffer, n, 1 + random.below(60) as usize);
                assert!(budget.used() <= BYTES);
                if n % 8 == 0 {
                    received += read(buffer, Start::Oldest);
                }
            }
            received
        });
        received += each.iter().sum::<u64>();
        let retained: usize = buffers.iter().map(|buffer| buffer.stats().bytes).sum();
        assert_eq!(retained, budget.used(), "what is retained is what is used");
        let published: u64 = buffers.iter().map(|buffer| buffer.stats().published).sum();
        assert_eq!(published, THREADS as u64 * EACH);
        drop(buffers);
        ends(&budget);
    }
    format!("{rounds} budgets, {} published, {received} received", rounds * THREADS as u64 * EACH)
}

/// Buffers come and go: whoever evicts from one may be the last to hold it.
pub(crate) fn come_and_go(rounds: u64) -> String {
    let mut gone = 0;
    for round in 0..rounds {
        let budget = Budget::new(BYTES).expect("it has bytes");
        let each = crowd(THREADS, |me| {
            let mut random = Random::new(round * 64 + me.number as u64);
            let (mut mine, mut gone) = (build(&budget), 0_u64);
            for n in 0..EACH {
                publish(&mine, n, 1 + random.below(60) as usize);
                assert!(budget.used() <= BYTES);
                if random.below(10) == 0 {
                    read(&mine, Start::Latest(3));
                    mine = build(&budget);
                    gone += 1;
                }
            }
            gone
        });
        gone += each.iter().sum::<u64>();
        ends(&budget);
    }
    format!("{rounds} budgets, {} published, {gone} buffers gone", rounds * THREADS as u64 * EACH)
}

fn ends(budget: &Budget) {
    assert_eq!((budget.used(), budget.buffers()), (0, 0));
    assert_eq!(ALIVE.load(Relaxed), 0, "each event is dropped once");
}
