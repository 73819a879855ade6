//! An empty cell, initialised, dropped; the floor is a locked instruction pair.

use benches::floor::Floor;
use benches::peer::{AsyncPeer, SyncPeer};
use benches::{each_async, each_sync, prove, work};
use criterion::{Criterion, criterion_group, criterion_main};

fn blocking(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("new + init + drop, blocking");
    group.bench_function("floor", |b| b.iter_custom(work::fresh_sync::<Floor>));
    each_sync!(P => {
        group.bench_function(<P as SyncPeer>::NAME, |b| b.iter_custom(work::fresh_sync::<P>));
    });
}

fn tasks(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("new + init + drop, async");
    each_async!(P => {
        group.bench_function(<P as AsyncPeer>::NAME, |b| b.iter_custom(work::fresh::<P>));
    });
}

criterion_group!(benches, blocking, tasks);
criterion_main!(benches);
