//! Buckets are read from a snapshot that is there.

use bellwether::{Nanos, Snapshot};

fn main() {
    let buckets = Snapshot::<Nanos>::new().buckets();
    assert!(buckets.count() > 0);
}
