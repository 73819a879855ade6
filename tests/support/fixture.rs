//! Builds a fixture: a package of its own, under `tests/fixtures`, that depends
//! on the library alone, so that it needs no network.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies the fixture out of the sources, which stay clean, and runs Cargo on
/// it. Returns the folder of what was built.
pub(crate) fn build(name: &str, subcommand: &[&str], profile: &str) -> PathBuf {
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = library.join("tests/fixtures").join(name);
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(copy.join("src")).unwrap();
    std::fs::copy(source.join("src/lib.rs"), copy.join("src/lib.rs")).unwrap();
    let manifest = std::fs::read_to_string(source.join("Cargo.toml")).unwrap();
    assert!(manifest.contains(r#""../../..""#));
    let manifest =
        manifest.replace(r#""../../..""#, &format!("{:?}", library.display().to_string()));
    std::fs::write(copy.join("Cargo.toml"), manifest).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(&subcommand[..1])
        .args(["--offline", "--quiet", "--manifest-path"])
        .arg(copy.join("Cargo.toml"))
        .args(&subcommand[1..])
        // The toolchain of the sources, and nobody else's flags.
        .current_dir(library)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} does not build:\n{errors}");
    copy.join("target").join(profile)
}
