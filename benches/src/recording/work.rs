//! The timed work: threads record, alone or beside snapshots.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use super::values::Values;
use super::{Recording, Writer};
use crate::clock::Stopwatch;

/// In a function of its own, so that it is compiled alike wherever it is called
/// from, and with the generator in a register.
#[inline(never)]
fn run<P: Recording>(peer: &P, thread: usize, n: u64) {
    let mut values = Values::new(thread);
    let mut writer = peer.writer(thread);
    for _ in 0..n {
        writer.record(values.draw());
    }
}

/// At least `n` records, the same number by each thread; the time of `n` of them.
/// One thread takes the time that it spends on a core; several take wall time, from
/// the first that starts to the last that ends.
///
/// # Panics
///
/// If a record is lost.
pub fn record<P: Recording>(n: u64, threads: usize) -> Duration {
    let each = n.div_ceil(threads as u64);
    let all = each * threads as u64;
    let mut peer = Box::new(P::new(threads));
    let time = if threads == 1 {
        let start = Stopwatch::start();
        run(&*peer, 0, each);
        start.elapsed()
    } else {
        beside(&*peer, threads, each)
    };
    if let Some(count) = peer.total().count {
        assert_eq!(count, all, "{}", P::NAME);
    }
    time.mul_f64(n as f64 / all as f64)
}

fn beside<P: Recording>(peer: &P, threads: usize, each: u64) -> Duration {
    let door = &Barrier::new(threads);
    let times = thread::scope(|scope| {
        let work = |thread| {
            move || {
                door.wait();
                let start = Instant::now();
                run(peer, thread, each);
                (start, Instant::now())
            }
        };
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(work(thread))).collect();
        running.into_iter().map(|thread| thread.join().expect("records")).collect::<Vec<_>>()
    });
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| *end).max();
    last.zip(first).map_or(Duration::ZERO, |(last, first)| last - first)
}

/// Nanoseconds of `n` snapshots, each after a pause, while threads record as fast as
/// they can. A snapshot whose thread loses its core takes milliseconds: look at the
/// median.
pub fn snapshots<P: Recording>(
    threads: usize,
    n: usize,
    pause: Duration,
    mut snapshot: impl FnMut(&P),
) -> Vec<f64> {
    let peer = &*Box::new(P::new(threads));
    let (door, stop) = (&Barrier::new(threads + 1), &AtomicBool::new(false));
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                door.wait();
                while !stop.load(Relaxed) {
                    run(peer, thread, 1_000);
                }
            });
        }
        door.wait();
        let times = (0..n).map(|_| {
            if !pause.is_zero() {
                thread::sleep(pause);
            }
            let start = Instant::now();
            snapshot(peer);
            start.elapsed().as_secs_f64() * 1e9
        });
        let times = times.collect();
        stop.store(true, Relaxed);
        times
    })
}
