//! `get` of a ready cell.

use benches::floor::Floor;
use benches::peer::{AsyncPeer, SyncPeer};
use benches::{each_async, each_of, prove, work};
use criterion::{Criterion, criterion_group, criterion_main};

fn get(criterion: &mut Criterion) {
    prove::all();
    let mut group = criterion.benchmark_group("get, ready");
    each_of!(P => {
        group.bench_function(<P as SyncPeer>::NAME, |b| b.iter_custom(work::get::<P>));
    }, std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>, Floor);
    each_async!(P => {
        group.bench_function(<P as AsyncPeer>::NAME, |b| b.iter_custom(work::get_async::<P>));
    });
}

criterion_group!(benches, get);
criterion_main!(benches);
