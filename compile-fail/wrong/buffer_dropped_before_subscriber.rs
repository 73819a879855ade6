//! A subscriber does not outlive the buffer that it borrows.

use bellwether::{ReplayArray, Start};

fn main() {
    let subscriber = ReplayArray::<u8, 2>::new().subscribe(Start::Live);
    drop(subscriber);
}
