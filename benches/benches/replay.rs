//! Replay buffers in one thread: publish + try_recv, batches, and a publisher beside
//! subscribers that keep up or never read.

use std::sync::Arc;

use benches::each_replaying;
use benches::replaying::work::{self, Audience};
use benches::replaying::{Replaying, prove};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn replay(criterion: &mut Criterion) {
    prove::prove_all();
    one_thread(criterion);
    publish(criterion);
}

fn one_thread(criterion: &mut Criterion) {
    macro_rules! group {
        ($what:expr, $work:ident: $($event:ty),+) => {{
            let mut group = criterion.benchmark_group($what);
            $(each_replaying!(P of $event => {
                let id = BenchmarkId::new(<P as Replaying<$event>>::NAME, stringify!($event));
                group.bench_function(id, |b| b.iter_custom(work::$work::<P, $event>));
            });)+
            group.finish();
        }};
    }
    group!("publish + try_recv", alone: u64, [u64; 8], Arc<[u8]>);
    group!("read in batches", batches: u64, [u64; 8], Arc<[u8]>);
}

fn publish(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("publish");
    group.sample_size(20);
    for (readers, stalled) in [(1, 0), (64, 0), (1, 10_000)] {
        let audience = format!("{readers} up to date, {stalled} stalled");
        each_replaying!(P of u64 => {
            let mut peer = Audience::<P>::new(readers, stalled);
            let name = <P as Replaying<u64>>::NAME;
            group.bench_function(BenchmarkId::new(name, &audience), |b| {
                b.iter_custom(|n| peer.publish(n));
            });
        });
    }
}

criterion_group!(benches, replay);
criterion_main!(benches);
