//! `examples/session_herd`, as a person runs it, with few sessions.
#![cfg(all(feature = "std", not(miri)))]

#[path = "support/example.rs"]
mod example;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = example::example("session_herd").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn all_guarantees_hold() {
    let (status, shown, complaints) = run(&["--sessions", "2000"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""), "{shown}");
    assert!(shown.contains("\n5 of 5 guarantees held, after "), "{shown}");
    assert_eq!(shown.matches("\n  pass  ").count(), 5, "{shown}");
    // Its columns: sessions, published, evicted, received, missed, bytes each.
    let row = |what: &str| -> Vec<u64> {
        let rest = shown.lines().find_map(|line| line.trim_start().strip_prefix(what)).unwrap();
        rest.split_whitespace().map(|word| word.parse().unwrap()).collect()
    };
    let rows = ["quiet, reads", "busy, reads", "quiet, stalled", "busy, stalled"].map(row);
    assert_eq!(rows.each_ref().map(|row| row[0]), [1_780, 20, 180, 20]);
    assert_eq!(rows.each_ref().map(|row| row[1]), [14_240, 3_200, 1_440, 3_200]);
    for row in &rows {
        assert_eq!(row[3] + row[4], row[1], "{shown}");
        assert!(row[2] > 0 && row[4] <= row[2], "{shown}");
    }
    // Who reads missed nothing; who has much paid, and keeps no more than its like.
    assert_eq!((rows[0][4], rows[1][4]), (0, 0), "{shown}");
    assert!(rows[3][4] > 3_200 / 2, "{shown}");
    assert!(rows[3][5] < 2 * rows[0][5], "{shown}");
}

#[test]
fn a_careless_caller_is_told() {
    for arguments in [&["--sessions"][..], &["--sessions=999"], &["--sessions", "many"], &["5"]] {
        let (status, shown, complaints) = run(arguments);
        assert_eq!((status, shown.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(complaints.contains("Usage: session_herd "), "{complaints}");
    }
}
