//! Deletes hooks from a copy of the library's sources, by a list of what belongs
//! to them: `tests/fixtures/zero_cost/without_hooks.patch`.

use std::fs;
use std::path::Path;

const PATCH: &str = include_str!("../fixtures/zero_cost/without_hooks.patch");

/// Words of hooks, none of which may be left in the code.
const TRACES: [&str; 12] = [
    "wait_begin",
    "wait_end",
    "init_begin",
    "init_end",
    "Span",
    "span",
    "Site",
    "site",
    "track_caller",
    "outcome",
    "InitOutcome",
    "WaitOutcome",
];

/// Applies the list to the package in this folder.
///
/// # Panics
///
/// If a text of the list is not there exactly once, or if hooks are left: who
/// changes `src/once` says in the list what of it belongs to hooks.
pub(crate) fn strip(package: &Path) {
    let files: Vec<_> = PATCH.split("=== ").skip(1).collect();
    assert!(files.len() >= 5, "the list is cut off");
    for file in files {
        let (name, hunks) = file.split_once('\n').unwrap();
        let path = package.join(name);
        let mut text = fs::read_to_string(&path).unwrap();
        for hunk in hunks.split("@@\n") {
            let [from, to] = ['-', '+'].map(|kept| side(hunk, kept));
            let found = text.matches(&from).count();
            assert_eq!(
                found, 1,
                "{name} has this {found} times, without_hooks.patch once:\n{from}"
            );
            text = text.replace(&from, &to);
        }
        fs::write(&path, text).unwrap();
    }
    for entry in fs::read_dir(package.join("src/once")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let trace = words.find(|word| TRACES.contains(word));
            assert_eq!(trace, None, "hooks are left in {}:\n{line}", path.display());
        }
    }
}

/// One side of a hunk: its context, and the lines that are marked so.
fn side(hunk: &str, kept: char) -> String {
    let of_side = |line: &str| match line.chars().next() {
        None => Some("\n".to_string()),
        Some(mark) if mark == ' ' || mark == kept => Some(format!("{}\n", &line[1..])),
        Some('-' | '+') => None,
        Some(_) => panic!("neither context nor change: {line}"),
    };
    hunk.lines().filter_map(of_side).collect()
}
