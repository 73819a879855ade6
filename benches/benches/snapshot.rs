//! A snapshot, while nobody records and while 32 threads do.

use core::time::Duration;

use bellwether::Snapshot;
use benches::recording::ours::Shared;
use benches::recording::work;
use benches::rounds::median;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn snapshot(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("snapshot");
    group.sample_size(10);
    let mut into = Snapshot::new();
    for threads in [0, 32] {
        group.bench_function(BenchmarkId::new("bellwether Histogram", threads), |b| {
            // The median, as often as criterion asks: with more threads than cores
            // the mean is that of the scheduler.
            b.iter_custom(|n| {
                let all = work::snapshots::<Shared>(threads, n as usize, Duration::ZERO, |peer| {
                    peer.0.snapshot_into(&mut into);
                });
                Duration::from_secs_f64(median(&all) * 1e-9 * n as f64)
            });
        });
    }
}

criterion_group!(benches, snapshot);
criterion_main!(benches);
