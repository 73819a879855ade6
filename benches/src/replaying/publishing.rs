//! The timed work of publishers that meet: several at once, and one whose event is
//! waited for. Every timed run is checked.

use core::hint::black_box;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use super::work::CAPACITY;
use super::{Got, Replaying, Subscriber, Tally};
use crate::clock::Stopwatch;
use crate::wakers::Wakers;

/// Buffers that are published to in a row: the clock is read once for all of them.
const BUFFERS: usize = 16;

/// So many threads publish at once, and one subscriber never reads: the time of `n`
/// events, from the first thread's begin to the last one's end.
///
/// # Panics
///
/// If an event is lost.
pub fn contended<P: Replaying<u64>>(n: u64, threads: usize) -> Duration {
    let each = n.div_ceil(threads as u64);
    let peer = &P::new(CAPACITY);
    let mut reader = peer.subscribe();
    // Once full, so that nobody allocates while timed.
    (0..CAPACITY as u64).for_each(|number| peer.publish(number));
    let door = &Barrier::new(threads);
    let spans = thread::scope(|scope| {
        let publish = || {
            door.wait();
            let start = Instant::now();
            (0..each).for_each(|number| peer.publish(black_box(number)));
            (start, Instant::now())
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(publish)).collect();
        all.into_iter().map(|thread| thread.join().expect("publishes")).collect::<Vec<_>>()
    });
    // They have no one order to be checked.
    let mut tally = Tally::default();
    loop {
        match reader.try_recv() {
            Got::Event(_) => tally.received += 1,
            Got::Missed(missed) => tally.missed += missed,
            Got::Empty | Got::Closed => break,
        }
    }
    let published = each * threads as u64;
    tally.check(P::NAME, CAPACITY as u64 + published);
    let start = spans.iter().map(|(start, _)| *start).min().expect("a thread");
    let end = spans.iter().map(|(_, end)| *end).max().expect("a thread");
    (end - start).mul_f64(n as f64 / published as f64)
}

/// An event is published while so many tasks wait for it: without their polls.
///
/// # Panics
///
/// If one of them is not woken, or does not get it.
pub fn parked<P: Replaying<u64>>(n: u64, waiters: usize) -> Duration {
    let peers: Vec<_> = (0..BUFFERS).map(|_| P::new(CAPACITY)).collect();
    let subscribe = |peer: &P| (0..waiters).map(|_| peer.subscribe()).collect::<Vec<_>>();
    let mut readers: Vec<_> = peers.iter().flat_map(subscribe).collect();
    let wakers = Wakers::distinct(readers.len());
    let laps = n.div_ceil(BUFFERS as u64);
    let mut time = Duration::ZERO;
    for number in 0..laps {
        wakers.reset();
        let mut waits: Vec<_> = readers.iter_mut().map(|reader| Box::pin(reader.recv())).collect();
        for (at, wait) in waits.iter_mut().enumerate() {
            assert!(poll(wait.as_mut(), &wakers, at).is_pending(), "{}", P::NAME);
        }
        let start = Stopwatch::start();
        peers.iter().for_each(|peer| peer.publish(black_box(number)));
        time += start.elapsed();
        assert!(wakers.wakes().all(|wakes| wakes > 0), "{}: all are woken", P::NAME);
        for (at, mut wait) in waits.into_iter().enumerate() {
            let got = poll(wait.as_mut(), &wakers, at);
            assert_eq!(got, Poll::Ready(Got::Event(number)), "{}", P::NAME);
        }
    }
    time.mul_f64(n as f64 / (laps * BUFFERS as u64) as f64)
}

fn poll<F: Future>(future: Pin<&mut F>, wakers: &Wakers, at: usize) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(wakers.of(at)))
}
