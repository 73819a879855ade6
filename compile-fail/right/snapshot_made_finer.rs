//! What was counted on a coarse grid is not on a fine one.

use bellwether::{Nanos, Snapshot};

fn main() {
    let coarse = Snapshot::<Nanos<2>>::new();
    assert!(coarse.downscale::<Nanos<1>>().is_empty());
}
