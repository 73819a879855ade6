//! A subscriber that waits does not move.

use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use bellwether::{ReplayArray, Start};

fn main() {
    let buffer = ReplayArray::<u8, 2>::new();
    let mut subscriber = buffer.subscribe(Start::Live);
    let recv = pin!(subscriber.recv());
    let recv: Pin<&mut _> = recv;
    assert!(recv.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}
