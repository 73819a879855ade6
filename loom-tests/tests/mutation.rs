//! The mutation run tells what is broken from what is not: of each kind of mutant one
//! that a model is known to kill, one that breaks nothing, and what is no mutant.

#[path = "../src/bin/mutate/source.rs"]
#[allow(dead_code, reason = "the run uses more")]
mod source;

use std::process::{Command, Output};

use source::Source;

fn mutate<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutate"));
    command.args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into()
}

/// The first site of the model that is this operation in this file.
fn site(model: &str, file: &str, operation: &str) -> String {
    let output = mutate(["--sites", model]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let text = text(&output.stdout);
    let sites = text.lines().filter_map(|line| line.strip_prefix("site ")?.rsplit_once(": "));
    let mut sites = sites.map(|(site, _)| site);
    let site = sites.find(|site| site.starts_with(file) && site.ends_with(operation));
    site.unwrap_or_else(|| panic!("{model} has no {operation} of {file}:\n{text}")).into()
}

/// How the run ends for that mutant, and what it says.
fn fate(model: &str, file: &str, operation: &str, mutation: &str) -> (Option<i32>, String) {
    let site = site(model, file, operation);
    let output = mutate(["--mutant", &site, mutation, model]);
    (output.status.code(), text(&output.stdout))
}

#[track_caller]
fn dies(model: &str, file: &str, operation: &str, mutation: &str) {
    let (code, text) = fate(model, file, operation, mutation);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&format!("killed by {model} after ")), "{text}");
}

#[test]
fn an_ordering_that_is_weakened_is_killed() {
    dies("close_beside_close", "src/replay/lock.rs:", " compare_exchange_weak success", "Relaxed");
}

#[test]
fn a_fence_that_is_removed_is_killed() {
    dies("wait_beside_laps", "src/replay/ring.rs:", " fence order", "removed");
}

#[test]
fn a_read_modify_write_in_two_steps_is_killed() {
    dies("claim_beside_claim", "src/histogram/single_writer.rs:", " swap whole", "two steps");
}

#[test]
fn a_wake_up_that_is_skipped_is_killed() {
    dies("wait_beside_set", "src/waiters/settle.rs:", " wakes call", "skipped");
    dies("recv_blocking_beside_publish", "src/block_on.rs:", " unpark call", "skipped");
}

#[test]
fn steps_that_are_swapped_are_killed() {
    dies("get_beside_set", "src/once.rs:", " in_order pair", "swapped");
}

/// The ordering that it has anyhow.
#[test]
fn what_breaks_nothing_survives() {
    let (code, text) = fate("get_beside_set", "src/once/state.rs:", " load order", "Acquire");
    assert_eq!((code, text.ends_with("survived\n")), (Some(0), true), "{text}");
}

/// Neither counts as survived or killed.
#[test]
fn what_is_no_mutant_is_an_error() {
    let here = site("get_beside_set", "src/once/state.rs:", " load order");
    let gone = here.replace("state", "estate");
    let wrongs = [
        ([gone.as_str(), "Relaxed", "get_beside_set"], "no model reached src/once/estate"),
        // There, and not for this model.
        ([here.as_str(), "Relaxed", "claim_beside_claim"], "no model reached src/once/state"),
        ([here.as_str(), "Loose", "get_beside_set"], "unknown mutation Loose"),
        ([here.as_str(), "Relaxed", "get_beside_nobody"], "there is no model get_beside_nobody"),
    ];
    for (arguments, why) in wrongs {
        let output = mutate(["--mutant"].into_iter().chain(arguments));
        let text = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(why), "{text}");
    }
}

/// What a model that reaches nothing would hide.
#[test]
fn what_the_source_has_is_found_by_its_text() {
    let text = r#"
        //! Release
        use crate::sync::{Acquire, AcqRel};
        fn add(word: &Word, order: Ordering) { // Acquire
            word.write::<ALONE, { 1 }>("Release", Release);
            word.fetch_add(1, Relaxed);
            /* SeqCst */ fence(Ordering::SeqCst);
            word.load(Relaxed);
        }
        without_u64! { fn none() { word.load(Acquire); } }
        with_u64! {
            fn some() -> bool {
                wakes!(word
                    .compare_exchange_weak(1, 2, AcqRel, Acquire).is_ok())
            }
        }
        mod tests { fn none() { word.load(Acquire); } }
    "#;
    let mut source = Source::default();
    source.file("src/add.rs", text);
    let found: Vec<_> =
        source.named.iter().map(|named| (named.line, named.column, named.what.as_str())).collect();
    let right = [
        (5, 18, "write Release"),
        (6, 18, "fetch_add Relaxed"),
        (7, 26, "fence SeqCst"),
        (13, 17, "wakes"),
        (14, 22, "compare_exchange_weak AcqRel"),
        (14, 22, "compare_exchange_weak Acquire"),
    ];
    assert_eq!(found, right);
    assert_eq!(source.function_at("src/add.rs", 6), "add");
    assert_eq!(source.function_at("src/add.rs", 14), "some");
    assert_eq!(source.function_at("src/other.rs", 14), "");
}
