//! 100 to 100,000 parked waiters give up: per waiter, it should not matter how many.

use core::time::Duration;

use benches::crowd::{self, Order};
use benches::peer::AsyncPeer;
use benches::wakers::Wakers;
use benches::{each_async, prove};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn cancel(criterion: &mut Criterion, how: &str, order: Order) {
    prove::all();
    let mut group = criterion.benchmark_group(format!("cancel, {how}"));
    group.sample_size(10);
    // Parking them is not timed, but takes its time.
    group.measurement_time(Duration::from_secs(1));
    let wakers = &Wakers::Shared;
    for n in [100, 1_000, 10_000, 100_000] {
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("floor", n), |b| {
            b.iter_custom(|passes| {
                (0..passes).map(|_| crowd::cancel_floor(n, wakers, order)).sum()
            });
        });
        each_async!(P => {
            group.bench_function(BenchmarkId::new(<P as AsyncPeer>::NAME, n), |b| {
                b.iter_custom(|passes| {
                    (0..passes).map(|_| crowd::cancel::<P>(n, wakers, order)).sum()
                });
            });
        });
    }
}

fn oldest(criterion: &mut Criterion) {
    cancel(criterion, "oldest first", Order::Oldest);
}

fn newest(criterion: &mut Criterion) {
    cancel(criterion, "newest first", Order::Newest);
}

fn shuffled(criterion: &mut Criterion) {
    cancel(criterion, "in any order", Order::Shuffled);
}

criterion_group!(benches, oldest, newest, shuffled);
criterion_main!(benches);
