//! The histogram: not linearizable as a whole, and not meant to be. What it promises of
//! a snapshot is written here, as what must have an order.
//!
//! A record is five steps, a snapshot five looks at the same in the opposite direction:
//!
//! | a record | a snapshot |
//! |---|---|
//! | 1. is counted in its bucket | 5. the count of each bucket |
//! | 2. raises the maximum | 4. the maximum |
//! | 3. lowers the minimum | 3. the minimum |
//! | 4. is added to the sum | 2. the sum |
//! | 5. has ended (`ExactHistogram` only) | 1. how many have ended |
//!
//! **In real time**, for threads that know of each other: *for each bucket alone*,
//! there is an order of all steps and looks, without the looks at other buckets, in
//! which each look finds what the steps before it add up to. So a snapshot contains all
//! of what ended before it began; what is in its sum is within its extremes, and what is
//! in them is counted; and who begins later contains all that others contained. It is
//! weaker than linearizability by two things. The five looks are not at one moment. And
//! nothing is said of two buckets together: a snapshot may contain a record and lack one,
//! of another bucket, that happened before it.
//!
//! **Among threads that have but the histogram to know of each other**, there is such an
//! order for each snapshot and bucket, and for each single step (so that of two snapshots
//! by one thread the later contains the earlier), and not for all of them together: two
//! snapshots may see two records that nothing orders in two orders.
//!
//! **Exact snapshots** are linearizable, as one moment, with records that happen at one
//! moment: those that are skewed left out, there is an order of the whole calls.

pub(crate) mod scenes;
pub(crate) mod spec;
pub(crate) mod subject;
pub(crate) mod whole;

use super::check::{Time, explain, linearise};
use super::dice::Dice;
use super::run::{Called, Judgement, NOTHING, Primitive, Scenario};
use scenes::Act;
use spec::{Bucket, Part, Parts, Ret, View};
use whole::Whole;

#[derive(Clone, Debug)]
pub(crate) struct Counting;

impl Primitive for Counting {
    type Setup = ();
    type Act = Act;
    type Op = Act;
    type Ret = Ret;

    fn scenario(dice: &mut Dice) -> Scenario<Self> {
        scenes::scenario(dice)
    }

    fn finish(ask: &mut dyn FnMut(usize, Act) -> Option<Ret>) {
        ask(0, Act::Snapshot);
    }

    fn judge((): &(), history: Vec<Called<Self>>, time: Time) -> Judgement {
        let buckets = spec::buckets(&history);
        let whole = whole::exact(&history);
        let empty = Whole::new(&buckets);
        linearise(&empty, &whole, time).map_err(|best| explain(&whole, &best))?;
        for view in views(&buckets, &history, time) {
            let parts = view.of(&history);
            if let Err(best) = linearise(&Parts::default(), &parts, time) {
                return Err(format!("{view:?} of {history:#?}\n{}", explain(&parts, &best)));
            }
        }
        Ok(NOTHING)
    }
}

/// What must have an order, each alone.
fn views(buckets: &[Bucket], history: &[Called<Counting>], time: Time) -> Vec<View> {
    let used: Vec<_> = buckets.iter().filter(|&&at| spec::is_used(at, history)).collect();
    let all = Part::ALL;
    if time == Time::Real {
        let view = |&&bucket| View { bucket, parts: all, snapshot: None };
        return used.iter().map(view).collect();
    }
    let mut views = vec![];
    for &&bucket in &used {
        let snapshots = (0..history.len()).filter(|&n| matches!(history[n].ret, Ret::Seen(_)));
        views.extend(snapshots.map(|n| View { bucket, parts: all, snapshot: Some(n) }));
        // Which bucket it is makes no difference to most of these.
        let single = all.iter().map(core::slice::from_ref);
        views.extend(single.map(|parts| View { bucket, parts, snapshot: None }));
    }
    views
}
