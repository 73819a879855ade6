//! The library's tests with all features, without any, and as on targets that have
//! no 64-bit atomics; the bounded models come with the README's `cargo test`.

use crate::run::{Goal::Exactly, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let mut passed = 0;
    let mut failed = 0;
    let ways: [&[&str]; 3] = [
        &["test"],
        &["test", "-p", "bellwether", "--all-features"],
        &["test", "-p", "bellwether", "--no-default-features"],
    ];
    for way in ways {
        let text = run.execute(&mut run.cargo(way.iter().copied()))?;
        add(&text, &mut passed, &mut failed);
    }
    let mut narrow = run.cargo([
        "test",
        "-p",
        "bellwether",
        "--all-targets",
        "--no-default-features",
        "--features",
        "std,serde",
        "--target-dir",
        "target/no-u64",
    ]);
    narrow.env("RUSTFLAGS", "--cfg bellwether_no_u64");
    let text = run.execute(&mut narrow)?;
    add(&text, &mut passed, &mut failed);
    run.figure("passed", passed as f64, "tests");
    run.figure("failed", failed as f64, "tests");
    run.goal("failed", Exactly(0.0));
    Ok(())
}

/// Adds up cargo's lines `test result: ok. 12 passed; 0 failed; ...`.
fn add(text: &str, passed: &mut usize, failed: &mut usize) {
    for line in text.lines().filter(|line| line.starts_with("test result: ")) {
        let words: Vec<_> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            match pair[1] {
                "passed;" => *passed += pair[0].parse::<usize>().unwrap_or(0),
                "failed;" => *failed += pair[0].parse::<usize>().unwrap_or(0),
                _ => {}
            }
        }
    }
}

#[test]
fn results_add_up() {
    let text = "test result: ok. 12 passed; 0 failed; 0 ignored\nrunning\ntest result: FAILED. 3 passed; 2 failed; 0 ignored";
    let (mut passed, mut failed) = (0, 0);
    add(text, &mut passed, &mut failed);
    assert_eq!((passed, failed), (15, 2));
}
