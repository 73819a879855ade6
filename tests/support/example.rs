//! An example, as a person runs it.
//!
//! `cargo test` has built it. With `--test` and a name, it is built only if it is
//! missing: after a change, build the examples first.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The example lies beside the folder of the tests, in any profile and target. What
/// runs the tests runs it, too, if they are for another machine than this.
pub(crate) fn example(name: &str) -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let example = BUILT.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let example =
            profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !example.exists() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--example", name, "--target-dir"]);
            cargo.arg(profile.parent().unwrap());
            if profile.ends_with("release") {
                cargo.arg("--release");
            }
            assert!(cargo.status().unwrap().success(), "the example does not build");
        }
        example
    });
    let Some(runner) = runner() else { return Command::new(example) };
    let mut words = runner.split_whitespace();
    let mut command = Command::new(words.next().expect("a runner has a name"));
    command.args(words).arg(example);
    command
}

/// As cargo is told: `CARGO_TARGET_<triple>_RUNNER`, for the target that is built.
fn runner() -> Option<String> {
    let target = std::env::var("CARGO_BUILD_TARGET").ok()?;
    let target = target.to_uppercase().replace('-', "_");
    std::env::var(format!("CARGO_TARGET_{target}_RUNNER")).ok()
}
