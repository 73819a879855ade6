//! Machines and compilers other than this one, by `.ci/machines`; `.ci/toolchain` fetches
//! what they need, from Debian's packages.

use crate::run::{
    Goal::{AtLeast, AtMost, Exactly},
    Run,
};

/// About as many tests as the library has; each machine has a few that others lack.
const TESTS: f64 = 410.0;

fn run(run: &mut Run, name: &str) -> Result<(), String> {
    run.execute(run.command(".ci/machines").arg(name)).map(drop)
}

fn tests(run: &mut Run, name: &str) -> Result<(), String> {
    self::run(run, name)?;
    run.goal(&format!("{name}-tests"), AtLeast(TESTS));
    run.goal(&format!("{name}-failed"), Exactly(0.0));
    run.note("Unit and integration tests with bounded stress; not those of the documentation.");
    Ok(())
}

pub(crate) fn msrv(run: &mut Run) -> Result<(), String> {
    tests(run, "msrv")
}

pub(crate) fn aarch64(run: &mut Run) -> Result<(), String> {
    run.note("In an emulator: it shows code generation and layout, not weak memory.");
    tests(run, "aarch64")
}

pub(crate) fn i686(run: &mut Run) -> Result<(), String> {
    tests(run, "i686")
}

pub(crate) fn firmware(run: &mut Run) -> Result<(), String> {
    run.note("In an emulator that counts time in instructions; nothing ran on real hardware.");
    if !run.full() {
        self::run(run, "firmware-m0")?;
        run.goal("cortex-m0-passed", Exactly(1.0));
        return Ok(());
    }
    self::run(run, "firmware")?;
    for machine in ["cortex-m4", "cortex-m0"] {
        run.goal(&format!("{machine}-passed"), Exactly(1.0));
        for (part, most) in [("cell", 3_000.0), ("array", 6_000.0), ("histogram", 2_000.0)] {
            run.goal(&format!("{machine}-{part}-flash"), AtMost(most));
        }
    }
    run.note("Flash and RAM of a part: what it adds to a program that does nothing.");
    Ok(())
}

pub(crate) fn wasm(run: &mut Run) -> Result<(), String> {
    self::run(run, "wasm")?;
    run.goal("wasm-passed", Exactly(1.0));
    Ok(())
}

pub(crate) fn targets(run: &mut Run) -> Result<(), String> {
    self::run(run, "targets")?;
    run.goal("targets-built", Exactly(4.0));
    run.note("Built, not run.");
    Ok(())
}
