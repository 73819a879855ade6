//! 1,000 and 10,000 waiters are parked, woken, polled and gone.

use core::time::Duration;

use benches::peer::AsyncPeer;
use benches::wakers::Wakers;
use benches::{crowd, each_async, prove};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// As often as criterion asks.
fn times(passes: u64, pass: impl Fn() -> Duration) -> Duration {
    (0..passes).map(|_| pass()).sum()
}

fn park_and_wake(criterion: &mut Criterion, kind: &str, wakers: fn(usize) -> Wakers) {
    prove::all();
    let mut group = criterion.benchmark_group(format!("park and wake, {kind}"));
    // async-once-cell takes its time with 10,000 wakers that differ.
    group.sample_size(10);
    for n in [1_000, 10_000] {
        let wakers = &wakers(n);
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("floor", n), |b| {
            b.iter_custom(|passes| times(passes, || crowd::park_and_wake_floor(n, wakers)));
        });
        each_async!(P => {
            group.bench_function(BenchmarkId::new(<P as AsyncPeer>::NAME, n), |b| {
                b.iter_custom(|passes| times(passes, || crowd::park_and_wake::<P>(n, wakers)));
            });
        });
    }
}

fn distinct(criterion: &mut Criterion) {
    park_and_wake(criterion, "one waker each", Wakers::distinct);
}

fn shared(criterion: &mut Criterion) {
    park_and_wake(criterion, "one waker for all", |_| Wakers::Shared);
}

criterion_group!(benches, distinct, shared);
criterion_main!(benches);
