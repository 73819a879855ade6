//! Where there is one producer, nobody else publishes.

use bellwether::{ReplayArray, SingleProducer};

fn main() {
    let buffer = SingleProducer::new(ReplayArray::<u8, 2>::new());
    buffer.publish(1).unwrap();
}
