//! The cancellation matrix: each task of each program is dropped, begun anew, or moved
//! to another waker before each step, in each order of the tasks.
//!
//! Before each step means: after each number of its polls, and also at each moment
//! between two of them, so both before and after it was woken for the next.

use std::collections::BTreeSet;

use super::case::{Act, Order, Outcome, Plan, Program, play};

pub(crate) const ACTS: [Act; 3] = [Act::Drop, Act::Restart, Act::Move];

/// What a matrix covered.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    pub(crate) cases: usize,
    /// What happened to which kind of task, after how many of its polls.
    pub(crate) moments: BTreeSet<(&'static str, usize, Act)>,
}

impl Covered {
    pub(crate) fn note(&mut self, outcome: &Outcome) {
        self.cases += 1;
        self.moments.extend(&outcome.acts);
    }
}

/// Plays in every order: all choices of the first `depth` steps.
pub(crate) fn each_order(
    program: Program,
    plan: &mut Plan,
    depth: usize,
    mut each: impl FnMut(&Outcome),
) {
    let mut choices = vec![];
    loop {
        plan.order = Order::Choices(choices.clone());
        let outcome = report(program, plan);
        each(&outcome);
        let free = &outcome.choices[..depth.min(outcome.choices.len())];
        choices.resize(free.len(), 0);
        // As an odometer: the last that can go on does.
        while let Some(choice) = choices.pop() {
            if choice + 1 < free[choices.len()] {
                choices.push(choice + 1);
                break;
            }
        }
        if choices.is_empty() {
            return;
        }
    }
}

/// Plays in every order of ranks.
pub(crate) fn each_rank(
    program: Program,
    plan: &mut Plan,
    tasks: usize,
    mut each: impl FnMut(&Outcome),
) {
    for order in ranks(tasks) {
        plan.order = order;
        each(&report(program, plan));
    }
}

/// All permutations of a few tasks; of more, one order and its reverse.
pub(crate) fn ranks(tasks: usize) -> Vec<Order> {
    let one = || 0..tasks;
    let ranks =
        if tasks <= 4 { permutations(tasks) } else { vec![one().collect(), one().rev().collect()] };
    ranks.into_iter().map(Order::Ranks).collect()
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else { return vec![vec![]] };
    let with_last = |shorter: Vec<usize>| {
        (0..count).map(move |at| {
            let mut longer = shorter.clone();
            longer.insert(at, last);
            longer
        })
    };
    permutations(last).into_iter().flat_map(with_last).collect()
}

/// Plays; a failure says which case it was.
pub(crate) fn report(program: Program, plan: &Plan) -> Outcome {
    struct Says<'a>(&'a Plan);
    impl Drop for Says<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("the case: {:?}, after {:?}", self.0, super::world::seen());
            }
        }
    }
    let _says = Says(plan);
    play(program, plan)
}

/// One act, before each step, in each order.
pub(crate) fn sweep(program: Program, depth: usize, covered: &mut Covered) {
    let mut plan = Plan::plain();
    let tasks = play(program, &plan).kinds.len();
    each_order(program, &mut plan, depth, |outcome| covered.note(outcome));
    each_rank(program, &mut plan, tasks, |outcome| covered.note(outcome));
    for act in ACTS {
        for task in 0..tasks {
            for step in 0.. {
                let mut acted = false;
                plan.acts = vec![(step, task, act)];
                let mut note = |outcome: &Outcome| {
                    acted |= !outcome.acts.is_empty();
                    covered.note(outcome);
                };
                each_order(program, &mut plan, depth, &mut note);
                each_rank(program, &mut plan, tasks, &mut note);
                if !acted {
                    break;
                }
            }
        }
    }
}

/// Any two acts on any two tasks (or on one), before any two steps, in one order.
pub(crate) fn sweep_pairs(program: Program, covered: &mut Covered) {
    let tasks = play(program, &Plan::plain()).kinds.len();
    let pairs = ACTS.into_iter().flat_map(|first| ACTS.map(|second| (first, second)));
    for (one, other) in pairs {
        for (at, and) in (0..tasks * tasks).map(|n| (n / tasks, n % tasks)) {
            for step in 0.. {
                let mut acted = false;
                for later in step.. {
                    let acts = vec![(step, at, one), (later, and, other)];
                    let outcome = report(program, &Plan { acts, ..Plan::plain() });
                    covered.note(&outcome);
                    acted |= !outcome.acts.is_empty();
                    if outcome.acts.len() < 2 && later > step {
                        break;
                    }
                }
                if !acted {
                    break;
                }
            }
        }
    }
}

/// One act in one order, for programs of many tasks.
pub(crate) fn sweep_crowd(program: Program, covered: &mut Covered) {
    let tasks = play(program, &Plan::plain()).kinds.len();
    for act in ACTS {
        for task in 0..tasks {
            for step in 0.. {
                let acts = vec![(step, task, act)];
                let outcome = report(program, &Plan { acts, ..Plan::plain() });
                covered.note(&outcome);
                if outcome.acts.is_empty() {
                    break;
                }
            }
        }
    }
}
