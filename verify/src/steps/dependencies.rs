//! What the library and its packages depend on: licences, sources, versions that were
//! taken back.

use crate::run::Run;

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let deny = run.installed("cargo-deny")?;
    run.tool("cargo-deny", run.command(&deny).arg("--version"))?;
    let mut check = run.command(&deny);
    run.execute(check.args(["check", "licenses", "bans", "sources"]))?;
    run.note("Advisories are checked in the public workflow: their database is on the network.");
    Ok(())
}
