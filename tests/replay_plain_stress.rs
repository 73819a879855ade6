//! Many threads on a buffer of plain events that is far too small for them, with events
//! that tell if they are torn.

#![cfg(feature = "std")]

use bellwether::{PlainBuffer, RecvError, ReplayBuffer, Start, Subscriber, TryRecvError};
use std::sync::{Arc, Barrier};
use std::thread;

/// A number, who published it, and two sums.
type Checked = [u64; 4];

fn checked(publisher: u64, number: u64) -> Checked {
    let mixed = (publisher << 32 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [number, publisher, mixed, number ^ publisher ^ mixed]
}

/// What one reader has seen.
#[derive(Default)]
struct Seen {
    next: u64,
    received: u64,
    missed: u64,
    /// By publisher.
    newest: [u64; 2],
}

impl Seen {
    fn event(&mut self, seq: u64, event: Checked) {
        let [number, publisher, ..] = event;
        assert_eq!(event, checked(publisher, number), "torn");
        assert_eq!(seq, self.next + 1, "in order, without a gap");
        let newest = &mut self.newest[publisher as usize];
        assert!(number > *newest, "in the order in which they were published");
        *newest = number;
        self.next = seq;
        self.received += 1;
    }
}

/// One reader, in one of the ways there are to read.
fn read(way: usize, mut subscriber: Subscriber<Arc<PlainBuffer<Checked>>>, total: u64) {
    let mut seen = Seen::default();
    loop {
        let result = match way {
            0 => subscriber.recv_blocking().map(|event| seen.event(event.seq, event.value)),
            1 => futures::executor::block_on(subscriber.recv())
                .map(|event| seen.event(event.seq, event.value)),
            _ => {
                let read = if way == 2 {
                    subscriber.for_each_ready(64, |seq, event| seen.event(seq, *event)).map(|_| ())
                } else {
                    subscriber.try_recv().map(|event| seen.event(event.seq, event.value))
                };
                match read {
                    Err(TryRecvError::Missed(missed)) => Err(RecvError::Missed(missed)),
                    Err(TryRecvError::Closed) => Err(RecvError::Closed),
                    Err(TryRecvError::Empty) => {
                        thread::yield_now();
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
        };
        match result {
            Ok(()) => {}
            Err(RecvError::Missed(gap)) => {
                assert_eq!(gap.from, seen.next + 1);
                seen.missed += gap.events();
                seen.next = gap.to - 1;
            }
            Err(_) => break,
        }
    }
    assert_eq!(seen.received + seen.missed, total);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.received, receipt.missed), (seen.received, seen.missed));
    assert_eq!((receipt.pending, receipt.published), (0, total));
}

fn stress(capacity: usize, max_bytes: usize, each: u64) {
    let builder = ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes);
    let buffer = Arc::new(builder.build_plain().unwrap());
    let start = Barrier::new(6);
    thread::scope(|scope| {
        for way in 0..4 {
            let subscriber = Subscriber::new(buffer.clone(), Start::Oldest);
            let start = &start;
            scope.spawn(move || {
                start.wait();
                read(way, subscriber, 2 * each);
            });
        }
        let publishers = [0, 1].map(|publisher| {
            let (buffer, start) = (&buffer, &start);
            scope.spawn(move || {
                start.wait();
                let mut before = 0;
                for number in 1..=each {
                    let bytes = (number % 13) as usize;
                    let seq = buffer.publish_sized(checked(publisher, number), bytes).unwrap();
                    assert!(seq > before, "one order");
                    before = seq;
                    let stats = buffer.stats();
                    assert!(stats.len <= capacity && stats.bytes <= max_bytes);
                }
            })
        });
        publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
        assert_eq!(buffer.stats().published, 2 * each);
        buffer.close();
    });
}

#[test]
fn one_slot() {
    stress(1, usize::MAX, 20_000);
}

#[test]
fn three_events_in_four_slots() {
    stress(3, usize::MAX, 20_000);
}

#[test]
fn many_slots() {
    stress(64, usize::MAX, 20_000);
}

#[test]
fn bytes_push_out_many() {
    stress(100, 40, 20_000);
}
