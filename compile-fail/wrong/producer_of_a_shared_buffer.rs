//! Where everybody publishes, nobody is the only producer.

use bellwether::{Producer, ReplayArray, SingleProducer};

fn main() {
    let buffer = ReplayArray::<u8, 2>::new();
    let producer = Producer::new(&buffer);
    assert!(producer.is_some());
    drop(SingleProducer::new(ReplayArray::<u8, 2>::new()));
}
