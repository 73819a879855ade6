//! The replay buffer: linearizable, but for what is granted to its publishers.

pub(crate) mod scenes;
pub(crate) mod spec;
pub(crate) mod subject;

use super::check::{Entry, Time, explain, linearise};
use super::dice::Dice;
use super::run::{Called, Judgement, NOTHING, Primitive, Scenario};
use spec::{Act, Bounds, Op, Publishing, Ret, Spec};

#[derive(Clone, Debug)]
pub(crate) struct Replay;

impl Primitive for Replay {
    type Setup = Bounds;
    type Act = Op;
    type Op = Op;
    type Ret = Ret;

    fn scenario(dice: &mut Dice) -> Scenario<Self> {
        scenes::scenario(dice)
    }

    /// All that is left for the subscribers, what they say about it, and their ends.
    fn finish(ask: &mut dyn FnMut(usize, Op) -> Option<Ret>) {
        for seat in 0..3 {
            for _ in 0..9 {
                let ret = ask(seat, Op { seat, act: Act::TryRecv });
                if matches!(ret, Some(Ret::Empty | Ret::Closed | Ret::NotNow)) {
                    break;
                }
            }
            for act in [Act::Receipt, Act::Leave] {
                ask(seat, Op { seat, act });
            }
        }
        ask(0, Op { seat: 0, act: Act::Totals });
    }

    fn judge(bounds: &Bounds, mut history: Vec<Called<Self>>, time: Time) -> Judgement {
        let order = |history: &[Called<Self>], publishing| {
            linearise(&Spec::new(*bounds, publishing), history, time)
        };
        if order(&history, Publishing::Locked).is_ok() {
            return Ok(NOTHING);
        }
        let why = match order(&history, Publishing::LetsGo) {
            Ok(_) => return Ok("a publisher let go half-way"),
            Err(best) => explain(&history, &best),
        };
        for at in 0..history.len() {
            let Some((room, publishing, granted)) = make_room_before(&history[at]) else {
                continue;
            };
            for _ in 0..TIMES {
                history.insert(at, room.clone());
                if order(&history, publishing).is_ok() {
                    return Ok(granted);
                }
            }
            history.drain(at..at + TIMES);
        }
        Err(why)
    }
}

/// How often a publisher may let go: each time another one took the room that it made.
const TIMES: usize = 2;

/// If this was refused, it may have made room before it was. If it let go half-way, it
/// made room again when it went on, for others may have published.
fn make_room_before(entry: &Called<Replay>) -> Option<(Called<Replay>, Publishing, &'static str)> {
    let Entry { thread, ref op, ret, call, end } = *entry;
    let (events, bytes_each) = match &op.act {
        Act::Publish { bytes, .. } => (1, *bytes),
        Act::PublishAll(values) => (values.len(), 1),
        _ => return None,
    };
    let (publishing, granted) = match ret {
        Ret::GivenBack(_) => (Publishing::Refused, "a publisher was refused half-way"),
        Ret::Published(_) | Ret::Stored(_) => {
            (Publishing::LetsGo, "a publisher let go half-way, and made room again")
        }
        _ => return None,
    };
    let op = Op { seat: op.seat, act: Act::MakeRoom { events, bytes_each } };
    Some((Entry { thread, op, ret: Ret::Room, call, end }, publishing, granted))
}
