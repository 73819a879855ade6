//! The locked instructions that this crate promises, exactly: a regression fails here.
//! They are the same in each profile.

#![cfg(target_arch = "x86_64")]

use std::path::Path;

use benches::callgrind::Locked;
use benches::instructions::{count, groups};

/// What one operation of ours may take; the same to two digits on every run. Publishing
/// and waking recycle in batches, which is what the fractions are.
const OURS: [(&str, &str, f64); 12] = [
    ("`get`, ready", "bellwether", 0.0),
    ("`get_or_init(..).await`, ready", "bellwether", 0.0),
    ("new + init + drop", "bellwether", 2.0),
    // Six of them are the waker's own, made, cloned and dropped.
    ("park and wake, per waiter", "bellwether", 7.06),
    ("publish + try_recv, `u64`", "bellwether ReplayBuffer", 3.06),
    ("publish + try_recv, `u64`", "ReplayBuffer, one producer", 3.06),
    ("publish + try_recv, `u64`", "ReplayArray", 4.0),
    ("publish + try_recv, `u64`", "PlainBuffer", 1.0),
    ("publish + try_recv, `u64`", "PlainBuffer, one producer", 1.0),
    ("record a duration", "bellwether Histogram", 2.0),
    ("record a duration", "bellwether ShardedHistogram", 2.0),
    ("record a duration", "bellwether Recorder", 0.0),
];

#[test]
fn ours_lock_as_often_as_promised() {
    let rows: Vec<_> = groups().into_iter().flatten().collect();
    let mut known = Locked::new();
    for (name, peer, promised) in OURS {
        let row = rows.iter().find(|row| row.name == name).expect(name);
        let program = Path::new(env!("CARGO_BIN_EXE_instructions"));
        let each = count(program, row, peer, &mut known).unwrap();
        let locked = (each.locked.unwrap() * 100.0).round() / 100.0;
        assert_eq!(locked, promised, "{peer}: {name}");
    }
}

/// What is counted is what the sources say of somebody else's cell: a compare-exchange and
/// a swap.
#[test]
fn the_cell_of_std_locks_twice() {
    let rows: Vec<_> = groups().into_iter().flatten().collect();
    let row = rows.iter().find(|row| row.name == "new + init + drop").unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_instructions"));
    let each = count(program, row, "std OnceLock", &mut Locked::new()).unwrap();
    assert_eq!(each.locked, Some(2.0));
}
