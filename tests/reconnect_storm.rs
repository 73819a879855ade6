//! `examples/reconnect_storm`, as a person runs it, with few sessions and fast events.
#![cfg(all(feature = "std", not(miri)))]

#[path = "support/example.rs"]
mod example;

use std::process::Command;

fn run(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn storm(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = example::example("reconnect_storm");
    command.args(arguments);
    run(command)
}

/// The number at the end of the line that begins so.
#[track_caller]
fn number(shown: &str, label: &str) -> u64 {
    let rest = shown.lines().find_map(|line| line.strip_prefix(label));
    let word = rest.and_then(|rest| rest.split_whitespace().next());
    let digits = word.unwrap_or_else(|| panic!("no {label:?} in\n{shown}")).replace(',', "");
    digits.parse().unwrap()
}

#[track_caller]
fn held(status: Option<i32>, shown: &str, complaints: &str) {
    assert_eq!((status, complaints), (Some(0), ""), "{shown}");
    assert!(shown.contains("\n8 of 8 guarantees held.\n"), "{shown}");
    assert_eq!(shown.matches("\n  pass  ").count(), 8, "{shown}");
}

#[test]
fn all_guarantees_hold() {
    let (status, shown, complaints) = storm(&["--sessions", "60", "--rate=2000"]);
    held(status, &shown, &complaints);
    for line in [
        "60 sessions, as asked for",
        "all 60 sessions are connected and receive",
        "18 of them stop reading",
        "2 more are cut off, and all 20 come back at once",
        "60 sessions have received `closed`",
        "every session balances  60 of 60: ",
        "every receipt balances  80 subscribers: ",
        "0 events or gaps out of their turn",
        "0 checksum failures",
        "1 of another epoch, 1 ahead, 1 malformed",
        "0 subscribers, 0 of them waiting",
    ] {
        assert!(shown.contains(line), "no {line:?} in\n{shown}");
    }
    // More was published while they were away than is retained.
    let missed = number(&shown, "events missed by sessions, and told");
    assert!(missed > 0, "{shown}");
    let by_events = number(&shown, "  evicted last by the bound of count");
    assert_eq!(missed, by_events + number(&shown, "  evicted last by the bound of bytes"));
    assert!(number(&shown, "  of these, replayed after the storm") > 0, "{shown}");
    let evicted = number(&shown, "  evicted by the bound of events")
        + number(&shown, "  evicted by the bound of bytes");
    let published = number(&shown, "events published");
    assert!((1..=64).contains(&(published - evicted)), "{shown}");
    let after = |label| shown.lines().skip_while(move |line| *line != label).nth(1).unwrap();
    let times = after("resume: from the storm to the answer");
    assert!(times.trim_start().starts_with("count 20, p50 "), "{times}");
}

/// One of each part, and the fewest that can be played.
#[test]
fn twelve_sessions_suffice() {
    let (status, shown, complaints) = storm(&["--sessions=12", "--rate", "2000"]);
    held(status, &shown, &complaints);
}

/// As in a shell whose limit is low.
#[cfg(unix)]
fn with_few_files(files: usize, sessions: &str) -> (Option<i32>, String, String) {
    let example = example::example("reconnect_storm");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]);
    command.arg(example.get_program()).args(example.get_args());
    command.args(["--rate", "2000", "--sessions", sessions]);
    run(command)
}

#[cfg(unix)]
#[test]
fn as_many_are_played_as_files_may_be_open() {
    let (status, shown, complaints) = with_few_files(200, "1000");
    held(status, &shown, &complaints);
    let why = "66 sessions instead of 1,000: 200 files may be open, and a session needs two";
    assert!(shown.contains(why), "{shown}");

    let (status, shown, complaints) = with_few_files(72, "1000");
    assert_eq!((status, shown.as_str()), (Some(1), ""), "{complaints}");
    assert!(complaints.contains("too few for the scene"), "{complaints}");
}

#[test]
fn a_careless_caller_is_told() {
    let cases: &[(&[&str], &str)] = &[
        (&["--sessions", "11"], "--sessions expects a whole number from 12 to 20,000, and found"),
        (&["--sessions", "many"], "and found \"many\""),
        (&["--sessions=-5"], "and found \"-5\""),
        (&["--sessions=20001"], "and found \"20001\""),
        (&["--sessions"], "and found nothing"),
        (&["--rate", "0"], "--rate expects a whole number from 1 to 100,000, and found \"0\""),
        (&["--rate", "2", "--rate", "3"], "--rate is given twice"),
        (&["60"], "unknown argument \"60\""),
        (&[""], "unknown argument \"\""),
    ];
    for (arguments, expected) in cases {
        let (status, shown, complaints) = storm(arguments);
        assert_eq!((status, shown.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(complaints.contains(expected), "{arguments:?}: {complaints}");
        assert!(complaints.contains("\n\nUsage: reconnect_storm "), "{complaints}");
    }
    let (status, shown, complaints) = storm(&["--help"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""));
    assert!(shown.starts_with("Usage: reconnect_storm "));
}
