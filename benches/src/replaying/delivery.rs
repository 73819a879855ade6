//! The timed work of threads and of tasks: one publishes, many read. Every timed run
//! is checked: each event is the next one, and at the end
//! received + missed = published.

use core::time::Duration;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use bellwether::Histogram;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use super::work::{BATCH, CAPACITY};
use super::{Got, Numbered, Replaying, Subscriber, Tally};

/// Who reads how, and who publishes how.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// So many read.
    pub tasks: usize,
    /// In batches of [`BATCH`] at most, or one by one.
    pub in_batches: bool,
    /// Others get their turn after so many events, or never.
    pub burst: u64,
}

/// A thread publishes, and others poll. The buffer is large enough for all, so that
/// everybody gets everything: the time of `n` deliveries.
///
/// # Panics
///
/// If somebody misses something.
pub fn threads<P: Replaying<u64>>(n: u64, threads: usize) -> Duration {
    let each = n.div_ceil(threads as u64).next_power_of_two();
    let peer = P::new(each as usize);
    // Once full, so that nobody allocates or touches new pages while timed.
    let first = peer.subscribe();
    (0..each).for_each(|number| peer.publish(number));
    drop(first);
    let door = &Barrier::new(threads + 1);
    let time = thread::scope(|scope| {
        let poll = |mut reader: P::Subscriber| {
            move || {
                let mut tally = Tally::default();
                door.wait();
                loop {
                    match reader.try_recv() {
                        Got::Event(number) => tally.receive(number),
                        Got::Empty => thread::yield_now(),
                        Got::Closed => break,
                        Got::Missed(_) => panic!("{}: there is room", P::NAME),
                    }
                }
                let end = Instant::now();
                tally.check(P::NAME, each);
                end
            }
        };
        let readers: Vec<_> = (0..threads).map(|_| scope.spawn(poll(peer.subscribe()))).collect();
        door.wait();
        let start = Instant::now();
        (0..each).for_each(|number| peer.publish(number));
        peer.close();
        let ends = readers.into_iter().map(|reader| reader.join().expect("reads"));
        ends.max().map_or(Duration::ZERO, |end| end - start)
    });
    time.mul_f64(n as f64 / (each * threads as u64) as f64)
}

/// What tasks got.
#[derive(Debug, Clone, Copy)]
pub struct Delivered {
    /// From the first event to the last task's end.
    pub time: Duration,
    /// All tasks' accounts.
    pub tally: Tally,
}

/// A task publishes in bursts, and others await.
///
/// # Panics
///
/// If an account does not balance.
pub fn tasks<P: Replaying<u64>>(runtime: &Runtime, scene: Scene, published: u64) -> Delivered {
    let Scene { tasks, in_batches, burst } = scene;
    runtime.block_on(async {
        let peer = P::new(CAPACITY);
        let read = |reader| async move {
            let tally =
                if in_batches { batched::<P>(reader).await } else { singly::<P>(reader).await };
            tally.check(P::NAME, published);
            (tally, Instant::now())
        };
        let readers: Vec<_> = (0..tasks).map(|_| tokio::spawn(read(peer.subscribe()))).collect();
        let publish = async move {
            let start = Instant::now();
            for number in 0..published {
                peer.publish(number);
                if number % burst == burst - 1 {
                    yield_now().await;
                }
            }
            peer.close();
            start
        };
        let start = tokio::spawn(publish).await.expect("publishes");
        let (mut all, mut time) = (Tally::default(), Duration::ZERO);
        for reader in readers {
            let (tally, end) = reader.await.expect("reads");
            all.received += tally.received;
            all.missed += tally.missed;
            time = time.max(end - start);
        }
        Delivered { time, tally: all }
    })
}

async fn singly<P: Replaying<u64>>(mut reader: P::Subscriber) -> Tally {
    let mut tally = Tally::default();
    while tally.take(&reader.recv().await) {}
    tally
}

async fn batched<P: Replaying<u64>>(mut reader: P::Subscriber) -> Tally {
    let (mut tally, mut events) = (Tally::default(), Vec::with_capacity(BATCH));
    loop {
        let batch = reader.recv_many(&mut events, BATCH).await;
        assert_eq!(batch.events, events.len(), "{}", P::NAME);
        events.drain(..).for_each(|event| tally.receive(event.number()));
        tally.missed += batch.missed;
        if batch.is_closed {
            return tally;
        }
    }
}

/// A thread publishes with pauses, and tasks await: from before an event is
/// published to when a task has it. How many were recorded.
///
/// # Panics
///
/// If an account does not balance.
pub fn latency<P: Replaying<u64>>(
    runtime: &Runtime,
    tasks: usize,
    events: u64,
    pause: Duration,
    into: &Arc<Histogram>,
) -> u64 {
    let (peer, base) = (P::new(CAPACITY), Instant::now());
    let nanos = move || base.elapsed().as_nanos() as u64;
    let read = |mut reader: P::Subscriber, into: Arc<Histogram>| async move {
        let mut tally = Tally::default();
        loop {
            match reader.recv().await {
                Got::Event(published) => {
                    into.record(nanos() - published);
                    tally.received += 1;
                }
                Got::Missed(missed) => tally.missed += missed,
                Got::Empty | Got::Closed => break,
            }
        }
        tally.check(P::NAME, events);
        tally.received
    };
    let readers: Vec<_> =
        (0..tasks).map(|_| runtime.spawn(read(peer.subscribe(), into.clone()))).collect();
    for _ in 0..events {
        thread::sleep(pause);
        peer.publish(nanos());
    }
    peer.close();
    let received = readers.into_iter().map(|reader| runtime.block_on(reader).expect("reads"));
    received.sum()
}
