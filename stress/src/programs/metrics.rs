//! Hooks that count, shared by many cells and a buffer, while others export them.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use bellwether::metrics::{Distribution, Exporter, Metric};
use bellwether::{
    EvictReason, InitOutcome, Metrics, OnceCell, OnceMetrics, ReplayBuffer, ReplayMetrics, Start,
    Subscriber,
};

use super::scene::read;
use crate::crowd::{crowd, yields};
use crate::random::Random;
use crate::value::{ALIVE, Owned, Value};

const THREADS: u64 = 4;
const CELLS: u64 = 8;
const EVENTS: u64 = 100;

/// Adds up what it is shown.
#[derive(Default)]
struct Sum(u64);

impl Exporter for Sum {
    fn counter(&mut self, _: &Metric, value: u64) {
        self.0 = self.0.wrapping_add(value);
    }
    fn gauge(&mut self, _: &Metric, value: u64) {
        self.0 = self.0.wrapping_add(value);
    }
    fn histogram(&mut self, _: &Metric, distribution: &dyn Distribution) {
        self.0 = self.0.wrapping_add(distribution.count());
    }
}

fn play(round: u64) -> (u64, u64) {
    let once: OnceMetrics = OnceMetrics::new("cells");
    let log: ReplayMetrics = ReplayMetrics::new("log");
    let cells: Vec<_> = (0..CELLS).map(|_| OnceCell::<Owned, _>::with_hooks(&once)).collect();
    let buffer = ReplayBuffer::<Owned>::builder().capacity(16).hooks(&log).build().unwrap();
    let running = AtomicUsize::new(THREADS as usize);
    let each = crowd(THREADS as usize + 2, |me| {
        let mut random = Random::new(round * 64 + me.number as u64);
        if me.number == THREADS as usize {
            let mut exports = 0_u64;
            while running.load(Relaxed) > 0 {
                let all: [&dyn Metrics; 2] = [&once, &log];
                let mut sum = Sum::default();
                all.iter().for_each(|metrics| metrics.export(&mut sum));
                assert!(once.waits().total_nanos() < 1 << 40, "some minutes at most");
                exports += 1;
            }
            return exports;
        }
        if me.number > THREADS as usize {
            return read(1, &buffer, me, &mut random).missed;
        }
        for cell in &cells {
            // By its own initialiser, which may fail; then by one that does not.
            let fails = random.below(3) == 0;
            let init = || async {
                // So that others come meanwhile.
                thread::yield_now();
                yields(2).await;
                if fails { Err(()) } else { Ok(Owned::new(1)) }
            };
            let _ = me.block_on(cell.get_or_try_init(init)).map(Owned::check);
            me.block_on(cell.get_or_init(|| async { Owned::new(2) })).check();
        }
        let mut mine = Subscriber::new(&buffer, Start::Live);
        for n in 0..EVENTS {
            buffer.publish(Owned::new(n)).unwrap();
            if n % 8 == 0 {
                thread::yield_now();
            }
            // Its own, or another's, or word of a gap: there is one.
            assert!(mine.try_recv().is_ok() || mine.receipt().missed > 0);
        }
        if running.fetch_sub(1, Relaxed) == 1 {
            buffer.close();
        }
        0
    });
    drop(cells);
    let published = THREADS * EVENTS;
    assert_eq!(log.published_events(), published);
    let retained = buffer.stats().len as u64;
    assert_eq!(log.evicted_events(EvictReason::Count), published - retained);
    drop(buffer);
    assert_eq!(once.init(InitOutcome::Ok).snapshot().count(), CELLS);
    assert_eq!((once.initializing().count, once.waits().in_progress().count), (0, 0));
    assert_eq!(once.waits().contentions(), once.waits().times().snapshot().count());
    assert_eq!(log.waits().in_progress().count, 0);
    assert_eq!(log.waits().contentions(), log.waits().times().snapshot().count());
    assert_eq!(ALIVE.load(Relaxed), 0, "each value is dropped once");
    (once.waits().contentions(), each[THREADS as usize])
}

pub(crate) fn run(rounds: u64) -> String {
    let (mut waits, mut exports) = (0, 0);
    for round in 0..rounds {
        let (waited, exported) = play(round);
        (waits, exports) = (waits + waited, exports + exported);
    }
    format!("{} cells, {waits} waits, {exports} exports", rounds * CELLS)
}
