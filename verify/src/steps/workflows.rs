//! The workflows of the public CI, which cannot run here, and the scripts, which do.

use std::fs;

use crate::machine;
use crate::run::Run;

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let scripts = files(".ci")?;
    let shellcheck = run.installed("shellcheck")?;
    run.execute(run.command(&shellcheck).args(&scripts))?;
    run.figure("scripts", scripts.len() as f64, "");

    let workflows = files(".github/workflows")?;
    let zizmor = run.installed("zizmor")?;
    run.tool("zizmor", run.command(&zizmor).arg("--version"))?;
    let mut audit = run.command(&zizmor);
    run.execute(audit.args(["--offline", "--no-progress"]).args(&workflows))?;
    let actionlint = run.installed("actionlint")?;
    run.tool("actionlint", run.command(&actionlint).arg("--version"))?;
    run.execute(run.command(&actionlint).args(&workflows))?;
    run.figure("workflows", workflows.len() as f64, "");
    run.note("The workflows are linted; where this was written, none of them has run.");
    Ok(())
}

/// Paths of all files in a folder.
fn files(folder: &str) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(machine::root().join(folder)).map_err(|why| why.to_string())?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|why| why.to_string())?.file_name();
        names.push(format!("{folder}/{}", name.to_string_lossy()));
    }
    names.sort();
    if names.is_empty() { Err(format!("{folder} is empty")) } else { Ok(names) }
}
