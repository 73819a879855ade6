//! A subscriber relies on its handle: nobody else makes one.

use bellwether::{ReplayArray, ReplayHandle};

struct Mine(ReplayArray<u8, 2>);

impl ReplayHandle for Mine {}

fn main() {
    let mine = Mine(ReplayArray::new());
    drop(mine);
}
