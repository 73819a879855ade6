//! Spelling, in sources and prose: British English.

use crate::run::Run;

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let typos = run.installed("typos")?;
    run.tool("typos", run.command(&typos).arg("--version"))?;
    run.execute(run.command(&typos).args(["--format", "brief"]))?;
    Ok(())
}
