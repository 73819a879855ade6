//! Many threads on one replay buffer, with events that tell if they are torn.

#![cfg(feature = "std")]

use bellwether::{RecvError, ReplayBuffer, Start, Subscriber};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::thread;

/// A payload with its sum, on the heap: reading one that is gone is likely to fail.
#[derive(Clone)]
struct Checked {
    words: Box<[u64]>,
    sum: u64,
    alive: Arc<AtomicUsize>,
}

impl Checked {
    fn new(seed: u64, alive: &Arc<AtomicUsize>) -> Self {
        let words: Box<[u64]> = (0..1 + seed % 7).map(|n| seed.wrapping_mul(n + 3)).collect();
        alive.fetch_add(1, Relaxed);
        Self { sum: words.iter().fold(0, |a, b| a ^ b), words, alive: alive.clone() }
    }

    fn check(&self) {
        assert_eq!(self.words.iter().fold(0, |a, b| a ^ b), self.sum, "torn");
    }
}

/// Clones are not counted.
struct Original(Checked);

impl Drop for Original {
    fn drop(&mut self) {
        self.0.check();
        self.0.alive.fetch_sub(1, Relaxed);
    }
}

impl Clone for Original {
    fn clone(&self) -> Self {
        self.0.check();
        self.0.alive.fetch_add(1, Relaxed);
        Self(self.0.clone())
    }
}

/// Threads publish, others receive in every way there is, and all is accounted for.
fn stress(capacity: usize, max_bytes: usize, publishers: u64, each: u64) {
    let alive = Arc::new(AtomicUsize::new(0));
    let buffer = ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes).build().unwrap();
    let buffer = Arc::new(buffer);
    let total = publishers * each;
    thread::scope(|scope| {
        for way in 0..3 {
            let mut subscriber = Subscriber::new(buffer.clone(), Start::Oldest);
            scope.spawn(move || {
                let (mut next, mut received, mut missed) = (1, 0, 0);
                loop {
                    let mut see = |seq, event: &Original| {
                        assert_eq!(seq, next, "in order, without a gap");
                        event.0.check();
                        (next, received) = (next + 1, received + 1);
                    };
                    let result = match way {
                        0 => subscriber.recv_blocking().map(|event| see(event.seq, &event.value)),
                        1 => futures::executor::block_on(subscriber.recv())
                            .map(|event| see(event.seq, &event.value)),
                        _ => match subscriber.for_each_ready(64, see) {
                            Ok(_) => Ok(()),
                            Err(bellwether::TryRecvError::Missed(missed)) => {
                                Err(RecvError::Missed(missed))
                            }
                            Err(bellwether::TryRecvError::Closed) => Err(RecvError::Closed),
                            Err(_) => {
                                thread::yield_now();
                                Ok(())
                            }
                        },
                    };
                    match result {
                        Ok(()) => {}
                        Err(RecvError::Missed(gap)) => {
                            assert_eq!(gap.from, next);
                            missed += gap.events();
                            next = gap.to;
                        }
                        Err(_) => break,
                    }
                }
                assert_eq!(received + missed, total);
                let receipt = subscriber.receipt();
                assert_eq!((receipt.received, receipt.missed), (received, missed));
                assert_eq!((receipt.pending, receipt.published), (0, total));
            });
        }
        let publishers: Vec<_> = (0..publishers)
            .map(|publisher| {
                let (buffer, alive) = (&buffer, &alive);
                scope.spawn(move || {
                    let mut before = 0;
                    for n in 0..each {
                        let event = Original(Checked::new(publisher << 32 | n, alive));
                        let bytes = 1 + (n % 13) as usize;
                        let seq = buffer.publish_sized(event, bytes).unwrap();
                        assert!(seq > before, "one order");
                        before = seq;
                        let stats = buffer.stats();
                        assert!(stats.len <= capacity && stats.bytes <= max_bytes);
                    }
                })
            })
            .collect();
        publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
        assert_eq!(buffer.stats().published, total);
        buffer.close();
    });
    drop(buffer);
    assert_eq!(alive.load(Relaxed), 0, "each is dropped once");
}

#[test]
fn one_slot() {
    stress(1, 100, 2, 2_000);
}

#[test]
fn chunks_that_are_used_again() {
    stress(64, usize::MAX, 3, 5_000);
}

#[test]
fn bytes_push_out_many() {
    stress(100, 40, 2, 5_000);
}
