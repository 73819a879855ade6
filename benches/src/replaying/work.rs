//! The timed work of one thread. Every timed run is checked.

use core::hint::black_box;
use core::time::Duration;

use super::{Batch, Event, Got, Replaying, Subscriber};
use crate::clock::Stopwatch;
use crate::work::timed;

/// Events that a buffer keeps, unless a row says otherwise.
pub const CAPACITY: usize = 1024;

/// Events of a batch.
pub const BATCH: usize = 64;

/// An event is published, and read by one subscriber, one by one.
///
/// # Panics
///
/// If it is not there at once.
pub fn alone<P: Replaying<T>, T: Event>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: Replaying<T>, T: Event>(peer: &P, reader: &mut P::Subscriber, event: &T, turns: u64) {
        for _ in 0..turns {
            peer.publish(black_box(event).clone());
            match reader.try_recv() {
                Got::Event(event) => drop(black_box(event)),
                _ => panic!("{}: published, and not there", P::NAME),
            }
        }
    }
    let (peer, event) = (P::new(CAPACITY), T::numbered(1));
    let mut reader = peer.subscribe();
    timed(n, 1, |turns| run(&peer, &mut reader, &event, turns))
}

/// A full buffer is read in batches; per event, without its publication.
///
/// # Panics
///
/// If something is missing.
pub fn batches<P: Replaying<T>, T: Event>(n: u64) -> Duration {
    #[inline(never)]
    fn run<P: Replaying<T>, T: Event>(reader: &mut P::Subscriber) -> usize {
        let mut events = 0;
        loop {
            let batch = reader.for_each_ready(BATCH, |event| {
                black_box(event.number());
            });
            events += batch.events;
            if batch.events < BATCH {
                assert_eq!(Batch { events: 0, ..batch }, Batch::default(), "{}", P::NAME);
                return events;
            }
        }
    }
    let (peer, event) = (P::new(CAPACITY), T::numbered(1));
    let mut reader = peer.subscribe();
    laps(n, || {
        (0..CAPACITY).for_each(|_| peer.publish(event.clone()));
        let start = Stopwatch::start();
        let events = run::<P, T>(&mut reader);
        let elapsed = start.elapsed();
        assert_eq!(events, CAPACITY, "{}", P::NAME);
        elapsed
    })
}

/// What reading the clock adds to an event in rows that read it once a lap.
pub fn clock(n: u64) -> Duration {
    laps(n, || Stopwatch::start().elapsed())
}

/// As many laps as make `n` events; the time of `n`.
fn laps(n: u64, mut lap: impl FnMut() -> Duration) -> Duration {
    let laps = n.div_ceil(CAPACITY as u64);
    let time: Duration = (0..laps).map(|_| lap()).sum();
    time.mul_f64(n as f64 / (laps * CAPACITY as u64) as f64)
}

/// A buffer whose publisher is timed: some subscribers keep up by polling, and some
/// never read.
pub struct Audience<P: Replaying<u64>> {
    peer: P,
    readers: Vec<P::Subscriber>,
    _stalled: Vec<P::Subscriber>,
}

impl<P: Replaying<u64>> Audience<P> {
    /// With so many of each.
    #[must_use]
    pub fn new(readers: usize, stalled: usize) -> Self {
        let peer = P::new(CAPACITY);
        let subscribe = |n| (0..n).map(|_| peer.subscribe()).collect();
        let (readers, _stalled) = (subscribe(readers), subscribe(stalled));
        Self { peer, readers, _stalled }
    }

    /// Publishes as much as the buffer keeps, timed, then lets everybody catch up,
    /// untimed, and so on.
    ///
    /// # Panics
    ///
    /// If somebody misses something.
    pub fn publish(&mut self, n: u64) -> Duration {
        #[inline(never)]
        fn run<P: Replaying<u64>>(peer: &P) {
            (0..CAPACITY as u64).for_each(|number| peer.publish(black_box(number)));
        }
        laps(n, || {
            let start = Stopwatch::start();
            run(&self.peer);
            let elapsed = start.elapsed();
            for reader in &mut self.readers {
                let batch = reader.for_each_ready(CAPACITY, |number| {
                    black_box(number);
                });
                assert_eq!(batch.events, CAPACITY, "{}", P::NAME);
            }
            elapsed
        })
    }
}
