//! The cell: linearizable, with leading and ending as two operations of one call.

pub(crate) mod scenes;
pub(crate) mod spec;
pub(crate) mod subject;

use super::check::{Time, explain, linearise};
use super::dice::Dice;
use super::run::{Called, Judgement, NOTHING, Primitive, Scenario};
use scenes::Act;
use spec::{Ret, Spec, Step};

#[derive(Clone, Debug)]
pub(crate) struct Once;

impl Primitive for Once {
    type Setup = ();
    type Act = Act;
    type Op = Step;
    type Ret = Ret;

    fn scenario(dice: &mut Dice) -> Scenario<Self> {
        scenes::scenario(dice)
    }

    fn finish(ask: &mut dyn FnMut(usize, Act) -> Option<Ret>) {
        ask(0, Act::Status);
        ask(0, Act::Get);
    }

    fn judge((): &(), history: Vec<Called<Self>>, time: Time) -> Judgement {
        match linearise(&Spec::Empty, &history, time) {
            Ok(_) => Ok(NOTHING),
            Err(best) => Err(explain(&history, &best)),
        }
    }
}
