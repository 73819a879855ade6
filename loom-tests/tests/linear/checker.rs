//! The checker itself, with histories written by hand.

use crate::linear::check::{Entry, MAIN, Model, Time, linearise};

/// A register.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Register(u32);

#[derive(Clone, Debug)]
enum Op {
    Write(u32),
    Read,
}

impl Model for Register {
    type Op = Op;
    type Ret = u32;

    fn apply(&mut self, op: &Op) -> u32 {
        match op {
            Op::Write(value) => {
                self.0 = *value;
                0
            }
            Op::Read => self.0,
        }
    }

    fn synchronises(op: &Op, _: &u32) -> bool {
        matches!(op, Op::Write(_))
    }
}

type History = Vec<Entry<Op, u32>>;

fn write(thread: usize, value: u32, call: usize, end: usize) -> Entry<Op, u32> {
    Entry { thread, op: Op::Write(value), ret: 0, call, end }
}

fn read(thread: usize, ret: u32, call: usize, end: usize) -> Entry<Op, u32> {
    Entry { thread, op: Op::Read, ret, call, end }
}

fn is_linear(history: &History, time: Time) -> bool {
    linearise(&Register::default(), history, time).is_ok()
}

#[test]
fn nothing_has_an_order() {
    assert_eq!(linearise(&Register::default(), &History::new(), Time::Real), Ok(vec![]));
}

#[test]
fn one_after_the_other() {
    let history = vec![write(1, 7, 0, 1), read(2, 7, 2, 3), write(1, 8, 4, 5), read(2, 8, 6, 7)];
    let order = linearise(&Register::default(), &history, Time::Real);
    assert_eq!(order, Ok(vec![0, 1, 2, 3]));
}

/// A read beside a write may see it or not.
#[test]
fn a_read_beside_a_write() {
    for seen in [0, 7] {
        assert!(is_linear(&vec![write(1, 7, 0, 3), read(2, seen, 1, 2)], Time::Real));
    }
    assert!(!is_linear(&vec![write(1, 7, 0, 3), read(2, 8, 1, 2)], Time::Real));
}

/// The order is not that of the calls: the later write comes first.
#[test]
fn the_later_call_comes_first() {
    let history = vec![write(1, 7, 0, 5), write(2, 8, 1, 2), read(2, 8, 3, 4), read(3, 7, 6, 7)];
    assert_eq!(linearise(&Register::default(), &history, Time::Real), Ok(vec![1, 2, 0, 3]));
}

/// In real time a write that returned is seen; without a clock that orders, only by
/// those who are ordered after it.
#[test]
fn a_stale_read() {
    let history = vec![write(1, 7, 0, 1), read(2, 0, 2, 3)];
    assert!(!is_linear(&history, Time::Real));
    assert!(is_linear(&history, Time::Synchronised));
    let ordered = vec![write(1, 7, 0, 1), write(2, 7, 2, 3), read(2, 0, 4, 5)];
    assert!(!is_linear(&ordered, Time::Synchronised));
}

/// Who joins a thread has seen all that it did.
#[test]
fn a_stale_read_of_the_main_thread() {
    let history = vec![write(1, 7, 0, 1), read(MAIN, 0, 2, 3)];
    assert!(!is_linear(&history, Time::Synchronised));
}

/// Nobody sees the new value and then the old one.
#[test]
fn a_value_that_comes_back() {
    for time in [Time::Real, Time::Synchronised] {
        assert!(!is_linear(&vec![write(1, 7, 0, 5), read(2, 7, 1, 2), read(2, 0, 3, 4)], time));
    }
    // Two threads may, if they are not ordered.
    let two = vec![write(1, 7, 0, 5), read(2, 7, 1, 2), read(3, 0, 3, 4)];
    assert!(!is_linear(&two, Time::Real));
    assert!(is_linear(&two, Time::Synchronised));
}

/// Two threads that see two writes in two orders.
#[test]
fn two_orders() {
    let writes = |history: &mut History| history.extend([write(1, 7, 0, 9), write(2, 8, 0, 9)]);
    let mut history = vec![read(3, 7, 1, 2), read(3, 8, 3, 4), read(4, 8, 1, 2), read(4, 7, 3, 4)];
    writes(&mut history);
    assert!(!is_linear(&history, Time::Real));
    assert!(!is_linear(&history, Time::Synchronised));
}

/// Several entries of one call are in their order.
#[test]
fn one_call_of_several_operations() {
    let history = vec![write(1, 7, 0, 1), write(1, 8, 0, 1), read(2, 8, 2, 3)];
    assert!(is_linear(&history, Time::Real));
    let history = vec![write(1, 7, 0, 1), write(1, 8, 0, 1), read(2, 7, 2, 3)];
    assert!(!is_linear(&history, Time::Real));
}

/// What was tried is not tried again: without that, this takes 20! steps.
#[test]
fn many_that_commute() {
    let mut history: History = (1..=20).map(|thread| write(thread, 7, 0, 9)).collect();
    history.push(read(21, 8, 10, 11));
    assert!(!is_linear(&history, Time::Real));
}

/// What it says of a failure is how far it came.
#[test]
fn the_longest_beginning() {
    let history = vec![write(1, 7, 0, 1), read(2, 7, 2, 3), read(2, 9, 4, 5)];
    assert_eq!(linearise(&Register::default(), &history, Time::Real), Err(vec![0, 1]));
}
