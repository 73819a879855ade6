//! Programs over a cell: every future that it has, beside others.

use core::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use bellwether::hooks::{OnInitEnd, OnWaitEnd};
use bellwether::{Lead, OnceCell, OnceHooks, OnceMetrics, Status};

use super::case::{Case, Program};
use super::init::{clock, fail, init, named, succeed};
use super::task::{Task, yields};
use super::watch::Watch;
use super::world::{Ledger, Value, inject};

/// By name.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("once: everybody initialises", everybody),
    ("once: a leader fails", failing),
    ("once: a guard is held", guarded),
    ("once: guards are dropped", resigning),
    ("once: set from outside", outside),
    ("once: an initialiser waits for another cell", nested),
    ("once: hooks in pairs", paired),
    ("once: closures and metrics as hooks", measured),
];

/// More waiters than are woken in one turn.
pub(crate) const CROWDED: (&str, Program) = ("once: a crowd", crowd);

type Watched<H = Watch> = OnceCell<Value, H>;

fn initialises<'a, H: OnceHooks>(cell: &'a Watched<H>, ledger: &Ledger, steps: usize) -> Task<'a> {
    let ledger = ledger.clone();
    Task::new("GetOrInit", |restart| async move {
        restart.retry(|| cell.get_or_init(init(&ledger, steps, succeed))).await.check();
    })
}

/// With an error as often as is said.
fn tries<'a, H: OnceHooks>(
    cell: &'a Watched<H>,
    ledger: &Ledger,
    (steps, fails): (usize, usize),
) -> Task<'a> {
    let ledger = ledger.clone();
    Task::new("GetOrTryInit", |restart| async move {
        let fails = Rc::new(Cell::new(fails));
        let output = move |ledger: &Ledger| match fails.get().checked_sub(1) {
            None => Ok(succeed(ledger)),
            Some(left) => {
                fails.set(left);
                fail(ledger)
            }
        };
        while let Err(error) =
            restart.retry(|| cell.get_or_try_init(init(&ledger, steps, output.clone()))).await
        {
            error.check();
        }
    })
}

fn waits<'a, H: OnceHooks>(cell: &'a Watched<H>) -> Task<'a> {
    Task::new("Wait", |restart| async move { restart.retry(|| cell.wait()).await.check() })
}

/// Holds the guard for so many steps, and then sets the value, or gives up.
fn leads<'a, H: OnceHooks>(
    cell: &'a Watched<H>,
    ledger: &Ledger,
    (steps, sets): (usize, bool),
) -> Task<'a> {
    let ledger = ledger.clone();
    Task::new("LeadFuture", |restart| async move {
        restart
            .retry(|| {
                let ledger = ledger.clone();
                async move {
                    match cell.lead().await {
                        Lead::Ready(value) => value.check(),
                        Lead::Leader(guard) => {
                            yields(steps).await;
                            if sets {
                                guard.set(succeed(&ledger)).check();
                            }
                        }
                    }
                }
            })
            .await;
    })
}

/// Until everybody is done: whoever only waits may need somebody who initialises, and
/// nobody else needs anybody.
fn finish<'a, H: OnceHooks>(case: &mut Case, cell: &'a Watched<H>, mut tasks: Vec<Task<'a>>) {
    case.run(&mut tasks);
    while cell.status() != Status::Ready {
        assert_eq!(cell.status(), Status::Empty, "nobody leads");
        for task in tasks.iter().filter(|task| !task.is_done()) {
            assert_eq!(task.kind, "Wait", "a candidate hangs");
        }
        tasks.push(initialises(cell, &case.ledger, 1));
        case.run(&mut tasks);
        assert!(tasks.last().is_some_and(Task::is_done), "the cell is not usable");
    }
    for task in &tasks {
        assert!(task.is_done(), "a {} hangs", task.kind);
    }
    cell.get().expect("ready").check();
}

fn play<H: OnceHooks>(
    case: &mut Case,
    hooks: H,
    tasks: impl for<'a> FnOnce(&'a Watched<H>, &Ledger) -> Vec<Task<'a>>,
) {
    let cell = Watched::with_hooks(hooks);
    let tasks = tasks(&cell, &case.ledger);
    finish(case, &cell, tasks);
    case.call(|| drop(cell));
}

fn everybody(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        vec![
            initialises(cell, ledger, 2),
            tries(cell, ledger, (1, 0)),
            waits(cell),
            leads(cell, ledger, (1, true)),
        ]
    });
}

fn failing(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        vec![
            tries(cell, ledger, (1, 2)),
            waits(cell),
            initialises(cell, ledger, 1),
            tries(cell, ledger, (0, 1)),
        ]
    });
}

fn guarded(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        vec![leads(cell, ledger, (2, true)), initialises(cell, ledger, 1), waits(cell), waits(cell)]
    });
}

fn resigning(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        vec![
            leads(cell, ledger, (1, false)),
            leads(cell, ledger, (1, false)),
            waits(cell),
            tries(cell, ledger, (1, 0)),
        ]
    });
}

fn outside(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        let ledger = ledger.clone();
        vec![
            waits(cell),
            leads(cell, &ledger, (1, false)),
            waits(cell),
            Task::new("call of set", |_| async move {
                yields(1).await;
                // Refused, the value is given back.
                if let Err(error) = cell.set(Value::new(&ledger, 8)) {
                    error.into_inner().check();
                }
            }),
        ]
    });
}

fn nested(case: &mut Case) {
    let inner = Watched::with_hooks(Watch::new(&case.ledger));
    let outer = Watched::with_hooks(Watch::new(&case.ledger));
    {
        let (inner, outer, ledger) = (&inner, &outer, &case.ledger.clone());
        let tasks = vec![
            Task::new("GetOrInit", |restart| async move {
                let both = || {
                    outer.get_or_init(|| async {
                        // Dropped by this frame, also while it unwinds.
                        let init = named(ledger, 1, succeed, ["inner.closure", "inner.future"]);
                        inner.get_or_init(init).await.check();
                        succeed(ledger)
                    })
                };
                restart.retry(both).await.check();
            }),
            initialises(inner, ledger, 1),
            waits(outer),
            waits(inner),
        ];
        let mut tasks = tasks;
        case.run(&mut tasks);
        // Whoever waits for one that is empty does so for want of somebody who leads.
        for (at, cell) in [(1, inner), (2, outer), (3, inner)] {
            let needs = at != 1 && cell.status() == Status::Empty;
            assert!(tasks[at].is_done() || needs, "a {} hangs", tasks[at].kind);
        }
        assert!(tasks[0].is_done(), "the outer one hangs");
        for cell in [inner, outer] {
            while cell.status() != Status::Ready {
                assert_eq!(cell.status(), Status::Empty, "nobody leads");
                tasks.push(initialises(cell, ledger, 1));
                case.run(&mut tasks);
            }
        }
        assert!(tasks.iter().all(Task::is_done), "somebody hangs");
    }
    case.call(|| drop(outer));
    case.call(|| drop(inner));
}

fn paired(case: &mut Case) {
    let watch = || Watch::new(&case.ledger);
    let (by_reference, shared) = (watch(), Arc::new(watch()));
    let hooks = (Some(watch()), (&by_reference, shared));
    play(case, hooks, |cell, ledger| {
        vec![initialises(cell, ledger, 1), waits(cell), leads(cell, ledger, (1, true))]
    });
}

fn measured(case: &mut Case) {
    let owned = Value::named(&case.ledger, "hooks.drop", 0);
    let on_init = OnInitEnd(move |_, _| {
        owned.check();
        inject("OnInitEnd");
    });
    let on_wait = OnWaitEnd(|_| inject("OnWaitEnd"));
    let metrics = OnceMetrics::<_>::with_clock("matrix", clock as fn() -> u64);
    play(case, (on_init, (on_wait, &metrics)), |cell, ledger| {
        vec![
            initialises(cell, ledger, 1),
            waits(cell),
            tries(cell, ledger, (1, 1)),
            leads(cell, ledger, (1, true)),
        ]
    });
    let left = case.insist(|| (metrics.initializing().count, metrics.waits().in_progress().count));
    assert_eq!(left, (0, 0), "in progress for ever");
}

fn crowd(case: &mut Case) {
    let hooks = Watch::new(&case.ledger);
    play(case, hooks, |cell, ledger| {
        let mut tasks = vec![tries(cell, ledger, (1, 1))];
        tasks.extend((0..33).map(|_| initialises(cell, ledger, 0)));
        tasks.extend([waits(cell), leads(cell, ledger, (1, true)), waits(cell)]);
        tasks
    });
}
