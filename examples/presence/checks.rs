//! The guarantees of the cell, each checked against what this run did.

use core::sync::atomic::Ordering::Relaxed;

use bellwether::Status;

use crate::config::Config;
use crate::format::{count, counted};
use crate::ledger::{End, Run};
use crate::once_cell::{Outcome, Scene};

/// A guarantee, and what was seen of it.
pub(crate) struct Check {
    pub(crate) held: bool,
    pub(crate) name: &'static str,
    pub(crate) seen: String,
}

pub(crate) fn all(scene: &Scene, outcome: &Outcome, tasks: usize, expected: &Config) -> Vec<Check> {
    let ledger = &scene.backend.ledger;
    let runs = ledger.runs();
    vec![
        one_success(&runs),
        one_at_a_time(ledger.most_at_once()),
        cancelled_leader(&runs, outcome),
        failed_leader(&runs, outcome),
        everybody_served(outcome.latencies.len(), tasks),
        one_value(scene, outcome, expected),
        nobody_left(scene),
        true_hooks(scene, &runs),
    ]
}

fn ended_so(runs: &[Run], is_it: impl Fn(&End) -> bool) -> usize {
    runs.iter().filter(|run| run.end().is_some_and(&is_it)).count()
}

fn one_success(runs: &[Run]) -> Check {
    let successes = ended_so(runs, |end| *end == End::Succeeded);
    let none_after = runs.last().is_some_and(|run| run.end() == Some(&End::Succeeded));
    Check {
        held: successes == 1 && none_after,
        name: "one success",
        seen: format!(
            "{} of {} succeeded, {}",
            count(successes),
            counted(runs.len(), "initialiser"),
            if none_after { "and none ran after it" } else { "and the last one did not" },
        ),
    }
}

fn one_at_a_time(most: usize) -> Check {
    let seen = format!("never more than {} running", counted(most, "initialiser"));
    Check { held: most == 1, name: "one at a time", seen }
}

/// The run after the first that ended so, and the first.
fn takeover(runs: &[Run], is_it: impl Fn(&End) -> bool) -> Option<(&Run, Option<&Run>)> {
    let index = runs.iter().position(|run| run.end().is_some_and(&is_it))?;
    Some((&runs[index], runs.get(index + 1)))
}

fn whose(leader: &Run, next: Option<&Run>) -> String {
    match next {
        Some(next) if next.task == leader.task => "it took over from itself".into(),
        Some(next) => format!("task {} took over", count(next.task)),
        None => "NOBODY took over".into(),
    }
}

fn cancelled_leader(runs: &[Run], outcome: &Outcome) -> Check {
    let name = "leader cancelled";
    match (takeover(runs, |end| *end == End::GivenUp), outcome.aborted) {
        (Some((leader, next)), Some((task, ended))) => Check {
            held: ended && task == leader.task && next.is_some(),
            name,
            seen: format!(
                "task {} was aborted midway, {}",
                count(leader.task),
                whose(leader, next)
            ),
        },
        _ => Check { held: false, name, seen: "no leader was cancelled".into() },
    }
}

fn failed_leader(runs: &[Run], outcome: &Outcome) -> Check {
    let name = "leader failed";
    let Some((leader, next)) = takeover(runs, |end| matches!(end, End::Failed(_))) else {
        return Check { held: false, name, seen: "no leader failed".into() };
    };
    let others = outcome.errors.iter().filter(|task| **task != leader.task).count();
    let own = outcome.errors.len() - others;
    Check {
        held: own == 1 && others == 0 && next.is_some(),
        name,
        seen: format!(
            "task {} got {}, others {}; {}",
            count(leader.task),
            counted(own, "error"),
            count(others),
            whose(leader, next)
        ),
    }
}

fn everybody_served(served: usize, tasks: usize) -> Check {
    let seen = format!("{} of {} got the value", count(served), counted(tasks, "task"));
    Check { held: served == tasks, name: "everybody served", seen }
}

fn one_value(scene: &Scene, outcome: &Outcome, expected: &Config) -> Check {
    let equal = scene.cell.get() == Some(expected);
    let places = outcome.places.len();
    Check {
        held: equal && places == 1,
        name: "one value",
        seen: format!(
            "seen at {}, {} the file",
            counted(places, "place"),
            if equal { "equal to" } else { "DIFFERENT from" },
        ),
    }
}

fn nobody_left(scene: &Scene) -> Check {
    let watch = scene.cell.hooks();
    let waits = watch.waits.load(Relaxed);
    let ready = watch.waits_ready.load(Relaxed);
    let took_over = watch.waits_took_over.load(Relaxed);
    let cancelled = watch.waits_cancelled.load(Relaxed);
    Check {
        held: waits == ready + took_over + cancelled && scene.cell.status() == Status::Ready,
        name: "nobody left waiting",
        seen: format!(
            "{} = {} got the value + {} took over + {} dropped",
            counted(waits, "wait"),
            count(ready),
            count(took_over),
            count(cancelled),
        ),
    }
}

fn true_hooks(scene: &Scene, runs: &[Run]) -> Check {
    let watch = scene.cell.hooks();
    let told = [&watch.leads, &watch.leads_cancelled, &watch.leads_failed, &watch.leads_ok]
        .map(|counter| counter.load(Relaxed));
    let done = [
        runs.len(),
        ended_so(runs, |end| *end == End::GivenUp),
        ended_so(runs, |end| matches!(end, End::Failed(_))),
        ended_so(runs, |end| *end == End::Succeeded),
    ];
    let [leads, cancelled, failed, ok] = told.map(count);
    Check {
        held: told == done,
        name: "hooks tell the truth",
        seen: format!("{leads} leads = {cancelled} cancelled + {failed} failed + {ok} succeeded"),
    }
}
