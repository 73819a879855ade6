//! One case: tasks that are polled one after the other in a given order, and what
//! happens to one of them on the way.
//!
//! | [`Act`] | before a given step, a task |
//! |---|---|
//! | `Drop` | is dropped |
//! | `Restart` | drops the future that it awaits, and awaits a new one |
//! | `Move` | is polled with another waker, and only that one counts from then on |
//!
//! A step is a poll. Nobody is polled who was not woken (but by an act), so a lost
//! wake-up leaves a task that is neither woken nor done.

use super::bell::caught;
use super::task::Task;
use super::world::{self, Faults, Ledger, Seen};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Act {
    Drop,
    Restart,
    Move,
}

/// Who is polled first among those who are woken.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    /// At each step the n-th of those who are woken, counted from whoever comes after
    /// the last; later the first of them.
    Choices(Vec<usize>),
    /// The tasks by rank.
    Ranks(Vec<usize>),
}

/// What is to happen.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) order: Order,
    /// Before this step, this task.
    pub(crate) acts: Vec<(usize, usize, Act)>,
    pub(crate) faults: Faults,
    /// What may panic while another panic unwinds.
    pub(crate) swallowed: &'static [&'static str],
}

impl Plan {
    pub(crate) fn plain() -> Self {
        Self { order: Order::Choices(vec![]), acts: vec![], faults: [None; 2], swallowed: &[] }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many could be chosen from, at each step.
    pub(crate) choices: Vec<usize>,
    /// The acts that took place: on which kind of task, after how many of its polls.
    pub(crate) acts: Vec<(&'static str, usize, Act)>,
    /// The kinds of the tasks, in their order.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) seen: Seen,
    /// Values that were born and dropped.
    pub(crate) values: usize,
}

/// A program over one primitive. It fails by a panic.
pub(crate) type Program = fn(&mut Case);

/// Runs a program once; checks its books.
pub(crate) fn play(program: Program, plan: &Plan) -> Outcome {
    let mut case = Case {
        plan: plan.clone(),
        ledger: Ledger::default(),
        step: 0,
        last: 0,
        panics: 0,
        outcome: Outcome::default(),
    };
    world::begin(plan.faults, plan.swallowed);
    program(&mut case);
    let Case { ledger, panics, mut outcome, .. } = case;
    outcome.seen = world::end();
    outcome.values = ledger.close();
    let Seen { fired, swallowed, .. } = outcome.seen;
    assert_eq!(panics, fired - swallowed, "each panic reaches one caller");
    outcome
}

/// A program's side of it.
pub(crate) struct Case {
    plan: Plan,
    pub(crate) ledger: Ledger,
    step: usize,
    last: usize,
    panics: usize,
    outcome: Outcome,
}

impl Case {
    /// Polls whoever is woken, until nobody is. An act may come before any poll, and
    /// after the last.
    pub(crate) fn run(&mut self, tasks: &mut [Task<'_>]) {
        if self.outcome.kinds.is_empty() {
            self.outcome.kinds = tasks.iter().map(|task| task.kind).collect();
        }
        loop {
            self.act(tasks);
            let Some(next) = self.choose(tasks) else { break };
            tasks[next].poll(&mut self.panics);
            self.last = next + 1;
            self.step += 1;
            assert!(self.step < 10_000, "they wake each other for ever");
        }
        for task in tasks.iter().filter(|task| task.is_done()) {
            assert_eq!(task.retained(), 0, "the waker of a {} is kept", task.kind);
        }
    }

    fn act(&mut self, tasks: &mut [Task<'_>]) {
        for (step, at, act) in self.plan.acts.clone() {
            let Some(task) = tasks.get_mut(at) else { continue };
            if step != self.step || task.is_done() {
                continue;
            }
            self.outcome.acts.push((task.kind, task.polls, act));
            match act {
                Act::Drop => task.cancel(&mut self.panics),
                Act::Restart => task.restart(&mut self.panics),
                Act::Move => task.change_waker(&mut self.panics),
            }
        }
        // Once: a program may run its tasks more than once without a step in between.
        self.plan.acts.retain(|&(step, ..)| step > self.step);
    }

    fn choose(&mut self, tasks: &[Task<'_>]) -> Option<usize> {
        let count = tasks.len();
        let around = (0..count).map(|n| (n + self.last) % count.max(1));
        let woken: Vec<_> = around.filter(|&at| tasks[at].is_woken()).collect();
        if woken.is_empty() {
            return None;
        }
        self.outcome.choices.push(woken.len());
        Some(match &self.plan.order {
            Order::Choices(choices) => {
                let choice = choices.get(self.step).copied().unwrap_or(0);
                woken[choice.min(woken.len() - 1)]
            }
            Order::Ranks(ranks) => {
                let rank = |at: usize| ranks.get(at).copied().unwrap_or(usize::MAX);
                woken.into_iter().min_by_key(|&at| rank(at)).expect("not empty")
            }
        })
    }

    /// A call from outside of all tasks. What it returns, or nothing if it panicked.
    pub(crate) fn call<R>(&mut self, call: impl FnOnce() -> R) -> Option<R> {
        caught(&mut self.panics, call)
    }

    /// Calls until it does not panic: each call that panics uses up a fault.
    pub(crate) fn insist<R>(&mut self, mut call: impl FnMut() -> R) -> R {
        for _ in 0..=self.plan.faults.len() {
            if let Some(result) = self.call(&mut call) {
                return result;
            }
        }
        panic!("it panics for ever");
    }
}
