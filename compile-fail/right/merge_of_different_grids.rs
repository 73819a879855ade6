//! Seconds and powers of two do not mix.

use bellwether::{Nanos, Plain, Snapshot};

fn main() {
    let mut times = Snapshot::<Nanos>::new();
    let sizes = Snapshot::<Plain>::new();
    times.merge(&Snapshot::<Nanos>::new());
    assert!(times.is_empty() && sizes.is_empty());
}
