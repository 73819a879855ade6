//! An event is lent for as long as the closure runs.

use bellwether::{ReplayArray, Start};

fn main() {
    let buffer = ReplayArray::<String, 2>::new();
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish(String::from("lent")).unwrap();
    let mut kept = None;
    subscriber.for_each_ready(9, |_, event| kept = Some(event)).unwrap();
    assert!(kept.is_some());
}
