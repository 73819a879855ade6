//! A future may be dropped after any number of polls, at any place in the queue:
//! nothing stays registered, and everybody else completes.

use core::cell::Cell;
use core::task::Poll;

use bellwether::{InitGuard, Lead, OnceCell, Status, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Task, yields};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Init,
    TryInit,
    Wait,
    Lead,
}

const KINDS: [Kind; 4] = [Kind::Init, Kind::TryInit, Kind::Wait, Kind::Lead];

/// How the leader that everybody waits for ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Sets,
    Fails,
}

/// Initialisers at work: one at most.
type Running = Cell<usize>;

struct Working<'a>(&'a Running);

impl<'a> Working<'a> {
    fn start(running: &'a Running) -> Self {
        assert_eq!(running.replace(running.get() + 1), 0, "two initialisers at once");
        Self(running)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A caller whose own initialiser, if it comes to that, yields so many times.
fn caller<'a>(
    cell: &'a OnceCell<usize>,
    running: &'a Running,
    kind: Kind,
    steps: usize,
) -> Task<'a, usize> {
    let init = move || async move {
        let _working = Working::start(running);
        yields(steps).await;
        1
    };
    match kind {
        Kind::Init => Task::new(async move { *cell.get_or_init(init).await }),
        Kind::TryInit => Task::new(async move {
            *cell.get_or_try_init(|| async { Ok::<_, ()>(init().await) }).await.unwrap()
        }),
        Kind::Wait => Task::new(async { *cell.wait().await }),
        Kind::Lead => Task::new(async move {
            match cell.lead().await {
                Lead::Ready(value) => *value,
                Lead::Leader(guard) => *guard.set(init().await),
            }
        }),
    }
}

/// All queues of so many callers.
fn queues(length: usize) -> Vec<Vec<Kind>> {
    let mut queues = vec![Vec::new()];
    for _ in 0..length {
        let longer = |queue: &Vec<Kind>| {
            KINDS.map(|kind| queue.iter().copied().chain([kind]).collect::<Vec<_>>())
        };
        queues = queues.iter().flat_map(longer).collect();
    }
    queues
}

/// Runs woken tasks round by round, until none is woken. The victim is dropped
/// after its last poll.
struct Crew<'a> {
    tasks: Vec<Option<Task<'a, usize>>>,
    victim: usize,
    polls: usize,
    done: usize,
}

impl<'a> Crew<'a> {
    /// One round; `false` if nobody was woken.
    fn round(&mut self) -> bool {
        let mut any = false;
        for index in 0..self.tasks.len() {
            if index == self.victim {
                self.cancel_if_due();
            }
            let Some(task) = &mut self.tasks[index] else { continue };
            any |= task.is_woken();
            if task.poll_if_woken().is_ready() {
                self.done += 1;
                let finished = self.tasks[index].take().map(Task::cancel);
                assert_eq!(finished, Some(0), "the waker of a finished task is kept");
            }
            if index == self.victim {
                self.cancel_if_due();
            }
        }
        any
    }

    fn cancel_if_due(&mut self) {
        if let Some(task) = self.tasks[self.victim].take_if(|task| task.polls() == self.polls) {
            assert_eq!(task.cancel(), 0, "the waker of a cancelled task is kept");
        }
    }
}

/// The victim of the queue leaves after so many polls; the leader ends after so
/// many rounds.
fn play(queue: &[Kind], victim: usize, polls: usize, end: End, rounds: usize) {
    let cell = OnceCell::new();
    let running = Cell::new(0);
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let tasks = queue.iter().map(|&kind| Some(caller(&cell, &running, kind, 2))).collect();
    let mut crew = Crew { tasks, victim, polls, done: 0 };
    for _ in 0..rounds {
        crew.round();
    }
    match end {
        End::Sets => _ = guard.set(0),
        End::Fails => drop(guard),
    }
    while crew.round() {}
    // Whoever only waits has waited in vain: nobody was left to initialise.
    if cell.status() == Status::Empty {
        let left = crew.tasks.iter().zip(queue).filter(|(task, _)| task.is_some());
        assert!(left.clone().all(|(_, &kind)| kind == Kind::Wait), "a candidate hangs");
        cell.set(2).unwrap();
        while crew.round() {}
    }
    // The victim may have fallen asleep short of its last poll.
    let hanging = crew.tasks.iter().filter(|task| task.is_some()).count();
    assert_eq!(hanging, 0, "somebody hangs");
    assert!(crew.done >= queue.len() - 1);
    assert_eq!(running.get(), 0);
    assert_eq!(cell.status(), Status::Ready);
}

#[test]
fn any_waiter_may_be_dropped_after_any_poll() {
    for length in 1..=3 {
        for queue in queues(length) {
            for victim in 0..length {
                for polls in 0..=4 {
                    for end in [End::Sets, End::Fails] {
                        for rounds in 0..=2 {
                            play(&queue, victim, polls, end, rounds);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_leader_may_be_dropped_after_any_poll() {
    for (kind, steps) in [(Kind::Init, 4), (Kind::TryInit, 4), (Kind::Lead, 4)] {
        for polls in 0..=steps + 1 {
            for queue in queues(2) {
                let cell = OnceCell::new();
                let running = Cell::new(0);
                let mut leader = caller(&cell, &running, kind, steps);
                let mut others: Vec<_> =
                    queue.iter().map(|&kind| Some(caller(&cell, &running, kind, 2))).collect();
                let mut result = Poll::Pending;
                for poll in 0..polls {
                    assert!(result.is_pending());
                    result = leader.poll();
                    if poll == 0 {
                        assert!(others.iter_mut().flatten().all(|task| task.poll().is_pending()));
                    }
                }
                assert_eq!(result.is_ready(), polls == steps + 1);
                assert_eq!(leader.cancel(), 0);

                let expected = if result.is_ready() { Status::Ready } else { Status::Empty };
                assert_eq!((cell.status(), running.get()), (expected, 0));
                support::run(&mut others, |_, value| assert_eq!(value, 1));
                if queue == [Kind::Wait, Kind::Wait] && result.is_pending() {
                    cell.set(3).unwrap();
                    support::run(&mut others, |_, value| assert_eq!(value, 3));
                }
                assert!(others.iter().all(Option::is_none), "somebody hangs");
            }
        }
    }
}

/// Parks so many waiters of a kind and returns them with the lead.
fn parked<'a>(
    cell: &'a OnceCell<usize>,
    running: &'a Running,
    kind: Kind,
    count: usize,
) -> (InitGuard<'a, usize>, Vec<Option<Task<'a, usize>>>) {
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let mut tasks: Vec<_> = (0..count).map(|_| caller(cell, running, kind, 1)).collect();
    assert!(tasks.iter_mut().all(|task| task.poll().is_pending()));
    (guard, tasks.into_iter().map(Some).collect())
}

#[test]
fn any_two_waiters_may_be_dropped() {
    for kind in KINDS {
        for length in 2..=6 {
            for (first, second) in (0..length * length).map(|n| (n / length, n % length)) {
                let (cell, running) = (OnceCell::new(), Cell::new(0));
                let (guard, mut tasks) = parked(&cell, &running, kind, length);
                for index in [first, second] {
                    assert_eq!(tasks[index].take().map_or(0, Task::cancel), 0);
                }
                guard.set(5);
                support::run(&mut tasks, |_, value| assert_eq!(value, 5));
                assert!(tasks.iter().all(Option::is_none));
            }
        }
    }
}

#[test]
fn a_candidate_that_was_told_to_take_over_may_be_dropped() {
    for kind in [Kind::Init, Kind::TryInit, Kind::Lead] {
        for length in 2..=5 {
            for told in 0..length {
                let (cell, running) = (OnceCell::new(), Cell::new(0));
                let (guard, mut tasks) = parked(&cell, &running, kind, length);
                drop(guard);
                assert_eq!(tasks[told].take().map(Task::cancel), Some(0));
                support::run(&mut tasks, |_, value| assert_eq!(value, 1));
                assert!(tasks.iter().all(Option::is_none));
                assert_eq!(cell.get(), Some(&1));
            }
        }
    }
}

#[test]
fn everybody_may_be_dropped_and_the_cell_starts_anew() {
    for kind in KINDS {
        let (cell, running) = (OnceCell::new(), Cell::new(0));
        let (guard, tasks) = parked(&cell, &running, kind, 50);
        assert!(tasks.into_iter().flatten().all(|task| task.cancel() == 0));
        drop(guard);
        assert_eq!(cell.status(), Status::Empty);
        assert_eq!(caller(&cell, &running, Kind::Lead, 0).finish(), 1);
    }
}

#[test]
fn a_takeover_may_be_dropped_again_and_again() {
    let cell = OnceCell::<usize>::new();
    let running = Cell::new(0);
    let (guard, mut tasks) = parked(&cell, &running, Kind::Init, 10);
    drop(guard);
    for task in tasks[..9].iter_mut().map(Option::take) {
        let mut leader = task.expect("parked");
        assert!(leader.poll().is_pending(), "it took over, and its initialiser yields");
        assert_eq!(cell.status(), Status::Initializing);
        assert_eq!(leader.cancel(), 0);
        assert_eq!((cell.status(), running.get()), (Status::Empty, 0));
    }
    support::run(&mut tasks, |index, value| assert_eq!((index, value), (9, 1)));
    assert_eq!(cell.get(), Some(&1));
}
