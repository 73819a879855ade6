//! A record, by 1 to 32 threads.

use benches::each_recording;
use benches::recording::{self, Recording, work};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn record(criterion: &mut Criterion) {
    recording::prove_all();
    let mut group = criterion.benchmark_group("record");
    group.sample_size(10);
    for threads in [1, 2, 4, 8, 16, 32] {
        each_recording!(P => {
            group.bench_function(BenchmarkId::new(<P as Recording>::NAME, threads), |b| {
                b.iter_custom(|n| work::record::<P>(n, threads));
            });
        });
    }
}

criterion_group!(benches, record);
criterion_main!(benches);
