//! The histogram of two shards, one for each thread.

use super::*;

type Recorded = Shared<Sharded>;

impl Form for Sharded {
    fn build() -> Self {
        ShardedHistogram::with_key(|| SHARD.with(core::cell::Cell::get))
    }
    fn record(&self, thread: usize, value: u64) -> bool {
        SHARD.with(|shard| shard.set(thread));
        self.record(value);
        true
    }
    fn record_n(&self, thread: usize, value: u64, n: u64) -> bool {
        SHARD.with(|shard| shard.set(thread));
        self.record_n(value, n);
        true
    }
    fn snapshot(&self) -> (Snapshot<Grid>, bool) {
        (self.snapshot(), false)
    }
    fn snapshot_into(&self, snapshot: &mut Snapshot<Grid>) -> bool {
        self.snapshot_into(snapshot);
        false
    }
}

#[rustfmt::skip]
pairs! {
    Recorded, "sharded_", 0;
    record_beside_record = record | record, 3, 1;
    record_beside_record_two = record | record_two, 3, 1;
    record_beside_snapshot = record | snapshot, 3, 14;
    record_beside_snapshot_into = record | snapshot_into, 3, 82;
    record_two_beside_record_two = record_two | record_two, 3, 1;
    record_two_beside_snapshot = record_two | snapshot, 3, 14;
    record_two_beside_snapshot_into = record_two | snapshot_into, 3, 82;
    snapshot_beside_snapshot = snapshot | snapshot, 3, 1;
    snapshot_beside_snapshot_into = snapshot | snapshot_into, 3, 1;
    snapshot_into_beside_snapshot_into = snapshot_into | snapshot_into, 3, 1;
}
