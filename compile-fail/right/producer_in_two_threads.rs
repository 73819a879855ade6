//! The only producer is in one place.

use std::thread;

use bellwether::{ReplayArray, SingleProducer};

fn main() {
    let buffer = SingleProducer::new(ReplayArray::<u8, 2>::new());
    let mut producer = buffer.producer().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| producer.publish(1));
        scope.spawn(|| buffer.stats());
    });
}
