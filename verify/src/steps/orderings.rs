//! Breaks every ordering, fence, read-modify-write, wake-up and order of steps in turn,
//! and expects some model to fail: `docs/orderings.md`.

use crate::run::{
    Goal::{AtLeast, Exactly},
    Run,
};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    run.execute(&mut run.cargo(["run", "--locked", "-p", "loom-tests", "--bin", "mutate"]))?;
    run.goal("survivors", Exactly(0.0));
    run.goal("survivors-argued", Exactly(0.0));
    run.goal("mutants", AtLeast(120.0));
    run.goal("models", AtLeast(270.0));
    run.note("The table by site is in docs/orderings.md, which this run writes.");
    Ok(())
}
