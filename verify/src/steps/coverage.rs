//! Which regions of `src/` the library's tests run: unit, integration and documentation
//! tests, with all features, without any, and as on targets that have no 64-bit atomics.
//!
//! Each of these ways compiles other code, and each test is a program of its own that has
//! its own instances of what is generic. So each program is asked by itself, and a region
//! counts as covered if it ran in one of them: see `coverage/merge.rs`. Asked about all at
//! once, llvm-cov takes the first record of a function that it meets, which may be one of
//! a program that never calls it.

mod merge;

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{fs, thread};

use merge::Merged;

use crate::machine::{first_line, root};
use crate::run::{Goal::AtLeast, Run};

/// cargo-llvm-cov; part of the result, so an exact version.
const VERSION: &str = "0.9.1";

/// Reads the profiles of rustc 1.95; from Debian's package `llvm-22`.
const TOOLS: [(&str, &str); 2] =
    [("LLVM_COV", "llvm-cov-22"), ("LLVM_PROFDATA", "llvm-profdata-22")];

/// A name, what cargo is told, and flags of the compiler.
const WAYS: [(&str, &[&str], &str); 3] = [
    ("all-features", &["--all-features", "--doctests"], ""),
    ("no-features", &["--no-default-features", "--tests"], ""),
    (
        "no-u64",
        &["--no-default-features", "--features", "std,serde", "--tests"],
        "--cfg bellwether_no_u64",
    ),
];

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let cargo_llvm_cov = install(run)?;
    for (_, tool) in TOOLS {
        // Its first line names who built it.
        run.tool(tool, run.command(tool).arg("--version"))
            .map_err(|why| format!("{why}: install Debian's package llvm-22"))?;
    }
    let merged = Mutex::new(Merged::default());
    for (name, arguments, flags) in WAYS {
        let target = root().join("target/coverage").join(name);
        // Profiles and programs of other sources would be counted.
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|why| why.to_string())?;
        }
        let mut command = run.command(&cargo_llvm_cov);
        command.args(["llvm-cov", "--no-report", "--locked", "-p", "bellwether"]).args(arguments);
        // Also the flag that keeps the documentation tests is unstable.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_INCREMENTAL", "0");
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", &target);
        command.envs(TOOLS);
        if !flags.is_empty() {
            command.env("RUSTFLAGS", flags);
        }
        run.execute(&mut command)?;
        let programs = ask_each(run, &target.join("llvm-cov-target"), &merged)?;
        run.figure(&format!("programs_{}", name.replace('-', "_")), programs as f64, "");
    }

    let summary = merged.into_inner().expect("nobody panicked").summary();
    let folder = root().join("target/coverage");
    fs::write(folder.join("summary.json"), &summary.json).map_err(|why| why.to_string())?;
    fs::write(folder.join("uncovered.txt"), &summary.uncovered).map_err(|why| why.to_string())?;
    run.figure("regions", summary.regions.all as f64, "regions of src/");
    run.figure("regions_covered", summary.regions.share(), "% of them");
    run.figure("functions_covered", summary.functions.share(), "% of functions");
    run.figure("lines_covered", summary.lines.share(), "% of lines on which a region begins");
    run.goal("regions_covered", AtLeast(98.0));
    run.note("By file: `target/coverage/summary.json`; what is left: `uncovered.txt` beside it.");
    run.note(
        "What is left is retries of weak compare-exchanges, arms that are there to be \
         unreachable, constants that only the compiler computes, and the other side of \
         `cfg!(bellwether_modelled)`.",
    );
    run.note("`src/sync/probe.rs` is the models' side of the seam: no test compiles it.");
    Ok(())
}

/// Where cargo-llvm-cov is, in exactly that version.
fn install(run: &mut Run) -> Result<String, String> {
    let installed = root().join("target/tools/bin/cargo-llvm-cov").display().to_string();
    let ask = |run: &Run| {
        let mut command = run.command(&installed);
        command.args(["llvm-cov", "--version"]);
        command
    };
    if first_line(&mut ask(run)).is_none_or(|line| line != format!("cargo-llvm-cov {VERSION}")) {
        let version = format!("={VERSION}");
        let arguments = ["install", "cargo-llvm-cov", "--locked", "--version", &version];
        let mut command = run.cargo(arguments);
        command.args(["--root", "target/tools"]);
        run.execute(&mut command)?;
    }
    run.tool("cargo-llvm-cov", &mut ask(run))?;
    Ok(installed)
}

/// Asks each program that was built what of it was run; how many there are.
fn ask_each(run: &mut Run, built: &Path, merged: &Mutex<Merged>) -> Result<usize, String> {
    let list: Vec<_> = files(built, false)?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "profraw"))
        .map(|file| file.display().to_string())
        .collect();
    if list.is_empty() {
        return Err("the tests left no profile".into());
    }
    let (names, profile) = (built.join("profiles.txt"), built.join("merged.profdata"));
    fs::write(&names, list.join("\n")).map_err(|why| why.to_string())?;
    let mut command = run.command(TOOLS[1].1);
    command.args(["merge", "-sparse", "-f"]).arg(names).arg("-o").arg(&profile);
    run.execute(&mut command)?;

    let mut programs = files(&built.join("debug/deps"), false)?;
    programs.extend(files(&built.join("debug/examples"), false)?);
    programs.extend(files(&built.join("doctestbins"), true)?);
    programs.retain(|file| {
        let executable = |data: fs::Metadata| data.permissions().mode() & 0o100 != 0;
        file.extension().is_none() && fs::metadata(file).is_ok_and(executable)
    });
    let (next, with_data) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let one = || -> Result<(), String> {
        while let Some(program) = programs.get(next.fetch_add(1, Relaxed)) {
            let mut command = Command::new(TOOLS[0].1);
            command.args(["export", "--format=text", "--skip-expansions", "--skip-branches"]);
            let mut flag = OsString::from("-instr-profile=");
            flag.push(&profile);
            command.arg(flag).arg(program).arg("--sources").arg(root().join("src"));
            let output = command.output().map_err(|why| why.to_string())?;
            if !output.status.success() {
                let why = String::from_utf8_lossy(&output.stderr);
                // Without features, some programs have no test, and nothing of the library.
                if why.contains("no coverage data found") {
                    continue;
                }
                return Err(format!("{}: {why}", program.display()));
            }
            with_data.fetch_add(1, Relaxed);
            merged.lock().expect("nobody panicked").add(&output.stdout, &root().join("src"))?;
        }
        Ok(())
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        all.into_iter().try_for_each(|thread| thread.join().expect("it has not panicked"))
    })?;
    match with_data.into_inner() {
        0 => Err(format!("none of {} programs has any data", programs.len())),
        many => Ok(many),
    }
}

/// The files in a folder, if it is there; and in those below.
fn files(folder: &Path, below: bool) -> Result<Vec<PathBuf>, String> {
    let mut found = vec![];
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).map_err(|why| why.to_string())? {
        let path = entry.map_err(|why| why.to_string())?.path();
        if path.is_file() {
            found.push(path);
        } else if below {
            found.extend(files(&path, true)?);
        }
    }
    Ok(found)
}
