//! The main job, as a person runs it: `examples/presence`, built and started.

#![cfg(not(miri))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const WHOLE: &str = include_str!("../examples/presence/presence.conf");

#[path = "../examples/presence/config.rs"]
mod config;
#[path = "support/example.rs"]
mod example;

fn presence() -> Command {
    example::example("presence")
}

fn run(arguments: &[&str]) -> Output {
    presence().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap()
}

/// It says why on stderr, and plays nothing.
#[track_caller]
fn refused(output: &Output, status: i32) -> &str {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{message}");
    assert_eq!(text(&output.stdout), "");
    assert!(message.starts_with("presence: "), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// A file of this test's own.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, content).unwrap();
        Self(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[track_caller]
fn held(output: &Output) {
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    assert!(shown.contains("8 of 8 guarantees held."), "{shown}");
    assert_eq!(shown.matches("\n  pass  ").count(), 8, "{shown}");
}

#[test]
fn all_guarantees_hold() {
    let output = run(&["--tasks", "500", "--workers", "4"]);
    held(&output);
    let shown = text(&output.stdout);
    for word in ["500 tasks", "4 workers", "is aborted midway", "cut copy of presence.conf, line "]
    {
        assert!(shown.contains(word), "no {word:?} in\n{shown}");
    }
    let row = |label: &str| {
        let line = shown.lines().find(|line| line.starts_with(label)).unwrap();
        line[label.len()..].split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(row("tasks served"), ["500", "500"]);
    assert_eq!(row("tries to initialise"), ["3", "3"]);
    assert!(shown.lines().all(|line| line.len() <= 100 || line.contains(".conf")), "{shown}");
}

/// With nobody else to take over, the one task is cancelled, fails and succeeds.
#[test]
fn one_task_and_one_worker_suffice() {
    held(&run(&["--tasks=1", "--workers=1"]));
}

#[test]
fn a_file_may_be_named() {
    let file = Scratch::new("named.conf", WHOLE.replace('\n', "\r\n"));
    held(&run(&["--tasks", "20", "--workers", "2", "--", file.name()]));
}

#[test]
fn bad_arguments_are_refused_with_the_usage() {
    let cases: &[(&[&str], &str)] = &[
        (&["--tasks", "0"], "--tasks expects a whole number from 1 to 1,000,000, and found \"0\""),
        (&["--tasks", "many"], "and found \"many\""),
        (&["--tasks", "-1"], "and found \"-1\""),
        (&["--tasks=1000001"], "and found \"1000001\""),
        (&["--tasks"], "and found nothing"),
        (&["--workers", "0"], "--workers expects a whole number from 1 to 512, and found \"0\""),
        (&["--workers", "99999999999999999999"], "and found \"99999999999999999999\""),
        (&["--workers", "2", "--workers", "3"], "--workers is given twice"),
        (&["--colour"], "unknown option \"--colour\""),
        (&["one.conf", "two.conf"], "expected one file, found a second: \"two.conf\""),
        (&[""], "found an empty argument"),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        let message = refused(&output, 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(message.contains("\n\nUsage: presence "), "{message}");
    }
}

#[test]
fn help_is_no_error() {
    for flag in ["-h", "--help"] {
        let output = run(&[flag]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).starts_with("Usage: presence "));
    }
}

#[test]
fn a_bad_file_is_named_with_the_line() {
    let cases = [
        ("empty.conf", "", ", line 1: the file is empty; expected"),
        ("bare.conf", "# why\nheartbeat\n", ", line 2: expected `key = value` or `end`"),
        ("key.conf", "colour = red\n", ", line 1: unknown key \"colour\"; expected heartbeat"),
        ("twice.conf", "heartbeat = 1 s\nheartbeat = 1 s\n", ", line 2: the key is given twice"),
        ("unit.conf", "\n\nheartbeat = 15\n", ", line 3: expected a time such as `15 s`"),
        ("shard.conf", "shard a = 10.0.0.1 weight 1", ", line 1: expected an address such as"),
        ("cut.conf", "heartbeat = 15 s\n", ", line 1: the file stops here; expected a last line"),
        ("few.conf", "heartbeat = 15 s\nend\n", ", line 2: `offline_after` is missing"),
    ];
    for (name, content, expected) in cases {
        let file = Scratch::new(name, content);
        let output = run(&[file.name()]);
        let message = refused(&output, 1);
        assert!(message.contains(&format!("{}{expected}", file.name())), "{message}");
    }
    let file = Scratch::new("bytes.conf", b"heartbeat = 15 s\nmax\xff\n");
    let output = run(&[file.name()]);
    assert!(refused(&output, 1).contains(", line 2: byte 4 is not UTF-8 text"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere.conf");
    assert!(
        refused(&run(&[missing.to_str().unwrap()]), 1).contains("nowhere.conf: cannot be read: ")
    );

    let output = run(&[env!("CARGO_TARGET_TMPDIR")]);
    assert!(refused(&output, 1).contains(": is not a file; expected a configuration file"));

    let endless = Scratch::new("long.conf", vec![b'#'; (1 << 20) + 1]);
    assert!(refused(&run(&[endless.name()]), 1).contains("long.conf: is longer than 1 MiB"));
}

/// As with `| head`.
#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = presence()
        .args(["--tasks", "20", "--workers", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// Xorshift: the same bytes in each run.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 16) as usize
}

/// The parser has an answer for any bytes, and its line is one of the file's.
fn answers(bytes: &[u8]) -> bool {
    match config::parse(bytes) {
        Ok(config) => !config.to_string().is_empty(),
        Err(error) => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&error.line), "{error}");
            assert!(!error.what.contains('\n') && error.what.len() < 1000, "{error}");
            false
        }
    }
}

#[test]
fn the_parser_never_panics() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let words = ["heartbeat", "=", "shard ", "15 s", "weight", "\n", " ", "end\n", "#", "é", "\r"];
    for _ in 0..500 {
        let length = random(&mut state) % 200;
        let noise: Vec<u8> = (0..length).map(|_| random(&mut state) as u8).collect();
        answers(&noise);
        let soup: String = (0..length / 4).map(|_| words[random(&mut state) % 11]).collect();
        answers(soup.as_bytes());
        let mut damaged = WHOLE.as_bytes().to_vec();
        for _ in 0..=random(&mut state) % 3 {
            let at = random(&mut state) % damaged.len();
            damaged[at] = random(&mut state) as u8;
        }
        answers(&damaged);
    }
}

#[test]
fn a_file_that_lacks_its_tail_never_passes() {
    let whole = WHOLE.trim_end().as_bytes();
    assert!(answers(whole));
    for cut in 0..whole.len() {
        assert!(!answers(&whole[..cut]), "cut at {cut}");
    }
}
