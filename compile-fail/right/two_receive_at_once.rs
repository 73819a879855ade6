//! A subscriber has one cursor: it receives one at a time.

use bellwether::{ReplayArray, Start};

fn main() {
    let buffer = ReplayArray::<u8, 2>::new();
    let mut subscriber = buffer.subscribe(Start::Live);
    let first = subscriber.recv();
    let mut other = buffer.subscribe(Start::Live);
    let second = other.recv();
    drop((first, second));
}
