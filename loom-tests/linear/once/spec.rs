//! What a cell answers if one thread asks.
//!
//! | step | answer | where |
//! |---|---|---|
//! | `Get` | the value, or none | anywhere |
//! | `Status` | which state it is | anywhere |
//! | `Lead` | `Led`: an initialiser starts | empty → led |
//! | `Complete` | `Done`: with its value | led → ready |
//! | `Fail` | `Done`: without one, by an error, a panic, a drop | led → empty |
//! | `Park` | `Parked`: a future was pending, and had no effect | led; who never leads, also empty |
//!
//! One call is several steps if others can look in between: who initialises leads,
//! and then completes or fails. So there is one initialiser at a time, none once there
//! is a value, and one value ever. A call that led to nothing new is one look: `set`
//! is told the status when it is refused, and who waits for a value gets it.

use super::super::check::Model;
use crate::under_test::Status;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Get,
    Status,
    Lead,
    Complete(u64),
    Fail,
    Park {
        /// It would lead if nobody did.
        candidate: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ret {
    Value(u64),
    NoValue,
    Is(Status),
    Led,
    Done,
    Parked,
    /// Not here. Nobody is answered so.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Spec {
    Empty,
    Led,
    Ready(u64),
}

impl Spec {
    /// To another state, which is all that the step does.
    fn turn(&mut self, to: Self, ret: Ret) -> Ret {
        *self = to;
        ret
    }
}

impl Model for Spec {
    type Op = Step;
    type Ret = Ret;

    fn apply(&mut self, step: &Step) -> Ret {
        match (step, *self) {
            (Step::Get, Self::Ready(value)) => Ret::Value(value),
            (Step::Get, _) => Ret::NoValue,
            (Step::Status, Self::Empty) => Ret::Is(Status::Empty),
            (Step::Status, Self::Led) => Ret::Is(Status::Initializing),
            (Step::Status, Self::Ready(_)) => Ret::Is(Status::Ready),
            (Step::Lead, Self::Empty) => self.turn(Self::Led, Ret::Led),
            (Step::Complete(value), Self::Led) => self.turn(Self::Ready(*value), Ret::Done),
            (Step::Fail, Self::Led) => self.turn(Self::Empty, Ret::Done),
            (Step::Park { .. }, Self::Led) => Ret::Parked,
            (Step::Park { candidate: false }, Self::Empty) => Ret::Parked,
            _ => Ret::Never,
        }
    }

    /// What changes the word does; a look may be at what was there some time ago.
    fn synchronises(_: &Step, ret: &Ret) -> bool {
        matches!(ret, Ret::Led | Ret::Done | Ret::Parked)
    }
}
