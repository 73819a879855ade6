//! `compile-fail/`: programs that must not compile, each beside one that must.

use crate::run::{Goal::AtLeast, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    run.execute(&mut run.cargo(["test", "--locked", "-p", "compile-fail", "--", "--nocapture"]))?;
    run.goal("pairs", AtLeast(20.0));
    Ok(())
}
