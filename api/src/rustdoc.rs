//! The library as rustdoc describes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use crate::Result;

const LIBRARY: &str = "bellwether";

/// Which features the library is built with.
#[derive(Clone, Copy)]
pub(crate) enum Features<'a> {
    None,
    Only(&'a str),
    All,
}

pub(crate) struct Library {
    root: PathBuf,
    target: PathBuf,
    /// Each feature, and those that it switches on, however indirectly.
    pub(crate) features: BTreeMap<String, BTreeSet<String>>,
}

impl Library {
    pub(crate) fn new(root: &Path) -> Result<Self> {
        // Paths in `CARGO_TARGET_DIR` are relative to where cargo was called.
        let target = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let target = std::path::absolute(target)?.join("api");
        Ok(Self { root: root.to_path_buf(), target, features: features(root)? })
    }

    /// The path of the JSON, which the next call overwrites.
    pub(crate) fn describe(&self, features: Features) -> Result<PathBuf> {
        let file = self.target.join(format!("doc/{LIBRARY}.json"));
        if file.exists() {
            fs::remove_file(&file)?;
        }
        let mut cargo = cargo(&self.root);
        cargo.args(["rustdoc", "--quiet", "--locked", "--package", LIBRARY, "--lib"]);
        match features {
            Features::None => cargo.arg("--no-default-features"),
            Features::Only(feature) => cargo.args(["--no-default-features", "--features", feature]),
            Features::All => cargo.arg("--all-features"),
        };
        cargo.arg("--target-dir").arg(&self.target);
        cargo.args(["--", "-Zunstable-options", "--output-format=json"]);
        // Links to what a feature brings are broken without it; CI checks them with all.
        cargo.arg("--cap-lints=allow");
        // The format is not stable, so the pinned compiler has to be asked twice.
        succeed(cargo.env("RUSTC_BOOTSTRAP", "1"))?;
        if !file.exists() {
            return Err(format!("rustdoc has not written {}", file.display()).into());
        }
        Ok(file)
    }
}

fn features(root: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut cargo = cargo(root);
    let output = succeed(cargo.args(["metadata", "--no-deps", "--locked", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_slice(&output)?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let library = packages.iter().find(|p| p["name"] == LIBRARY).ok_or("no library")?;
    let declared: BTreeMap<String, Vec<String>> =
        serde_json::from_value(library["features"].clone())?;

    let implied = |feature: &str| {
        let mut all = BTreeSet::new();
        let mut more = vec![feature];
        while let Some(next) = more.pop() {
            for other in declared[next].iter().filter(|f| declared.contains_key(*f)) {
                if all.insert(other.clone()) {
                    more.push(other);
                }
            }
        }
        all
    };
    let names = declared.keys().filter(|name| *name != "default");
    Ok(names.map(|name| (name.clone(), implied(name))).collect())
}

fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(root);
    cargo
}

/// What it prints.
fn succeed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    Ok(output.stdout)
}
