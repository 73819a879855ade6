//! Generated histories of all three primitives, and whether they have an order: under
//! loom, which knows what one thread may not have seen of another, and under shuttle,
//! which goes far from the first schedule.

use crate::run::{Goal::AtLeast, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let mut loom = run.cargo(["test", "-p", "loom-tests", "--test", "linear", "--"]);
    loom.arg("--nocapture").env("EXECUTIONS", "1000");
    let (scenarios, histories) = add(&run.execute(&mut loom)?);
    run.figure("loom-scenarios", scenarios as f64, "");
    run.figure("loom-histories", histories as f64, "");
    run.goal("loom-scenarios", AtLeast(600.0));
    run.goal("loom-histories", AtLeast(100_000.0));

    let mut shuttle = run.cargo(["run", "--release", "-p", "shuttle-tests", "--", "1000000"]);
    run.execute(&mut shuttle)?;
    run.goal("scenarios", AtLeast(600.0));
    run.goal("schedules", AtLeast(1_000_000.0));
    run.goal("histories-checked", AtLeast(1_000_000.0));
    run.note(
        "loom explores 1,000 executions of a scenario at most. shuttle's schedules are random, \
         half of them uniformly and half by priorities with three changes; it takes all \
         orderings for sequentially consistent.",
    );
    Ok(())
}

/// Adds up the lines `12 scenarios, 345 histories, ...`.
fn add(text: &str) -> (usize, usize) {
    let mut sums = (0, 0);
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        if let [scenarios, "scenarios,", histories, "histories,", ..] = words[..] {
            sums.0 += scenarios.parse::<usize>().unwrap_or(0);
            sums.1 += histories.parse::<usize>().unwrap_or(0);
        }
    }
    sums
}

#[test]
fn histories_add_up() {
    let text = "x, Real: seeds 0..2\n    2 scenarios, 30 histories, 4 of them distinct\n\
                y\n    1 scenarios, 5 histories, 5 of them distinct\n";
    assert_eq!(add(text), (3, 35));
}
