//! Buckets are read from a snapshot that is there.

use bellwether::{Nanos, Snapshot};

fn main() {
    let snapshot = Snapshot::<Nanos>::new();
    let buckets = snapshot.buckets();
    assert!(buckets.count() > 0);
}
