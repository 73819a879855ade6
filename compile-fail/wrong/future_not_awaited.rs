//! A future does nothing unless it is awaited, and says so.

#![deny(unused_must_use)]

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<u32>::new();
    cell.wait();
}
