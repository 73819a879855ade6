//! The replay buffer: publishing beside reading and evicting, with tiny capacities.

pub(crate) mod closing;
pub(crate) mod events;
pub(crate) mod joining;
pub(crate) mod lending;
pub(crate) mod publishing;
pub(crate) mod resuming;
pub(crate) mod waiting;

use bellwether_loom::{Start, Subscriber};
use loom::thread;

use events::{Plain, buffer, check, drain, publish};

/// One reads while another publishes `first..=last`.
fn publish_beside_read(capacity: usize, before: u64, last: u64) {
    let shared = buffer(capacity);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)))
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    let receipt = subscriber.receipt();
    assert_eq!((receipt.pending, receipt.published), (0, last));
}

pub(crate) fn publish_beside_read_of_one() {
    publish_beside_read(1, 1, 3);
}

pub(crate) fn publish_beside_read_of_two() {
    publish_beside_read(2, 2, 3);
}

/// Chunks of two.
pub(crate) fn publish_beside_read_of_four() {
    publish_beside_read(4, 4, 6);
}

/// Events without a drop: a chunk is used again with nobody asking in between.
pub(crate) fn reuse_beside_read() {
    let shared = buffer::<Plain>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    shared.publish(Plain::new(1)).unwrap();
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || {
            shared.publish(Plain::new(2)).unwrap();
            shared.publish(Plain::new(3)).unwrap();
        })
    };
    for _ in 0..2 {
        let mut both = (0, 0);
        if subscriber.for_each_ready(1, |seq, event| both = (seq, event.number())).is_ok() {
            assert_eq!(both.0, both.1);
        }
        check(&subscriber);
    }
    publisher.join().unwrap();
}

/// Events without a drop are published in place where a chunk has room.
pub(crate) fn in_place_beside_read() {
    let shared = buffer::<Plain>(4);
    (1..=5).for_each(|number| assert_eq!(shared.publish(Plain::new(number)).unwrap(), number));
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let publisher = thread::spawn(move || {
        (6..=7).for_each(|number| assert_eq!(shared.publish(Plain::new(number)).unwrap(), number));
    });
    for _ in 0..2 {
        let _ = subscriber.for_each_ready(2, |seq, event| assert_eq!(seq, event.number()));
        check(&subscriber);
    }
    publisher.join().unwrap();
}

/// Two readers, one of whom may hold what the other no longer finds.
pub(crate) fn publish_beside_two_reads() {
    let shared = buffer(1);
    let [mut mine, mut other] = [(); 2].map(|()| Subscriber::new(shared.clone(), Start::Oldest));
    publish(&shared, 1);
    let reader = thread::spawn(move || {
        drain(&mut other);
        other
    });
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    drain(&mut mine);
    publisher.join().unwrap();
    let mut other = reader.join().unwrap();
    for reader in [&mut mine, &mut other] {
        drain(reader);
        assert_eq!((reader.receipt().published, reader.receipt().pending), (2, 0));
    }
}

/// A subscriber's counts while others publish: they only grow, and always add up. A
/// tail that is read twice for one account would not.
pub(crate) fn receipt_beside_publish() {
    let shared = buffer(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (1..=2).for_each(|number| publish(&shared, number)))
    };
    let (token, before) = (shared.token(), subscriber.receipt());
    assert!(before.published >= token.seq);
    let seen = drain(&mut subscriber);
    let after = subscriber.receipt();
    assert!(after.published >= before.published);
    assert_eq!(after.received, seen.len() as u64);
    assert!(subscriber.lag() >= after.pending);
    publisher.join().unwrap();
    drain(&mut subscriber);
    assert_eq!(subscriber.receipt().published, 2);
    check(&subscriber);
}

/// What the buffer says of itself is of one moment: never more than its bounds, and
/// nothing that is retained but not counted.
pub(crate) fn stats_beside_evict() {
    let shared = buffer(2);
    let subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (1..=3).for_each(|number| publish(&shared, number)))
    };
    for _ in 0..2 {
        let stats = shared.stats();
        assert_eq!(stats.published - stats.evicted_through, stats.len as u64);
        assert!(stats.len <= 2 && stats.subscribers == 1);
        assert_eq!(stats.bytes, stats.len * size_of::<events::Marked>());
        check(&subscriber);
        assert!(subscriber.lag() >= stats.published);
    }
    publisher.join().unwrap();
}
