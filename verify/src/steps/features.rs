//! Every set of features, checked and linted.

use crate::run::{Goal::AtLeast, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let hack = run.installed("cargo-hack")?;
    run.tool("cargo-hack", run.command(&hack).args(["hack", "--version"]))?;
    let mut clippy = run.command(&hack);
    clippy.args(["hack", "clippy", "--locked", "-p", "bellwether", "--lib"]);
    clippy.args(["--feature-powerset", "--target-dir", "target/features"]);
    let text = run.execute(clippy.args(["--", "-D", "warnings"]))?;
    let sets = text.lines().filter(|line| line.starts_with("info: running")).count();
    run.figure("sets", sets as f64, "sets of features");
    // Of six features, of which `std` switches `alloc` on.
    run.goal("sets", AtLeast(48.0));
    Ok(())
}
