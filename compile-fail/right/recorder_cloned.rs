//! One records: the right to do so is not doubled.

use bellwether::{Nanos, SingleWriter};

fn main() {
    let latency = SingleWriter::<Nanos>::new();
    let mut recorder = latency.recorder().unwrap();
    recorder.record(1);
    let again = latency.recorder();
    drop(again);
}
