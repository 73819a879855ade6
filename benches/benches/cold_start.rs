//! "Cold start, 10,000 callers": from the opening of the door to the last value.
//! The binary of the same name tells more.

use core::time::Duration;

use benches::cold_start::{Called, run, runtime};
use benches::{each_called, prove};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const CALLERS: usize = 10_000;
const INIT: Duration = Duration::from_millis(2);

fn cold_start(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("cold start, 10,000 callers");
    group.sample_size(10);
    for workers in [4, 8, 16, 32] {
        let runtime = runtime(workers);
        each_called!(C => {
            group.bench_function(BenchmarkId::new(C::NAME, workers), |b| {
                b.iter_custom(|runs| {
                    let last = |calls: &[f64]| calls.iter().copied().fold(0.0, f64::max);
                    let micros: f64 =
                        (0..runs).map(|_| last(&run::<C>(&runtime, CALLERS, INIT).calls)).sum();
                    Duration::from_secs_f64(micros / 1e6)
                });
            });
        });
    }
}

criterion_group!(benches, cold_start);
criterion_main!(benches);
