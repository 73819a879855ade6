//! Six bugs that a ring for broadcasting had and fixed (photon-ring, change log of 3.0),
//! each as it could come about here. What is tested natively shows wrong values; what a
//! processor forgives is shown by loom, or by running this file under Miri.
//!
//! | bug there | here | models |
//! |---|---|---|
//! | no Acquire before the second look | `torn_by_a_lap` | `publish_beside_read_of_one`, `_of_two`, `_of_four`, `reuse_beside_read`, `in_place_beside_read`, `entry_beside_read` |
//! | last word past the payload | `last_word_past_the_payload` | – |
//! | padding read as numbers | `padding_is_no_number` | – |
//! | half-made event published | `half_made_events_are_not_published` | – |
//! | shared without `Sync` | `shared_without_sync` | – |
//! | newcomer lapped while it joins | `newcomer_lapped_while_it_joins` | `join_beside_publish`, `resume_beside_publish` |

#![cfg(feature = "std")]

use bellwether::{
    Event, PublishError, RecvError, ReplayBuffer, Resume, Start, Subscriber, Token, TryRecvError,
};
use core::cell::Cell;
use core::fmt::Debug;

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;

#[path = "support/replay_events.rs"]
mod replay_events;
#[path = "support/replay_reader.rs"]
mod replay_reader;
use replay_events::{Counted, Either, Line, Padded, Page, Short, Summed, Yields, alive};
use replay_reader::{Busy, Laps, balances, step};

fn buffer<T>(capacity: usize) -> ReplayBuffer<T> {
    ReplayBuffer::builder().capacity(capacity).build().unwrap()
}

/// There a reader copied a slot, and looked at its stamp again without a fence: a torn copy
/// passed. Here a reader that looked at `head` before its pin counts would copy an event
/// that is being overwritten. A publisher laps readers all the time, also while these are
/// inside, and each event tells whether it is whole. The window of such a mistake is a few
/// instructions, which threads seldom hit: the models do.
#[test]
fn torn_by_a_lap() {
    let enough = if cfg!(miri) { 100 } else { 1_000 };
    for capacity in [1, 2, 9, 33] {
        let (buffer, reading) = (&buffer::<Summed>(capacity), &AtomicUsize::new(0));
        let readers = [(); 2].map(|()| Busy::new(reading));
        // Readers lap themselves too: nobody has to wait for somebody's turn.
        let lapped = |seq| {
            while buffer.stats().evicted_through < seq {
                buffer.publish(Summed::new(seq)).unwrap();
            }
        };
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut seed = 0;
                while reading.load(Relaxed) > 0 {
                    seed += 1;
                    buffer.publish(Summed::new(seed)).unwrap();
                }
            });
            for (reader, lends) in readers.into_iter().zip([false, true]) {
                let mut subscriber = buffer.subscribe(Start::Oldest);
                scope.spawn(move || {
                    while subscriber.receipt().received < enough {
                        let result = if lends {
                            subscriber
                                .for_each_ready(64, |seq, event| {
                                    event.check();
                                    if seq % 64 == 0 {
                                        lapped(seq + capacity as u64);
                                        event.check();
                                    }
                                })
                                .map(|_| ())
                        } else {
                            subscriber.try_recv().map(|event| {
                                event.value.check();
                                if event.seq % 64 == 0 {
                                    lapped(event.seq + 1);
                                }
                            })
                        };
                        if result == Err(TryRecvError::Empty) {
                            buffer.publish(Summed::new(77)).unwrap();
                        }
                        balances(&subscriber);
                    }
                    drop(reader);
                    assert!(subscriber.receipt().missed > 0, "lapped");
                });
            }
        });
    }
}

/// The same to the instruction: the event is overtaken in the middle of its clone.
#[test]
fn torn_by_a_lap_within_the_clone() {
    static BUFFER: OnceLock<ReplayBuffer<Lapped>> = OnceLock::new();
    struct Lapped(Summed);

    impl Clone for Lapped {
        fn clone(&self) -> Self {
            let mut copy = Summed([0; 9]);
            copy.0[..4].copy_from_slice(&self.0.0[..4]);
            let buffer = BUFFER.get().unwrap();
            for seed in 0..100 {
                assert!(buffer.publish(Lapped(Summed::new(seed))).is_ok());
            }
            copy.0[4..].copy_from_slice(&self.0.0[4..]);
            Self(copy)
        }
    }

    let buffer = BUFFER.get_or_init(|| self::buffer(16));
    let mut subscriber = buffer.subscribe(Start::Live);
    assert!(buffer.publish(Lapped(Summed::new(77))).is_ok());
    for round in 0..10 {
        let event = subscriber.try_recv().unwrap_or_else(|error| panic!("{error}"));
        event.value.0.check();
        assert!(event.value.0.0[0] == if round == 0 { 77 } else { 84 });
        assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
        balances(&subscriber);
    }
}

/// Published and received in each way, over several laps; each is in a place of its own.
fn round_trip<T: Clone + PartialEq + Debug>(make: impl Fn(u64) -> T) {
    for capacity in [1, 3, 16, 65] {
        let buffer = buffer::<T>(capacity);
        let mut lent = buffer.subscribe(Start::Live);
        for lap in 0..4 {
            let from = buffer.stats().published + 1;
            let (to, mut singly) = (from + capacity as u64, buffer.subscribe(Start::Live));
            for seq in from..to {
                if lap % 2 == 0 {
                    assert_eq!(buffer.publish(make(seq)), Ok(seq));
                } else {
                    assert_eq!(buffer.publish_all([make(seq)]), Ok(1));
                }
                assert_eq!(singly.try_recv(), Ok(Event { seq, value: make(seq) }));
            }
            assert_eq!(buffer.stats().bytes, capacity * size_of::<T>());
            let mut before = 0;
            let read = lent.for_each_ready(usize::MAX, |seq, event| {
                assert_eq!(*event, make(seq));
                let place = core::ptr::from_ref(event).addr();
                assert_eq!(place % align_of::<T>(), 0, "aligned");
                assert!(place.abs_diff(before) >= size_of::<T>(), "apart");
                before = place;
            });
            assert_eq!(read, Ok(capacity));
        }
    }
}

fn round_trips<T: Clone + PartialEq + Debug>(make: impl Fn(u64) -> T) {
    round_trip(&make);
    round_trip(|seq| Counted::new(make(seq)));
    assert_eq!(alive(), 0, "each is dropped once");
}

/// There a payload was copied in words, and the last word reached past its end. Here events
/// are moved whole; what could reach past them is a slot of a wrong size or alignment, or
/// an offset into a chunk. (A sanitizer sees an access past the end.)
#[test]
fn last_word_past_the_payload() {
    fn bytes<const N: usize>() {
        round_trips(|seq| {
            core::array::from_fn::<u8, N, _>(|at| (seq as u8).wrapping_add(at as u8))
        });
    }
    bytes::<0>();
    bytes::<1>();
    bytes::<2>();
    bytes::<3>();
    bytes::<5>();
    bytes::<7>();
    bytes::<8>();
    bytes::<9>();
    bytes::<15>();
    bytes::<17>();
    bytes::<63>();
    bytes::<65>();
    round_trips(|_| ());
    round_trips(|seq| seq as u16);
    round_trips(|seq| u128::from(seq) << 64 | 1);
    round_trips(|_| Line(()));
    round_trips(|seq| Line(seq as u8));
    round_trips(|seq| Line([seq; 9]));
    round_trips(|seq| Page(seq as u8));
}

/// There a payload was read as numbers, its padding with it, which has no value. Here any
/// type is an event; read as numbers, those whose bytes are not all written would be
/// undefined behaviour (which Miri sees), and kept as numbers, a pointer would be none.
#[test]
fn padding_is_no_number() {
    round_trips(|seq| Padded { small: seq as u8, large: seq << 40, last: !(seq as u16) });
    round_trips(|seq| (seq as u8, seq as u32, seq % 2 == 0));
    round_trips(|seq| char::from_u32(seq as u32 + 0xD7F0));
    round_trips(|seq| match seq % 4 {
        0 => Either::Nothing,
        1 => Either::Small(seq % 8 == 1),
        2 => Either::Large(seq as u8, seq, 'x'),
        _ => Either::Heap(vec![7; seq as usize].into()),
    });
    round_trips(|seq| Short::new(&b"fifteen letters"[..seq as usize % 16]));
}

/// There an event was made in its slot by a closure, and counted as made if that panicked.
/// Here it could be an iterator that panics or lies about its length, or a weight that
/// panics, with slots already counted: nothing is stored, nothing unwritten is read or
/// dropped, and the next publication is as if nothing was.
#[test]
fn half_made_events_are_not_published() {
    fn panics<R>(f: impl FnOnce() -> R) -> bool {
        catch_unwind(AssertUnwindSafe(f)).is_err()
    }
    let heavy = |event: &Counted<u32>| {
        if event.0 == 13 { resume_unwind(Box::new("weight")) } else { 1 }
    };
    for capacity in [1, 2, 5, 40] {
        let buffer = ReplayBuffer::builder().capacity(capacity).weigh(heavy).build().unwrap();
        let mut subscriber = buffer.subscribe(Start::Live);
        let mut published = 0;
        for round in 0..10 {
            let before = buffer.stats();
            let half_made = |left| Yields { left, panics: true, hint: (left as usize, None) };
            for left in [0, 1, 2, 7, 12] {
                assert!(panics(|| buffer.publish_all(half_made(left))));
            }
            let whole = |left, hint| Yields { left, panics: false, hint };
            assert!(panics(|| buffer.publish_all(whole(20, (20, Some(20))))), "the seventh of 20");
            assert!(panics(|| buffer.publish(Counted::new(13))));
            assert_eq!(buffer.stats(), before, "nothing is stored");
            assert_eq!(alive(), before.len);

            for (left, hint) in [(2, (50, Some(50))), (9, (0, Some(0))), (0, (7, None))] {
                assert_eq!(buffer.publish_all(whole(left, hint)), Ok(left as usize));
                published += u64::from(left);
            }
            assert_eq!(buffer.publish(Counted::new(round)), Ok(published + 1));
            published += 1;
            assert_eq!(alive(), buffer.stats().len);
            while subscriber.try_recv() != Err(TryRecvError::Empty) {}
            assert_eq!(subscriber.receipt().published, published);
        }
        buffer.close();
        assert!(panics(|| buffer.publish_all(Yields { left: 3, panics: true, hint: (3, None) })));
        let closed = buffer.publish_all(Yields { left: 3, panics: false, hint: (9, None) });
        let Err(PublishError::Closed(back)) = closed else { panic!() };
        assert_eq!(back.len(), 3);
        drop((back, subscriber));
        drop(buffer);
        assert_eq!(alive(), 0);
    }
}

/// A method that a type has only while it is not `Send`, or not `Sync`: it is ambiguous
/// otherwise, and the test does not compile.
trait NotSend<Marker> {
    fn is_not_send(&self) {}
}
impl<T: ?Sized> NotSend<()> for T {}
impl<T: ?Sized + Send> NotSend<u8> for T {}

trait NotSync<Marker> {
    fn is_not_sync(&self) {}
}
impl<T: ?Sized> NotSync<()> for T {}
impl<T: ?Sized + Sync> NotSync<u8> for T {}

/// There a channel was shared whose events were not `Sync`, and two threads cloned one at
/// once (RUSTSEC-2025-0023 is of the same kind). Here a subscriber on another thread is
/// lent the very event that others are lent, so all that could take one there is refused
/// by the compiler: the buffer by reference or `Arc`, subscribers, and their futures.
#[test]
#[allow(clippy::arc_with_non_send_sync, reason = "that it is not is what is shown")]
fn shared_without_sync() {
    let shared = Arc::new(buffer::<Cell<u8>>(2));
    shared.is_not_sync();
    (&&*shared).is_not_send();
    shared.is_not_send();
    let mut subscriber = Subscriber::new(Arc::clone(&shared), Start::Live);
    subscriber.is_not_send();
    subscriber.is_not_sync();
    subscriber.recv().is_not_send();
    subscriber.recv_many(&mut Vec::new(), 1).is_not_send();
    let mut borrowed = shared.subscribe(Start::Live);
    borrowed.is_not_send();
    borrowed.recv().is_not_send();
    shared.resume(shared.token()).is_not_send();
    drop((subscriber, borrowed));

    // Such a buffer has one thread at a time, and may change it.
    let buffer = Arc::into_inner(shared).unwrap();
    buffer.publish(Cell::new(1)).unwrap();
    let there = thread::spawn(move || {
        let mut subscriber = buffer.subscribe(Start::Oldest);
        subscriber.for_each_ready(1, |_, event| event.set(event.get() + 1)).unwrap();
        drop(subscriber);
        buffer
    });
    let buffer = there.join().unwrap();
    assert_eq!(buffer.subscribe(Start::Oldest).try_recv().unwrap().value.get(), 2);
}

/// There a newcomer read the cursor, and registered afterwards: in between it was lapped.
/// Here it takes its place under the publishers' lock. If it did not, its first event
/// would not be the one that its start names, beside a publisher that laps all the time.
#[test]
fn newcomer_lapped_while_it_joins() {
    const CAPACITY: u64 = 8;
    let joins = if cfg!(miri) { 10 } else { 3_000 };
    let buffer = &buffer::<u64>(CAPACITY as usize);
    let joining = &AtomicUsize::new(0);
    (1..=100).for_each(|seq| assert_eq!(buffer.publish(seq), Ok(seq)));
    thread::scope(|scope| {
        let _busy = Busy::new(joining);
        scope.spawn(move || {
            let mut seq = 100;
            while joining.load(Relaxed) > 0 {
                seq += 1;
                assert_eq!(buffer.publish(seq), Ok(seq));
            }
        });
        let newest = || buffer.stats().published;
        let is_between = |before, seq| (before..=newest() + 1).contains(&seq);
        for join in 0..joins {
            // How far behind the newest it begins; or one less, for what is retained while
            // a publisher has made room and gets a chunk.
            let (start, behind) = match join % 4 {
                0 => (Start::Live, 0),
                1 => (Start::Latest(3), 3),
                2 => (Start::Latest(1_000), CAPACITY),
                _ => (Start::Oldest, CAPACITY),
            };
            let before = newest();
            let mut subscriber = buffer.subscribe(start);
            let began = subscriber.token().seq;
            assert!(is_between(before, began + behind), "{start:?}");
            assert!(behind == CAPACITY || began + behind <= newest(), "{start:?}");
            (0..12).for_each(|_| step(&mut subscriber));

            let before = newest();
            let seq = before - join % 20;
            match buffer.resume(Token { epoch: 0, seq }) {
                Resume::Complete(mut sub) => {
                    assert_eq!(sub.token().seq, seq);
                    (0..12).for_each(|_| step(&mut sub));
                }
                Resume::Gap { missed, mut sub } => {
                    assert_eq!((missed.from, missed.to), (seq + 1, sub.token().seq + 1));
                    assert!(is_between(before, missed.to - 1 + CAPACITY));
                    assert_eq!(sub.receipt().missed, missed.events());
                    (0..12).for_each(|_| step(&mut sub));
                }
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(buffer.stats().subscribers, 0);
}

/// The same to the instruction: once it has its place, and before it has its first event.
#[test]
fn newcomer_lapped_before_its_first_event() {
    let builder = ReplayBuffer::builder().capacity(8).hooks(Laps::default());
    let buffer = Arc::new(builder.build().unwrap());
    buffer.hooks().0.set(Arc::downgrade(&buffer)).unwrap();
    let token = buffer.token();
    buffer.hooks().lap();
    let Resume::Gap { missed, mut sub } = buffer.resume(token) else { panic!() };
    assert_eq!((missed.from, missed.to), (1, 13));
    assert_eq!((sub.receipt().missed, sub.receipt().pending), (12, 28));
    // Lapped again each time that it is told.
    for times in 1..5 {
        step(&mut sub);
        assert_eq!((sub.receipt().missed, sub.receipt().pending), (12 + times * 20, 28));
    }

    let mut live = buffer.subscribe(Start::Live);
    let newest = buffer.stats().published;
    // It does not sleep through the events that come while it goes to sleep.
    let told = futures::executor::block_on(live.recv()).unwrap_err();
    let RecvError::Missed(missed) = told else { panic!() };
    assert_eq!((missed.from, missed.to), (newest + 1, newest + 13));
    balances(&live);
}
