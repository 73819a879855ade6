//! Builds a fixture: a package of its own, under `tests/fixtures`, that depends
//! on the library alone, so that it needs no network.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The package of the library.
pub(crate) fn library() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Copies the fixture out of the sources, which stay clean, and runs Cargo on
/// it. Returns the folder of what was built.
pub(crate) fn build(name: &str, subcommand: &[&str], profile: &str) -> PathBuf {
    build_with(library(), name, subcommand, profile, None)
}

/// As [`build`], with the library in that folder, and flags for both.
pub(crate) fn build_with(
    dependency: &Path,
    name: &str,
    subcommand: &[&str],
    profile: &str,
    flags: Option<&str>,
) -> PathBuf {
    let source = library().join("tests/fixtures").join(name);
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(copy.join("src")).unwrap();
    std::fs::copy(source.join("src/lib.rs"), copy.join("src/lib.rs")).unwrap();
    let manifest = std::fs::read_to_string(source.join("Cargo.toml")).unwrap();
    assert!(manifest.contains(r#""../../..""#));
    let manifest =
        manifest.replace(r#""../../..""#, &format!("{:?}", dependency.display().to_string()));
    std::fs::write(copy.join("Cargo.toml"), manifest).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(&subcommand[..1])
        .args(["--offline", "--quiet", "--manifest-path"])
        .arg(copy.join("Cargo.toml"))
        .args(&subcommand[1..])
        // The toolchain of the sources, and nobody else's flags.
        .current_dir(library())
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        // What measures the tests' coverage is not to measure the fixture's.
        .env_remove("RUSTC_WRAPPER")
        .envs(flags.map(|flags| ("RUSTFLAGS", flags)))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} does not build:\n{errors}");
    copy.join("target").join(target().unwrap_or_default()).join(profile)
}

/// Of the tests and so of the fixture, if they are for another machine than this.
fn target() -> Option<String> {
    std::env::var("CARGO_BUILD_TARGET").ok()
}

/// The assembly of a crate, of what was built with `--emit=asm` into this folder.
pub(crate) fn assembly(built: &Path, name: &str) -> String {
    let files = std::fs::read_dir(built.join("deps")).unwrap().map(|entry| entry.unwrap().path());
    let is_of = |path: &PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy();
        file.starts_with(&format!("{name}-")) && file.ends_with(".s")
    };
    let found: Vec<_> = files.filter(is_of).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    std::fs::read_to_string(&found[0]).unwrap()
}
