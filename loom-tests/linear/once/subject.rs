//! A real cell, asked what the specification is.

use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::Arc;

use super::super::run::{Answers, Subject};
use super::super::task::{Suspend, block_on, poll_and_drop};
use super::Once;
use super::scenes::{Act, End, Lead};
use super::spec::{Ret, Step};
use crate::under_test::{self, InitGuard, OnceCell, SetError, Status, TryLead};

/// A value in two halves, of which nobody must see one without the other.
type Value = Box<(u64, u64)>;

fn whole(value: u64) -> Value {
    Box::new((value, !value))
}

fn number(value: &Value) -> u64 {
    assert_eq!(value.0, !value.1, "it is whole");
    value.0
}

/// The panic of an initialiser.
struct Expected;

/// The error of an initialiser, or its panic.
struct Failed;

/// The system's `Arc`, which orders nothing that a model sees.
#[derive(Clone)]
pub(crate) struct Real(Arc<OnceCell<Value>>);

impl Subject for Real {
    type Of = Once;
    type Seat = ();

    fn new((): &()) -> Self {
        Self(Arc::new(OnceCell::new()))
    }

    fn perform(&self, _: &mut Option<()>, act: &Act) -> Answers<Once> {
        let cell = &*self.0;
        match *act {
            Act::Get => vec![self.get()],
            Act::Status => vec![(Step::Status, Ret::Is(cell.status()))],
            Act::Set(value) => self.set(value),
            Act::Init { end, suspends } => initialised(end, |led| {
                Some(match end {
                    // Each way to initialise has its turn.
                    End::Value(value) if value % 2 == 0 => {
                        Ok(block_on(cell.get_or_init(async || {
                            led.set(true);
                            Suspend(suspends).await;
                            whole(value)
                        })))
                    }
                    _ => block_on(cell.get_or_try_init(|| provide(end, suspends, led))),
                })
            }),
            Act::InitPolledOnce { end, suspends } => initialised(end, |led| {
                poll_and_drop(cell.get_or_try_init(|| provide(end, suspends, led)))
            }),
            Act::InitBlocking(end) => initialised(end, |led| {
                Some(cell.get_or_try_init_blocking(|| {
                    led.set(true);
                    ended(end)
                }))
            }),
            Act::TryLead(lead) => match cell.try_lead() {
                TryLead::Ready(value) => vec![found(value)],
                TryLead::Busy => vec![(Step::Status, Ret::Is(Status::Initializing))],
                TryLead::Leader(guard) => self.with_lead(guard, lead),
            },
            Act::AwaitLead(lead) => match block_on(cell.lead()) {
                under_test::Lead::Ready(value) => vec![found(value)],
                under_test::Lead::Leader(guard) => self.with_lead(guard, lead),
            },
            Act::Wait => vec![found(block_on(cell.wait()))],
            Act::WaitBlocking => vec![found(cell.wait_blocking())],
            Act::WaitPolledOnce => vec![match poll_and_drop(cell.wait()) {
                Some(value) => found(value),
                None => (Step::Park { candidate: false }, Ret::Parked),
            }],
        }
    }
}

impl Real {
    fn get(&self) -> (Step, Ret) {
        (Step::Get, self.0.get().map_or(Ret::NoValue, |value| Ret::Value(number(value))))
    }

    fn set(&self, value: u64) -> Answers<Once> {
        let (back, status) = match self.0.set(whole(value)) {
            Ok(stored) => return vec![(Step::Lead, Ret::Led), set(value), found(stored)],
            Err(SetError::AlreadySet(back)) => (back, Status::Ready),
            Err(SetError::Initializing(back)) => (back, Status::Initializing),
            Err(_) => panic!("there are two reasons"),
        };
        assert_eq!(number(&back), value, "it is given back");
        vec![(Step::Status, Ret::Is(status))]
    }

    fn with_lead(&self, guard: InitGuard<'_, Value>, lead: Lead) -> Answers<Once> {
        let mut steps = vec![(Step::Lead, Ret::Led)];
        if let Lead::LooksAndSets(value) = lead {
            steps.push(self.get());
            steps.extend(self.set(value + 1000));
        }
        match lead {
            Lead::Sets(value) | Lead::LooksAndSets(value) => {
                let stored = guard.set(whole(value));
                steps.extend([set(value), found(stored)]);
            }
            Lead::Resigns => {
                drop(guard);
                steps.push((Step::Fail, Ret::Done));
            }
        }
        steps
    }
}

fn found(value: &Value) -> (Step, Ret) {
    (Step::Get, Ret::Value(number(value)))
}

fn set(value: u64) -> (Step, Ret) {
    (Step::Complete(value), Ret::Done)
}

async fn provide(end: End, suspends: bool, led: &Cell<bool>) -> Result<Value, Failed> {
    led.set(true);
    Suspend(suspends).await;
    ended(end)
}

fn ended(end: End) -> Result<Value, Failed> {
    match end {
        End::Value(value) => Ok(whole(value)),
        End::Fails => Err(Failed),
        End::Panics => resume_unwind(Box::new(Expected)),
    }
}

/// What a call was that may have led, and may have been given up.
fn initialised<'a>(
    end: End,
    call: impl FnOnce(&Cell<bool>) -> Option<Result<&'a Value, Failed>>,
) -> Answers<Once> {
    let led = Cell::new(false);
    let ended = match catch_unwind(AssertUnwindSafe(|| call(&led))) {
        Ok(ended) => ended,
        Err(panic) if panic.is::<Expected>() => Some(Err(Failed)),
        Err(panic) => resume_unwind(panic),
    };
    let lead = (Step::Lead, Ret::Led);
    match (led.get(), ended, end) {
        (true, Some(Ok(value)), End::Value(own)) => vec![lead, set(own), found(value)],
        (true, Some(Ok(value)), _) => panic!("it failed, and was told {}", number(value)),
        (true, Some(Err(Failed)) | None, _) => vec![lead, (Step::Fail, Ret::Done)],
        (false, Some(Ok(value)), _) => vec![found(value)],
        (false, None, _) => vec![(Step::Park { candidate: true }, Ret::Parked)],
        (false, Some(Err(Failed)), _) => panic!("it failed without having led"),
    }
}
