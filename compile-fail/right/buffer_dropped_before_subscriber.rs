//! A subscriber does not outlive the buffer that it borrows.

use bellwether::{ReplayArray, Start};

fn main() {
    let buffer = ReplayArray::<u8, 2>::new();
    let subscriber = buffer.subscribe(Start::Live);
    drop(subscriber);
}
