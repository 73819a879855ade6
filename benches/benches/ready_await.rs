//! `get_or_init(..).await` of a ready cell, inside a task; beside it the
//! blocking form.

use benches::peer::{AsyncPeer, SyncPeer};
use benches::{each_async, each_sync, floor, prove, work};
use criterion::{Criterion, criterion_group, criterion_main};

fn unrolled(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("get_or_init.await, ready, 16 to a turn");
    group.bench_function("floor", |b| b.iter_custom(|n| floor::ready_await(n, work::UNROLLED)));
    each_async!(P => {
        group.bench_function(<P as AsyncPeer>::NAME, |b| b.iter_custom(work::ready_await::<P>));
    });
}

fn plain(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("get_or_init.await, ready, one to a turn");
    group.bench_function("floor", |b| b.iter_custom(|n| floor::ready_await(n, 1)));
    each_async!(P => {
        group.bench_function(<P as AsyncPeer>::NAME, |b| b.iter_custom(work::ready_await_loop::<P>));
    });
}

fn blocking(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("get_or_init, ready, blocking");
    each_sync!(P => {
        group.bench_function(<P as SyncPeer>::NAME, |b| b.iter_custom(work::ready_sync::<P>));
    });
}

criterion_group!(benches, unrolled, plain, blocking);
criterion_main!(benches);
