//! The public API: as `docs/api.txt` says, with every link of its documentation right,
//! and (in the full form) compatible with the state before it.

use std::fs;

use crate::machine;
use crate::run::{Goal::Exactly, Run};

/// The commit that the API is compared with: that of the latest release. Until there is
/// one, the commit after which the API is not to break by mistake.
const BASELINE: &str = "verify/semver-baseline";

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    run.execute(&mut run.cargo(["test", "--locked", "-p", "api"]))?;
    run.execute(&mut run.cargo(["run", "--locked", "-p", "api"]))?;
    run.goal("changed", Exactly(0.0));
    let mut docs =
        run.cargo(["doc", "--locked", "-p", "bellwether", "--no-deps", "--all-features"]);
    run.execute(docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    if !run.full() {
        return Ok(());
    }

    let semver = run.installed("cargo-semver-checks")?;
    let text = fs::read_to_string(machine::root().join(BASELINE));
    let text = text.map_err(|why| format!("{BASELINE}: {why}"))?;
    let commit = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default().trim();
    run.tool("cargo-semver-checks", run.command(&semver).args(["semver-checks", "--version"]))?;
    let mut check = run.command(&semver);
    check.args(["semver-checks", "--package", "bellwether", "--all-features"]);
    run.execute(check.args(["--baseline-rev", commit]))?;
    run.note(format!("Semantic versioning was checked against commit {commit}."));
    Ok(())
}
