//! The search for an order in which a sequential specification gives all the answers
//! that a history has: as Wing and Gong, without ways that were tried before.

use core::fmt::Debug;
use core::hash::Hash;
use std::collections::HashSet;

/// A sequential specification, in one of its states.
pub(crate) trait Model: Clone + Eq + Hash {
    type Op: Debug;
    type Ret: PartialEq + Debug;

    /// What the only thread would be answered.
    fn apply(&mut self, op: &Self::Op) -> Self::Ret;

    /// Whether threads that are answered so are ordered by it: it took a lock, or
    /// anything of which one comes after the other. If not, it may see what was
    /// there some time ago, as loads do, though never less than its thread knows.
    fn synchronises(op: &Self::Op, ret: &Self::Ret) -> bool;
}

/// The thread that starts the others, and joins them: all that it does comes before or
/// after what they do.
pub(crate) const MAIN: usize = 0;

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry<O, R> {
    pub(crate) thread: usize,
    pub(crate) op: O,
    pub(crate) ret: R,
    /// When it was called, and when it returned. One call may have several entries,
    /// in their order.
    pub(crate) call: usize,
    pub(crate) end: usize,
}

/// Entries of a model.
pub(crate) type History<M> = [Entry<<M as Model>::Op, <M as Model>::Ret>];

/// Which operations must be in the order in which they happened. Those of one thread
/// always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    /// All of which one returned before the other was called: linearizability. It can
    /// be asked for only if the clock that told so ordered the threads.
    Real,
    /// Those that synchronise: what can be asked for of threads that have nothing but
    /// the primitive to know of each other.
    Synchronised,
}

/// An order, as places in the history; or the longest beginning of one.
pub(crate) type Order = Result<Vec<usize>, Vec<usize>>;

/// Searches for an order. The entries of a thread are in its order.
///
/// # Panics
///
/// With more than 64 entries.
pub(crate) fn linearise<M: Model>(initial: &M, history: &History<M>, time: Time) -> Order {
    assert!(history.len() <= 64, "{} entries", history.len());
    let before: Vec<u64> = (0..history.len())
        .map(|b| {
            let earlier = (0..history.len()).filter(|&a| precedes::<M>(history, a, b, time));
            earlier.fold(0, |set, a| set | 1 << a)
        })
        .collect();
    let mut search = Search { history, before, tried: HashSet::new(), order: vec![], best: vec![] };
    if search.go_on(0, initial) { Ok(search.order) } else { Err(search.best) }
}

fn precedes<M: Model>(history: &History<M>, a: usize, b: usize, time: Time) -> bool {
    let (first, second) = (&history[a], &history[b]);
    if first.thread == second.thread {
        return a < b;
    }
    let ordered = |entry: &Entry<M::Op, M::Ret>| {
        time == Time::Real || entry.thread == MAIN || M::synchronises(&entry.op, &entry.ret)
    };
    let joined = first.thread == MAIN || second.thread == MAIN;
    first.end < second.call && (joined || (ordered(first) && ordered(second)))
}

struct Search<'a, M: Model> {
    history: &'a History<M>,
    /// For each entry those that must come before it.
    before: Vec<u64>,
    /// What is in the order, and the state that it led to.
    tried: HashSet<(u64, M)>,
    order: Vec<usize>,
    best: Vec<usize>,
}

impl<M: Model> Search<'_, M> {
    /// Whether the rest can be put into an order.
    fn go_on(&mut self, done: u64, state: &M) -> bool {
        if self.order.len() == self.history.len() {
            return true;
        }
        if !self.tried.insert((done, state.clone())) {
            return false;
        }
        for next in 0..self.history.len() {
            let ready = done & 1 << next == 0 && self.before[next] & !done == 0;
            if !ready {
                continue;
            }
            let mut after = state.clone();
            if after.apply(&self.history[next].op) != self.history[next].ret {
                continue;
            }
            self.order.push(next);
            if self.order.len() > self.best.len() {
                self.best.clone_from(&self.order);
            }
            if self.go_on(done | 1 << next, &after) {
                return true;
            }
            self.order.pop();
        }
        false
    }
}

/// The history in words, and how far an order could be found.
pub(crate) fn explain<O: Debug, R: Debug>(history: &[Entry<O, R>], best: &[usize]) -> String {
    let mut text = String::from("no order gives these answers:\n");
    for (n, Entry { thread, op, ret, call, end }) in history.iter().enumerate() {
        text += &format!("  {n:2}: thread {thread}, {call:3} to {end:3}: {op:?} -> {ret:?}\n");
    }
    text + &format!("  in order so far: {best:?}\n")
}
