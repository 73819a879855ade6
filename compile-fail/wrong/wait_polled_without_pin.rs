//! A wait that others point to does not move.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<u32>::new();
    let mut wait = cell.wait();
    let wait = Pin::new(&mut wait);
    assert_eq!(wait.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
}
