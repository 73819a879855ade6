//! Runs every model, each as a test of its own, and every one again with weak
//! compare-exchanges that fail. Prints and checks how much was explored:
//! `cargo test -p loom-tests -- --nocapture`.

#[path = "../models/list.rs"]
#[allow(dead_code, reason = "the mutation run uses more")]
mod models;

use models::support::Model;

/// Counts, floors and the mutation run go by the name.
#[test]
fn names_are_unique() {
    let mut names: Vec<_> =
        models::CROWDS.iter().chain(models::PAIRS).map(|model| model.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// A model that must fail does: an initialiser's value without the cell between.
#[test]
#[should_panic(expected = "Causality violation")]
fn a_race_is_seen() {
    let racy = Model {
        name: "a race",
        bound: None,
        floor: 1,
        run: || {
            let effects = loom::sync::Arc::new(models::support::Effects::new());
            let other = effects.clone();
            let thread = loom::thread::spawn(move || other.leave());
            effects.leave();
            thread.join().unwrap();
        },
    };
    racy.explore();
}

/// A lost wake-up does not pass either.
#[test]
#[should_panic(expected = "deadlock")]
fn a_hang_is_seen() {
    let hangs = Model {
        name: "a hang",
        bound: None,
        floor: 1,
        run: || {
            models::support::block_on_with::<models::support::Bell, _>(
                core::future::pending::<()>(),
            );
        },
    };
    hangs.explore();
}
