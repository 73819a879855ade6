//! "Cold start, 10,000 callers": from the opening of the door to the last value.
//! The binary `matrix` tells more.

use core::time::Duration;

use benches::matrix::cells::Called;
use benches::matrix::cold_start::run_once;
use benches::matrix::stage::runtime;
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
                    let last = || run_once::<C>(&runtime, CALLERS, INIT).quantile("call", 1.0);
                    (0..runs).map(|_| Duration::from_nanos(last().expect("calls"))).sum()
                });
            });
        });
    }
}

criterion_group!(benches, cold_start);
criterion_main!(benches);
