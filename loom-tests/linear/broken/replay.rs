//! Buffers that are wrong on purpose, made of the specification and locks: the same
//! scenarios must find them out.

use std::sync::Arc;

use super::{TIMES, is_found, is_right};
use crate::linear::check::Model;
use crate::linear::replay::Replay;
use crate::linear::replay::spec::{Act, Bounds, Op, Publishing, Ret, Spec};
use crate::linear::run::Subject;
use crate::under_test::Mutex;

/// Asks the specification, as the operation itself or as several.
fn ask(spec: &mut Spec, op: &Op) -> Vec<(Op, Ret)> {
    let Act::Read(max) = op.act else {
        let ret = spec.apply(op);
        return vec![(op.clone(), ret)];
    };
    let single = Op { seat: op.seat, act: Act::TryRecv };
    let mut answers = vec![];
    for n in 0..max {
        let mut after = spec.clone();
        let ret = after.apply(&single);
        if n > 0 && !matches!(ret, Ret::Event { .. }) {
            break;
        }
        *spec = after;
        answers.push((single.clone(), ret));
        if !matches!(ret, Ret::Event { .. }) {
            break;
        }
    }
    answers
}

/// Right: all that it is asked, it is asked under one lock.
#[derive(Clone)]
struct Whole(Arc<Mutex<Spec>>);

impl Subject for Whole {
    type Of = Replay;
    type Seat = ();
    fn new(bounds: &Bounds) -> Self {
        Self(Arc::new(Mutex::new(Spec::new(*bounds, Publishing::Locked))))
    }
    fn perform(&self, _: &mut Option<()>, op: &Op) -> Vec<(Op, Ret)> {
        ask(&mut self.0.lock().unwrap(), op)
    }
}

/// One that is right is not found out.
#[test]
fn one_lock_is_linearizable() {
    for &time in TIMES {
        assert!(is_right::<Whole>(time));
    }
}

/// Gives the sequence number under one lock, and stores the event under the next.
#[derive(Clone)]
struct TwoSteps(Whole);

impl Subject for TwoSteps {
    type Of = Replay;
    type Seat = ();
    fn new(bounds: &Bounds) -> Self {
        Self(Whole::new(bounds))
    }
    fn perform(&self, seat: &mut Option<()>, op: &Op) -> Vec<(Op, Ret)> {
        if !matches!(op.act, Act::Publish { .. }) {
            return self.0.perform(seat, op);
        }
        let seq = self.0.0.lock().unwrap().published() + 1;
        match self.0.perform(seat, op)[..] {
            [(_, Ret::Published(_))] => vec![(op.clone(), Ret::Published(seq))],
            ref other => other.to_vec(),
        }
    }
}

#[test]
fn publishing_in_two_steps_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<TwoSteps>(time));
    }
}

/// Stores a batch one by one.
#[derive(Clone)]
struct TornBatch(Whole);

impl Subject for TornBatch {
    type Of = Replay;
    type Seat = ();
    fn new(bounds: &Bounds) -> Self {
        Self(Whole::new(bounds))
    }
    fn perform(&self, seat: &mut Option<()>, op: &Op) -> Vec<(Op, Ret)> {
        let Act::PublishAll(values) = &op.act else { return self.0.perform(seat, op) };
        let mut stored = 0;
        for &value in values {
            let act = Act::Publish { value, bytes: 1 };
            let answers = self.0.perform(seat, &Op { seat: op.seat, act });
            stored += answers.iter().filter(|(_, ret)| matches!(ret, Ret::Published(_))).count();
        }
        let ret = if stored == values.len() { Ret::Stored(stored) } else { Ret::GivenBack(stored) };
        vec![(op.clone(), ret)]
    }
}

#[test]
fn a_torn_batch_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<TornBatch>(time));
    }
}

/// A subscriber that looks at a copy of the tail first, which is brought up to date now
/// and then: who receives what it does not know of yet is told that there is nothing.
#[derive(Clone)]
struct StaleTail(Whole, Arc<Mutex<u64>>);

impl Subject for StaleTail {
    type Of = Replay;
    type Seat = ();
    fn new(bounds: &Bounds) -> Self {
        Self(Whole::new(bounds), Arc::new(Mutex::new(0)))
    }
    fn perform(&self, seat: &mut Option<()>, op: &Op) -> Vec<(Op, Ret)> {
        if matches!(op.act, Act::Stats | Act::Join(_) | Act::Close) {
            let published = self.0.0.lock().unwrap().published();
            *self.1.lock().unwrap() = published;
        }
        if matches!(op.act, Act::TryRecv | Act::Poll) {
            let mut spec = self.0.0.lock().unwrap();
            let known = *self.1.lock().unwrap();
            let mut after = spec.clone();
            let ret = after.apply(op);
            if matches!(ret, Ret::Event { seq, .. } if seq > known) {
                // It looks better the next time.
                *self.1.lock().unwrap() = spec.published();
                return vec![(op.clone(), Ret::Empty)];
            }
            *spec = after;
            return vec![(op.clone(), ret)];
        }
        self.0.perform(seat, op)
    }
}

#[test]
fn a_stale_tail_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<StaleTail>(time));
    }
}
