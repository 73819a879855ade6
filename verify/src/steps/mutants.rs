//! Mutants of everything but the memory orderings, an area a step, so that a long run
//! can be resumed: see `src/bin/mutants`.

use core::time::Duration;

use crate::run::{Goal::Exactly, Run};
use crate::step::Step;

pub(crate) const fn step(name: &'static str, what: &'static str) -> Step {
    Step { name, what, quick: false, run }
}

/// The step's name is `mutants-` and the area's.
fn run(run: &mut Run) -> Result<(), String> {
    let area = run.name().strip_prefix("mutants-").ok_or("a step without an area")?;
    // Each mutant is a build.
    run.limit(Duration::from_secs(4 * 3_600));
    let mut version = run.cargo(["mutants", "--version"]);
    run.tool("cargo-mutants", &mut version)?;
    run.execute(&mut run.cargo(["run", "-p", "verify", "--bin", "mutants", "--", area]))?;
    run.goal("unexplained", Exactly(0.0));
    run.note(
        "What an earlier run tried, of the same sources, tests and models, was not tried again.",
    );
    run.note("What is not caught is argued for in [mutants.md](mutants.md), one by one.");
    Ok(())
}
