//! Each program in `wrong/` is refused, with the message beside it; the program of the
//! same name in `right/` is accepted, and runs. They differ in a few lines, so that the
//! first is refused for what its name says and not for a slip of the pen.
//!
//! After a change that is meant, or with another compiler:
//! `TRYBUILD=overwrite cargo test -p compile-fail`.

use std::collections::BTreeSet;
use std::fs;

/// So many lines of one are not in the other, at most.
const FEW: usize = 4;

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let files = entries.map(|name| name.into_string().unwrap());
    files.filter_map(|file| Some(file.strip_suffix(".rs")?.to_string())).collect()
}

fn lines(folder: &str, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(format!("{folder}/{name}.rs")).unwrap();
    text.lines().map(str::to_string).collect()
}

#[test]
fn each_has_its_pair() {
    let (wrong, right) = (names("wrong"), names("right"));
    assert_eq!(wrong, right);
    assert!(wrong.len() >= 20, "{} pairs", wrong.len());
    for name in wrong {
        let (wrong, right) = (lines("wrong", &name), lines("right", &name));
        for (these, those) in [(&wrong, &right), (&right, &wrong)] {
            let differ: Vec<_> = these.difference(those).collect();
            assert!((1..=FEW).contains(&differ.len()), "{name}: {differ:#?}");
        }
    }
    println!("figure pairs {}", names("wrong").len());
}

#[test]
fn the_wrong_are_refused_and_the_right_run() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("wrong/*.rs");
    cases.pass("right/*.rs");
}
