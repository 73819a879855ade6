//! The library needs no std: a crate without it uses every call that is left,
//! and a panic handler of its own, which std's would clash with.
#![cfg(not(miri))]

#[path = "support/fixture.rs"]
mod fixture;

#[test]
fn a_crate_without_std_builds() {
    let built = fixture::build("without_std", &["build"], "debug");
    let library = std::fs::read_dir(built).unwrap().map(|entry| entry.unwrap().path());
    let ends =
        |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "a" || end == "lib");
    assert_eq!(library.filter(ends).count(), 1);
}
