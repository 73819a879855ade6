//! A subscriber relies on its handle: nobody else makes one.

use bellwether::{ReplayArray, ReplayHandle};

struct Mine(ReplayArray<u8, 2>);

fn handle(mine: &Mine) -> impl ReplayHandle {
    &mine.0
}

fn main() {
    let mine = Mine(ReplayArray::new());
    drop(handle(&mine));
}
