//! The replay buffer without an allocator: slots that are used again, and entries that
//! change places with spare slots, beside readers. Events are as in `replay.rs`: a race,
//! a leak and a second drop are seen.

use bellwether_loom::{PublishError, ReplayArray, Start, Subscriber, TryRecvError};
use loom::thread;

use super::replay::events::{Marked, Plain, check, drain};
use super::support::{Flag, block_on_with};

type Shared<T, const N: usize, const SPARE: usize> = std::sync::Arc<ReplayArray<T, N, (), SPARE>>;

fn array<T, const N: usize, const SPARE: usize>() -> Shared<T, N, SPARE> {
    std::sync::Arc::new(ReplayArray::new())
}

fn publish<const N: usize, const SPARE: usize>(
    array: &ReplayArray<Marked, N, (), SPARE>,
    number: u64,
) {
    assert_eq!(array.publish(Marked::new(number)).unwrap(), number);
}

/// One reads while another publishes up to `last`. There are slots for all readers.
fn publish_beside_read<const N: usize, const SPARE: usize>(before: u64, last: u64) {
    let shared = array::<Marked, N, SPARE>();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher =
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)));
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, last));
}

pub(crate) fn array_beside_read_of_one() {
    publish_beside_read::<1, 2>(1, 3);
}

pub(crate) fn array_beside_read_of_two() {
    publish_beside_read::<2, 1>(2, 3);
}

/// Events without a drop are published in place, also where the slot of the oldest is
/// used at once.
pub(crate) fn array_in_place_beside_read() {
    let shared = array::<Plain, 1, 2>();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    assert_eq!(shared.publish(Plain::new(1)).unwrap(), 1);
    let publisher = thread::spawn(move || {
        (2..=3).for_each(|number| assert_eq!(shared.publish(Plain::new(number)).unwrap(), number));
    });
    for _ in 0..2 {
        let _ = subscriber.for_each_ready(1, |seq, event| assert_eq!(seq, event.number()));
        check(&subscriber);
    }
    publisher.join().unwrap();
}

/// A reader inside of one slot while its entry changes places with a spare one, for a
/// second reader who looks for the first event.
pub(crate) fn array_entry_beside_read() {
    let shared = array::<Marked, 1, 1>();
    let mut inside = Subscriber::new(shared.clone(), Start::Oldest);
    let mut beside = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut beside);
        beside
    });
    let seen = inside.for_each_ready(1, |_, event| {
        publish(&shared, 2);
        assert_eq!(event.number(), 1, "held");
    });
    assert_eq!(seen, Ok(1));
    let mut beside = reader.join().unwrap();
    drain(&mut beside);
    drain(&mut inside);
    assert_eq!((inside.receipt().received, beside.receipt().pending), (2, 0));
}

pub(crate) fn array_beside_two_reads() {
    let shared = array::<Marked, 1, 2>();
    let [mut mine, mut other] = [(); 2].map(|()| Subscriber::new(shared.clone(), Start::Oldest));
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut other);
        other
    });
    let publisher = thread::spawn(move || publish(&shared, 2));
    drain(&mut mine);
    publisher.join().unwrap();
    let mut other = reader.join().unwrap();
    for reader in [&mut mine, &mut other] {
        drain(reader);
        assert_eq!((reader.receipt().published, reader.receipt().pending), (2, 0));
    }
}

/// A reader is inside while two are published, which takes both spare slots if the
/// other is inside too.
pub(crate) fn array_two_published_inside_beside_read() {
    let shared = array::<Marked, 1, 2>();
    let mut inside = Subscriber::new(shared.clone(), Start::Oldest);
    let mut beside = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut beside);
        beside
    });
    let seen = inside.for_each_ready(1, |_, event| {
        publish(&shared, 2);
        publish(&shared, 3);
        assert_eq!(event.number(), 1, "held");
    });
    assert_eq!(seen, Ok(1));
    let mut beside = reader.join().unwrap();
    drain(&mut beside);
    assert_eq!((beside.receipt().published, beside.receipt().pending), (3, 0));
}

/// Without a spare slot a publisher may be refused, and is not once the reader has left.
pub(crate) fn array_busy_beside_read() {
    let shared = array::<Marked, 1, 0>();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || match shared.publish(Marked::new(2)) {
            Ok(seq) => assert_eq!(seq, 2),
            Err(PublishError::Busy(event)) => assert_eq!(event.number(), 2),
            Err(_) => panic!("neither closed nor large"),
        })
    };
    match subscriber.try_recv() {
        Ok(event) => assert_eq!(event.seq, event.value.number()),
        Err(TryRecvError::Missed(missed)) => assert_eq!((missed.from, missed.to), (1, 2)),
        Err(_) => panic!("one was published"),
    }
    check(&subscriber);
    publisher.join().unwrap();
    let published = shared.stats().published;
    publish(&shared, published + 1);
    drain(&mut subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, published + 1));
}

/// A spare slot that is used for a second time, beside a reader of what was in it.
pub(crate) fn array_spare_again_beside_read() {
    let shared = array::<Marked, 1, 1>();
    let mut beside = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let inside = |number| {
        let seen = shared.subscribe(Start::Latest(1)).for_each_ready(1, |seq, event| {
            publish(&shared, number);
            assert_eq!(event.number(), seq, "held");
        });
        assert_eq!(seen, Ok(1));
    };
    // The event 2 is in what was the spare slot, and 1 is held in the other.
    inside(2);
    let reader = thread::spawn(move || {
        drain(&mut beside);
        beside
    });
    match shared.publish(Marked::new(3)) {
        Ok(_) | Err(PublishError::Busy(_)) => {}
        Err(_) => panic!("neither closed nor large"),
    }
    let mut beside = reader.join().unwrap();
    drain(&mut beside);
    inside(shared.stats().published + 1);
    drain(&mut beside);
    assert_eq!(beside.receipt().pending, 0);
}

/// A receiver parks while another publishes.
pub(crate) fn wait_beside_array() {
    let shared = array::<Marked, 1, 1>();
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || publish(&shared, 1));
    let event = block_on_with::<Flag, _>(subscriber.recv()).unwrap();
    assert_eq!((event.seq, event.value.number()), (1, 1));
    publisher.join().unwrap();
}
