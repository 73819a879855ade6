//! `examples/cold_start`, as a person runs it: what it counts balances, and its
//! page is one that Prometheus can read.
#![cfg(not(miri))]

use std::collections::BTreeSet;

#[path = "support/example.rs"]
mod example;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = example::example("cold_start").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_numbers_balance_and_the_page_is_well_formed() {
    let (status, shown, complaints) = run(&["--plain", "--page", "300"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""), "{shown}");
    assert_eq!(shown.matches("\nyes: ").count(), 6, "{shown}");

    let mut families = BTreeSet::new();
    let mut series = BTreeSet::new();
    let mut family = "";
    for line in shown.lines() {
        if let Some(typed) = line.strip_prefix("# TYPE ") {
            let (name, kind) = typed.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(families.insert(name), "{name} stands in two places");
            family = name;
        } else if let Some((name, rest)) = line.split_once('{').filter(|_| !family.is_empty()) {
            let (labels, value) = rest.split_once("} ").unwrap();
            let suffix = name.strip_prefix(family).unwrap();
            assert!(["", "_bucket", "_sum", "_count"].contains(&suffix), "{line}");
            assert!(labels.starts_with(r#"name="config",primitive="once""#), "{line}");
            assert!(value.parse::<f64>().unwrap() >= 0.0, "{line}");
            assert!(series.insert((name, labels)), "twice: {line}");
        }
    }
    assert_eq!(families.len(), 13, "{families:?}");
    let ok = r#"once_init_duration_seconds_bucket{name="config",primitive="once",outcome="ok",le="#;
    let buckets: Vec<_> = shown.lines().filter_map(|line| line.strip_prefix(ok)).collect();
    assert_eq!(buckets.len(), 28);
    assert!(buckets.contains(&r#""0.500000000"} 0"#) && buckets.contains(&r#""+Inf"} 1"#));
}

#[test]
fn a_careless_caller_is_told() {
    for wrong in ["0", "many", "-5"] {
        let (status, shown, complaints) = run(&[wrong]);
        assert_eq!((status, shown.as_str()), (Some(2), ""), "{wrong}");
        assert!(complaints.contains("usage: cold_start"), "{wrong}: {complaints}");
    }
    let (status, shown, complaints) = run(&["--help"]);
    assert_eq!((status, complaints.as_str()), (Some(0), ""));
    assert!(shown.starts_with("usage: cold_start"));
}
