//! An example, as a person runs it.
//!
//! `cargo test` has built it. With `--test` and a name, it is built only if it is
//! missing: after a change, build the examples first.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The example lies beside the folder of the tests, in any profile and target.
pub(crate) fn example(name: &str) -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    Command::new(BUILT.get_or_init(|| {
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
    }))
}
