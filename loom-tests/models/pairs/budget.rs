//! Buffers under one budget, and those that come and go. An event of the first two weighs
//! three of the four bytes that there are, so that each publication makes others evict.

use std::sync::{Arc, Mutex};

use bellwether_loom::{Budget, EvictReason, ReplayBuffer, Start, Subscriber, TryRecvError};

use super::super::replay::events::{Marked, check};
use super::Subject;

type Buffer = Arc<ReplayBuffer<Marked>>;

const CAP: usize = 4;
const EVENT: usize = 3;

pub(crate) struct Shared {
    budget: Budget,
    buffers: [Buffer; 2],
    /// Has the fourth byte, until it goes.
    leaves: Mutex<Option<Buffer>>,
    /// Into each of the two.
    published: Mutex<[u64; 2]>,
    /// Of the first, one for each thread.
    readers: [Mutex<Option<Subscriber<Buffer>>>; 2],
}

fn member(budget: &Budget) -> Buffer {
    ReplayBuffer::builder().capacity(2).budget(budget).build().unwrap()
}

impl Shared {
    /// The events of a buffer have its number.
    fn publish(&self, at: usize) {
        let event = Marked::new(at as u64);
        assert!(self.buffers[at].publish_sized(event, EVENT).unwrap() <= 3);
        self.published.lock().unwrap()[at] += 1;
    }

    fn retained(&self) -> usize {
        let leaves = self.leaves.lock().unwrap().clone();
        self.buffers.iter().chain(&leaves).map(|buffer| buffer.stats().bytes).sum()
    }
}

/// Reads what is there.
fn drain(reader: &mut Subscriber<Buffer>) {
    loop {
        check(reader);
        let next = reader.token().seq + 1;
        match reader.try_recv() {
            Ok(event) => assert_eq!((event.seq, event.value.number()), (next, 0)),
            Err(TryRecvError::Missed(missed)) => {
                assert!(missed.from == next && missed.to > next);
                // By the budget, or by its buffer's own bound, which is the same.
                assert_ne!(missed.reason, EvictReason::Count);
            }
            Err(_) => return,
        }
    }
}

impl Subject for Shared {
    fn new() -> Self {
        let budget = Budget::new(CAP).unwrap();
        let buffers = [(); 2].map(|()| member(&budget));
        let leaves = member(&budget);
        leaves.publish_sized(Marked::new(9), CAP - EVENT).unwrap();
        let begin = || Mutex::new(Some(Subscriber::new(buffers[0].clone(), Start::Oldest)));
        let readers = [(); 2].map(|()| begin());
        let leaves = Mutex::new(Some(leaves));
        let shared = Self { budget, buffers, leaves, published: Mutex::default(), readers };
        shared.publish(0);
        shared
    }

    /// What is not retained can be had, and no more than that.
    fn settle(&self) {
        let published = *self.published.lock().unwrap();
        for reader in &self.readers {
            let mut reader = reader.lock().unwrap().take().expect("it was given back");
            drain(&mut reader);
            let receipt = reader.receipt();
            assert_eq!((receipt.published, receipt.pending), (published[0], 0));
        }
        assert_eq!(self.buffers[1].stats().published, published[1]);
        let sum = self.retained();
        let left = usize::from(self.leaves.lock().unwrap().is_none());
        assert_eq!((self.budget.used(), self.budget.buffers()), (sum, 3 - left));
        let rest = member(&self.budget);
        if sum < CAP {
            rest.publish_sized(Marked::new(9), CAP - sum).unwrap();
        }
        assert_eq!((self.budget.used(), self.retained()), (CAP, sum), "nothing is lost or made");
    }
}

fn publish_first(shared: &Shared, _: usize) {
    shared.publish(0);
}

fn publish_second(shared: &Shared, _: usize) {
    shared.publish(1);
}

/// A buffer of its own, with an event of one byte.
fn come_and_go(shared: &Shared, _: usize) {
    let own = member(&shared.budget);
    assert_eq!(own.publish_sized(Marked::new(9), 1).unwrap(), 1);
    assert!((2..=5).contains(&shared.budget.buffers()));
}

/// The last handle but the one of who makes it evict.
fn leave(shared: &Shared, _: usize) {
    let leaves = shared.leaves.lock().unwrap().take();
    drop(leaves);
}

fn read(shared: &Shared, thread: usize) {
    let mut reader = shared.readers[thread].lock().unwrap().take().expect("once a thread");
    drain(&mut reader);
    *shared.readers[thread].lock().unwrap() = Some(reader);
}

/// What each has is never more than there is.
fn account(shared: &Shared, _: usize) {
    for _ in 0..2 {
        assert!(shared.budget.used() <= shared.budget.max_bytes());
        assert!((2..=4).contains(&shared.budget.buffers()));
        assert!(shared.buffers.iter().all(|buffer| buffer.stats().bytes <= EVENT));
    }
}

#[rustfmt::skip]
pairs! {
    Shared, "budget_", 470;
    publish_first_beside_publish_first = publish_first | publish_first, 3, 50;
    publish_first_beside_publish_second = publish_first | publish_second, 1, 6;
    publish_first_beside_come_and_go = publish_first | come_and_go, 2, 421;
    publish_first_beside_leave = publish_first | leave, 3, 1;
    publish_first_beside_read = publish_first | read, 3, 124;
    publish_first_beside_account = publish_first | account, 3, 50;
    publish_second_beside_publish_second = publish_second | publish_second, 2, 222;
    publish_second_beside_come_and_go = publish_second | come_and_go, 1, 171;
    publish_second_beside_leave = publish_second | leave, 3, 77;
    publish_second_beside_read = publish_second | read, 3, 12;
    publish_second_beside_account = publish_second | account, 3, 1085;
    come_and_go_beside_come_and_go = come_and_go | come_and_go, 1, 2;
    come_and_go_beside_leave = come_and_go | leave, 2, 161;
    come_and_go_beside_read = come_and_go | read, 3, 12;
    come_and_go_beside_account = come_and_go | account, 2, 195;
    leave_beside_leave = leave | leave, 3, 1;
    leave_beside_read = leave | read, 3, 1;
    leave_beside_account = leave | account, 3, 92;
    read_beside_read = read | read, 3, 5;
    read_beside_account = read | account, 3, 1;
    account_beside_account = account | account, 3, 805;
}
