//! Every set of features, linted: a warning fails.
//!
//! Not by `cargo hack`, for which the package in the root of a workspace is all of the
//! workspace's default members, and so also the models.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{Goal::Exactly, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let features = features(run)?;
    let sets = sets(&features);
    for set in &sets {
        let mut clippy = run.cargo(["clippy", "--quiet", "--locked", "-p", "bellwether"]);
        clippy.args(["--no-default-features", "--features", &set.join(",")]);
        run.execute(clippy.args(["--", "-D", "warnings"]))?;
    }
    run.figure("features", features.len() as f64, "");
    run.figure("sets", sets.len() as f64, "sets of features");
    // Of six features, of which `std` switches `alloc` on.
    run.goal("sets", Exactly(48.0));
    Ok(())
}

type Features = BTreeMap<String, Vec<String>>;

/// The library's features, and what each switches on.
fn features(run: &mut Run) -> Result<Features, String> {
    let mut metadata = run.cargo(["metadata", "--locked", "--no-deps", "--format-version=1"]);
    let text = run.execute(&mut metadata)?;
    let json = text.lines().find(|line| line.starts_with('{')).ok_or("no metadata")?;
    let mut json: Value = serde_json::from_str(json).map_err(|why| why.to_string())?;
    let packages = json["packages"].as_array_mut().ok_or("no packages")?;
    let library = packages.iter_mut().find(|package| package["name"] == "bellwether");
    let features = library.ok_or("no library")?["features"].take();
    let mut features: Features = serde_json::from_value(features).map_err(|why| why.to_string())?;
    features.remove("default");
    Ok(features)
}

/// All sets that differ in what is on.
fn sets(features: &Features) -> Vec<Vec<&str>> {
    let names: Vec<_> = features.keys().map(String::as_str).collect();
    let all = (0..1_u32 << names.len()).map(|bits| {
        let chosen = |&(n, _): &(usize, &&str)| bits >> n & 1 == 1;
        names.iter().enumerate().filter(chosen).map(|(_, name)| *name).collect::<Vec<_>>()
    });
    let complete = |set: &Vec<&str>| {
        let implied = set.iter().flat_map(|name| &features[*name]);
        implied.filter(|name| features.contains_key(*name)).all(|name| set.contains(&&**name))
    };
    all.filter(complete).collect()
}

#[test]
fn sets_are_complete() {
    let features: Features = [("a", vec![]), ("b", vec!["a", "dep:c"]), ("c", vec!["dep:c"])]
        .map(|(name, on)| (name.into(), on.into_iter().map(str::to_string).collect()))
        .into();
    let found: Vec<_> = sets(&features).iter().map(|set| set.concat()).collect();
    assert_eq!(found, ["", "a", "ab", "c", "ac", "abc"]);
}
