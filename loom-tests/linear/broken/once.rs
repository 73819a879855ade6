//! Cells that are wrong on purpose: two words, and whoever waits spins.

use core::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::Arc;

use super::{TIMES, is_found, is_right};
use crate::linear::once::Once;
use crate::linear::once::scenes::{Act, End, Lead};
use crate::linear::once::spec::{Ret, Step};
use crate::linear::run::{Answers, Subject};
use crate::under_test::{AtomicUsize, Status, thread};

/// It is right.
const NONE: u8 = 0;
/// Who finds it empty leads, also if somebody else does by then.
const TWO_LEADERS: u8 = 1;
/// It is ready before its value is there.
const TOO_EARLY: u8 = 2;
/// `set` does not care whether somebody leads.
const OVERWRITES: u8 = 3;
/// The status takes two looks, at different moments.
const LOOKS_TWICE: u8 = 4;

const EMPTY: usize = 0;
const LED: usize = 1;
const READY: usize = 2;

struct Words {
    state: AtomicUsize,
    value: AtomicUsize,
}

#[derive(Clone)]
struct Flawed<const FAULT: u8>(Arc<Words>);

fn status(state: usize) -> (Step, Ret) {
    let status = [Status::Empty, Status::Initializing, Status::Ready][state];
    (Step::Status, Ret::Is(status))
}

impl<const FAULT: u8> Flawed<FAULT> {
    /// The newest state.
    fn look(&self) -> usize {
        self.0.state.fetch_add(0, AcqRel)
    }

    /// Leads; or says what is in the way.
    fn begin(&self) -> Result<(), usize> {
        loop {
            match self.look() {
                EMPTY => {}
                other => return Err(other),
            }
            let led = self.0.state.compare_exchange(EMPTY, LED, AcqRel, Acquire).is_ok();
            if led || FAULT == TWO_LEADERS {
                return Ok(());
            }
        }
    }

    fn complete(&self, value: u64) -> Vec<(Step, Ret)> {
        if FAULT == TOO_EARLY {
            self.0.state.swap(READY, AcqRel);
        }
        self.0.value.swap(value as usize, AcqRel);
        self.0.state.swap(READY, AcqRel);
        vec![(Step::Lead, Ret::Led), (Step::Complete(value), Ret::Done), self.get()]
    }

    fn fail(&self) -> Vec<(Step, Ret)> {
        // Where two lead there may be a value by now.
        let _ = self.0.state.compare_exchange(LED, EMPTY, AcqRel, Acquire);
        vec![(Step::Lead, Ret::Led), (Step::Fail, Ret::Done)]
    }

    fn get(&self) -> (Step, Ret) {
        match (self.look(), self.0.value.fetch_add(0, AcqRel)) {
            (READY, value) if value != 0 => (Step::Get, Ret::Value(value as u64)),
            _ => (Step::Get, Ret::NoValue),
        }
    }

    fn status(&self) -> (Step, Ret) {
        if FAULT != LOOKS_TWICE {
            return status(self.look());
        }
        let running = |state| if state == LED { LED } else { EMPTY };
        status(if self.look() == READY { READY } else { running(self.look()) })
    }

    fn set(&self, value: u64) -> Vec<(Step, Ret)> {
        match self.begin() {
            Ok(()) => self.complete(value),
            Err(LED) if FAULT == OVERWRITES => self.complete(value),
            Err(state) => vec![status(state)],
        }
    }

    /// Others have a turn while this one leads.
    fn end(&self, end: End) -> Vec<(Step, Ret)> {
        thread::yield_now();
        match end {
            End::Value(value) => self.complete(value),
            End::Fails | End::Panics => self.fail(),
        }
    }

    fn lead(&self, lead: Lead) -> Vec<(Step, Ret)> {
        self.end(match lead {
            Lead::Sets(value) | Lead::LooksAndSets(value) => End::Value(value),
            Lead::Resigns => End::Fails,
        })
    }

    /// Waits for the lead, or the value.
    fn await_lead(&self, led: impl FnOnce() -> Vec<(Step, Ret)>) -> Vec<(Step, Ret)> {
        loop {
            match self.begin() {
                Ok(()) => return led(),
                Err(READY) => return vec![self.get()],
                Err(_) => thread::yield_now(),
            }
        }
    }

    fn wait(&self) -> (Step, Ret) {
        while self.look() != READY {
            thread::yield_now();
        }
        self.get()
    }
}

impl<const FAULT: u8> Subject for Flawed<FAULT> {
    type Of = Once;
    type Seat = ();

    fn new((): &()) -> Self {
        Self(Arc::new(Words { state: AtomicUsize::new(EMPTY), value: AtomicUsize::new(0) }))
    }

    fn perform(&self, _: &mut Option<()>, act: &Act) -> Answers<Once> {
        match *act {
            Act::Get => vec![self.get()],
            Act::Status => vec![self.status()],
            Act::Set(value) => self.set(value),
            Act::Init { end, .. } | Act::InitBlocking(end) => self.await_lead(|| self.end(end)),
            Act::InitPolledOnce { end, suspends } => match self.begin() {
                Ok(()) if suspends => self.end(End::Fails),
                Ok(()) => self.end(end),
                Err(READY) => vec![self.get()],
                Err(_) => vec![(Step::Park { candidate: true }, Ret::Parked)],
            },
            Act::TryLead(lead) => match self.begin() {
                Ok(()) => self.lead(lead),
                Err(READY) => vec![self.get()],
                Err(state) => vec![status(state)],
            },
            Act::AwaitLead(lead) => self.await_lead(|| self.lead(lead)),
            Act::Wait | Act::WaitBlocking => vec![self.wait()],
            Act::WaitPolledOnce => match self.look() {
                READY => vec![self.get()],
                _ => vec![(Step::Park { candidate: false }, Ret::Parked)],
            },
        }
    }
}

#[test]
fn a_cell_that_spins_is_linearizable() {
    for &time in TIMES {
        assert!(is_right::<Flawed<NONE>>(time));
    }
}

#[test]
fn two_initialisers_are_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<TWO_LEADERS>>(time));
    }
}

#[test]
fn a_value_that_is_not_there_yet_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<TOO_EARLY>>(time));
    }
}

#[test]
fn a_value_that_is_overwritten_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<OVERWRITES>>(time));
    }
}

/// A status that was never true at any moment: empty, between led and ready.
#[test]
fn a_status_of_two_moments_is_found_out() {
    for &time in TIMES {
        assert!(is_found::<Flawed<LOOKS_TWICE>>(time));
    }
}
