//! Hooks that are `()` cost nothing: the machine code and the sizes are those of
//! a library without hooks.
//!
//! The library is built twice with the same fixture, in the same folder, with the
//! same flags: as it is, and with every trace of hooks deleted from its sources.
//! Then each function of both crates consists of the same instructions. Only the
//! order of its blocks is left open; nothing is measured.
#![cfg(not(miri))]
#![cfg(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

#[path = "support/fixture.rs"]
mod fixture;
#[path = "support/without_hooks.rs"]
mod without_hooks;

/// Of the copy, which is in no workspace.
const MANIFEST: &str = r#"
[package]
name = "bellwether"
version = "0.0.0"
edition = "2024"

[features]
default = ["std"]
std = ["alloc"]
alloc = []
"#;

/// The instructions of a function, sorted.
type Body = Vec<String>;

/// Functions by name; both crates may have a copy.
type Code = BTreeMap<String, Vec<Body>>;

struct Builds {
    as_it_is: Code,
    without_hooks: Code,
    /// As it is, with hooks that count.
    hooked: Code,
}

static BUILDS: LazyLock<Builds> = LazyLock::new(|| Builds {
    as_it_is: compiled(|_| {}, ""),
    without_hooks: compiled(without_hooks::strip, ""),
    hooked: compiled(|_| {}, "hooked"),
});

/// The code of library and fixture, with a copy of the library that is edited.
fn compiled(edit: impl FnOnce(&Path), features: &str) -> Code {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zero_cost_library");
    let _ = fs::remove_dir_all(&package);
    copy(&fixture::library().join("src"), &package.join("src"));
    fs::write(package.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(package.join("README.md"), "").unwrap();
    edit(&package);
    let build = ["build", "--release", "--features", features];
    // Names with types: instances of a generic function can be told apart.
    let flags = "--emit=asm -Csymbol-mangling-version=v0";
    let built = fixture::build_with(&package, "zero_cost", &build, "release", Some(flags));
    let crates = ["zero_cost", "bellwether"].map(|name| fixture::assembly(&built, name));
    functions(&crates.join("\n"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::write(to, fs::read(from).unwrap()).unwrap();
        }
    }
}

/// All functions of an assembly, and the names that are given to one twice.
fn functions(assembly: &str) -> Code {
    let mut code = Code::new();
    let mut current = None;
    for line in assembly.lines() {
        let text = line.trim();
        if let Some(name) = line.strip_suffix(':').filter(|name| is_symbol(name)) {
            let bodies = code.entry(plain(name)).or_default();
            bodies.push(Body::new());
            current = Some(plain(name));
        } else if let Some((name, same)) = alias(line) {
            code.entry(plain(name)).or_default().push(vec![format!("is {}", plain(same))]);
        } else if is_instruction(text) {
            if let Some(bodies) = current.as_ref().and_then(|name| code.get_mut(name)) {
                bodies.last_mut().unwrap().push(plain(text));
            }
        }
    }
    for bodies in code.values_mut() {
        // Data has a name, and no instructions.
        bodies.retain(|body| !body.is_empty());
        bodies.iter_mut().for_each(|body| body.sort());
        bodies.sort();
    }
    code.retain(|_, bodies| !bodies.is_empty());
    code
}

/// A second name for a function: `.set name, same` or `name = same`.
fn alias(line: &str) -> Option<(&str, &str)> {
    let (name, same) = match line.trim().strip_prefix(".set") {
        Some(set) => set.split_once(',')?,
        None => line.split_once(" = ")?,
    };
    let (name, same) = (name.trim(), same.trim());
    (is_symbol(name) && is_symbol(same)).then_some((name, same))
}

fn is_instruction(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(['.', '#', '/', ';']) && !text.ends_with(':')
}

/// A name at the beginning of a line that is not local to its file.
fn is_symbol(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || "_\"?$".contains(c)) && !is_local(name)
}

fn is_local(name: &str) -> bool {
    let apple = cfg!(target_vendor = "apple");
    name.starts_with(".L") || (apple && ["L", "l_"].iter().any(|start| name.starts_with(start)))
}

/// The text without what differs from build to build: the names of local labels.
fn plain(text: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "_.$".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let length = rest[start..].find(|c| !is_part(c)).unwrap_or(rest.len() - start);
        let (before, word) = rest[..start + length].split_at(start);
        out.push_str(before);
        out.push_str(if is_local(word) { "local" } else { word });
        rest = &rest[start + length..];
    }
    out + rest
}

fn lengths(code: &Code, name: &str) -> Vec<usize> {
    code.get(name).into_iter().flatten().map(Vec::len).collect()
}

fn instructions(code: &Code) -> usize {
    code.keys().flat_map(|name| lengths(code, name)).sum()
}

/// The one function that differs: it asks whether the thread unwinds, to tell
/// `Panicked` from `Cancelled`.
fn is_dropping_a_guard(name: &str) -> bool {
    name.contains("guard") && name.contains("abandon")
}

#[test]
fn hooks_that_are_unit_cost_no_instruction() {
    let Builds { as_it_is, without_hooks, .. } = &*BUILDS;
    println!("{} functions, {} instructions", as_it_is.len(), instructions(as_it_is));
    assert!(as_it_is.len() > 50 && instructions(as_it_is) > 2_000, "too little was read");
    let names = as_it_is.keys().chain(without_hooks.keys());
    let differ: BTreeMap<_, _> = names
        .filter(|name| as_it_is.get(*name) != without_hooks.get(*name))
        .filter(|name| !is_dropping_a_guard(name))
        .map(|name| (name, [lengths(as_it_is, name), lengths(without_hooks, name)]))
        .collect();
    assert!(differ.is_empty(), "instructions with hooks, and without: {differ:#?}");
}

/// A load and a test, and a call if any thread unwinds: executed where a guard is
/// dropped unset, and nowhere else.
#[test]
fn dropping_a_guard_asks_whether_the_thread_unwinds() {
    let Builds { as_it_is, without_hooks, .. } = &*BUILDS;
    let name = without_hooks.keys().find(|name| is_dropping_a_guard(name)).expect("is there");
    let [with, without] = [as_it_is, without_hooks].map(|code| lengths(code, name));
    assert_eq!((with.len(), without.len()), (1, 1));
    println!("{} for {}", with[0], without[0]);
    assert!(with[0] <= without[0] + 20, "{} for {}", with[0], without[0]);
}

/// Else the comparison would show nothing.
#[test]
fn hooks_that_count_are_seen() {
    let Builds { as_it_is, hooked, .. } = &*BUILDS;
    for probe in ["guard_set", "try_lead"] {
        let ends = format!("probe_{probe}");
        let name = as_it_is.keys().find(|name| name.ends_with(&ends)).expect("a probe");
        let [plain, hooked] = [as_it_is, hooked].map(|code| lengths(code, name));
        assert!(plain < hooked, "{probe}: {plain:?}, {hooked:?} with hooks");
    }
    assert!(instructions(as_it_is) < instructions(hooked));
    let sizes = as_it_is.keys().filter(|name| name.contains("size_of_")).count();
    assert_eq!(sizes, 9, "the sizes are among what is compared");
}
