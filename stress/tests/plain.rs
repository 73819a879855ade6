//! The programs without a sanitizer: they play, and they refuse what is none of theirs.
#![cfg(not(miri))]

use std::process::{Command, Output};

fn stress(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stress")).args(arguments).output().expect("it runs")
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect()
}

#[test]
fn each_program_plays() {
    let list = lines(&stress(&["list"]));
    let programs: Vec<_> = list.iter().filter(|line| !line.starts_with("seed ")).collect();
    let output = stress(&["run", "all", "2"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = lines(&output);
    assert_eq!(said.len(), programs.len());
    for (said, program) in said.iter().zip(programs) {
        let name = program.split(' ').nth(1).unwrap();
        assert!(said.starts_with(&format!("{name}: ")), "{said}");
    }
}

#[test]
fn what_there_is_not_is_refused() {
    for arguments in [&["run", "nothing", "1"][..], &["run", "all", "few"], &["seed", "all"], &[]] {
        assert_eq!(stress(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
