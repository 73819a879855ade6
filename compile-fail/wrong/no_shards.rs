//! A sharded histogram has a shard.

use bellwether::{Nanos, ShardedHistogram};

static LATENCY: ShardedHistogram<Nanos, (), 0> = ShardedHistogram::with_key(());

fn main() {
    LATENCY.record(1);
}
