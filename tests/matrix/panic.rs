//! The panic matrix: each call of each callback of each program panics in turn.

use std::collections::BTreeMap;

use super::cancel::{ranks, report};
use super::case::{Act, Plan, Program, play};
use super::world::Faults;

/// What a matrix covered.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    pub(crate) cases: usize,
    /// Second panics that ended where the first unwound.
    pub(crate) swallowed: usize,
    /// How often each callback panicked.
    pub(crate) points: BTreeMap<&'static str, usize>,
}

impl Covered {
    /// Plays with these panics; `None` if the last of them does not come.
    fn one(&mut self, program: Program, plan: &Plan) -> Option<()> {
        let seen = report(program, plan).seen;
        let faults: Vec<_> = plan.faults.iter().flatten().copied().collect();
        let last = seen.calls.get(*faults.last()?)?;
        if faults.len() == 1 {
            assert_eq!((seen.fired, seen.swallowed), (1, 0), "the panic reaches its caller");
        }
        self.cases += 1;
        self.swallowed += seen.swallowed;
        *self.points.entry(last).or_default() += 1;
        Some(())
    }

    /// A panic at each call from `from` on.
    fn each(
        &mut self,
        program: Program,
        plan: &Plan,
        faults: impl Fn(usize) -> Faults,
        from: usize,
    ) {
        let mut plan = plan.clone();
        for call in from.. {
            plan.faults = faults(call);
            if self.one(program, &plan).is_none() {
                return;
            }
        }
    }
}

fn first(call: usize) -> Faults {
    [Some(call), None]
}

/// One panic, at each call, in each order of ranks.
pub(crate) fn sweep(program: Program, covered: &mut Covered) {
    let tasks = play(program, &Plan::plain()).kinds.len();
    for order in ranks(tasks).into_iter().filter(|_| tasks > 1) {
        covered.each(program, &Plan { order, ..Plan::plain() }, first, 0);
    }
    sweep_crowd(program, covered);
}

/// One panic, at each call, in one order: for programs of many tasks.
pub(crate) fn sweep_crowd(program: Program, covered: &mut Covered) {
    covered.each(program, &Plan::plain(), first, 0);
}

/// One panic at each call, and before each step one of these acts on each task.
pub(crate) fn sweep_with_acts(program: Program, acts: &[Act], covered: &mut Covered) {
    let tasks = play(program, &Plan::plain()).kinds.len();
    for &act in acts {
        for task in 0..tasks {
            for step in 0.. {
                let plan = Plan { acts: vec![(step, task, act)], ..Plan::plain() };
                if report(program, &plan).acts.is_empty() {
                    break;
                }
                covered.each(program, &plan, first, 0);
            }
        }
    }
}

/// Any two calls panic. The second may be one of these also while the first unwinds: then
/// it ends there.
pub(crate) fn sweep_pairs(
    program: Program,
    swallowed: &'static [&'static str],
    covered: &mut Covered,
) {
    let plan = Plan { swallowed, ..Plan::plain() };
    let calls = play(program, &Plan::plain()).seen.calls.len();
    for one in 0..calls {
        covered.each(program, &plan, |other| [Some(one), Some(other)], one + 1);
    }
}
