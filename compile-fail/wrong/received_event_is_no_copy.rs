//! Who receives an event has a clone of it.

use bellwether::{ReplayArray, Start};

struct Unique;

fn main() {
    let buffer = ReplayArray::<Unique, 2>::new();
    let mut subscriber = buffer.subscribe(Start::Live);
    assert!(buffer.publish(Unique).is_ok());
    assert!(subscriber.try_recv().is_ok());
}
