//! Who joins and who leaves, beside publishing and evicting.

use bellwether_loom::{Start, Subscriber, TryRecvError};
use loom::thread;

use super::events::{Marked, Shared, buffer, check, drain, publish, settled};

/// Who joins sees what is retained and what comes, without a gap or a duplicate.
pub(crate) fn join_beside_publish() {
    let shared = buffer(4);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (2..=3).for_each(|number| publish(&shared, number)))
    };
    let mut subscriber = Subscriber::new(shared, Start::Latest(1));
    let first = subscriber.token().seq + 1;
    let mut seen = drain(&mut subscriber);
    publisher.join().unwrap();
    seen.extend(drain(&mut subscriber));
    assert_eq!(seen, (first..=3).collect::<Vec<_>>());
}

/// Joins while another publishes `before + 1..=last`; returns the first that it may
/// receive, and what it received until all was published.
fn join(start: Start, capacity: usize, before: u64, last: u64) -> (u64, Vec<u64>, u64) {
    let shared = buffer(capacity);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)))
    };
    let mut subscriber = Subscriber::new(shared, start);
    let first = subscriber.token().seq + 1;
    let mut seen = drain(&mut subscriber);
    publisher.join().unwrap();
    seen.extend(drain(&mut subscriber));
    settled(&subscriber, last + 1 - first);
    (first, seen, subscriber.receipt().missed)
}

/// Live: everything from some moment on. Where it begins and what it finds must be of
/// one moment.
pub(crate) fn join_live_beside_publish() {
    let (first, seen, missed) = join(Start::Live, 4, 1, 3);
    assert!(first >= 2);
    assert_eq!((seen, missed), ((first..=3).collect(), 0));
}

/// Oldest, while the oldest goes: it begins with one that is retained, and is told of
/// all that went after that.
pub(crate) fn join_oldest_beside_evict() {
    let (first, seen, missed) = join(Start::Oldest, 1, 1, 3);
    assert_eq!(seen.len() as u64 + missed, 4 - first);
    assert_eq!(seen.last(), Some(&3));
}

/// The latest two, of which the first is on its way out: never more than two behind.
pub(crate) fn join_latest_beside_evict() {
    let (first, seen, missed) = join(Start::Latest(2), 2, 2, 4);
    assert_eq!(seen.len() as u64 + missed, 5 - first);
    assert!(seen.ends_with(&[3, 4]) || missed > 0);
}

/// After an event that goes: what is between it and the oldest is told, also if it went
/// before the subscriber joined.
pub(crate) fn join_after_beside_evict() {
    let (first, seen, missed) = join(Start::After(1), 1, 2, 3);
    assert_eq!((first, seen.len() as u64 + missed), (2, 2));
    assert_eq!(seen.last(), Some(&3));
}

/// After an event that is just being published: from there, or live.
pub(crate) fn join_after_beside_publish() {
    let (first, seen, missed) = join(Start::After(2), 4, 1, 3);
    assert!(first == 2 || first == 3);
    assert_eq!((seen, missed), ((first..=3).collect(), 0));
}

/// Two join and leave: their count is never wrong. One that is not under the lock would
/// lose one.
pub(crate) fn join_beside_leave() {
    let shared: Shared<Marked> = buffer(1);
    let stays = Subscriber::new(shared.clone(), Start::Live);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || {
            let subscriber = Subscriber::new(shared, Start::Live);
            check(&subscriber);
        })
    };
    check(&Subscriber::new(shared.clone(), Start::Oldest));
    assert!((1..=2).contains(&shared.stats().subscribers));
    other.join().unwrap();
    assert_eq!(shared.stats().subscribers, 1);
    check(&stays);
}

/// A subscriber goes while another publishes over what it was about to read: neither
/// keeps anything of the other.
pub(crate) fn leave_beside_evict() {
    let shared = buffer(1);
    publish(&shared, 1);
    let mut leaves = Subscriber::new(shared.clone(), Start::Oldest);
    let reader = thread::spawn(move || {
        let first = leaves.try_recv().map(|event| event.value.number());
        assert!(matches!(first, Ok(1 | 2) | Err(TryRecvError::Missed(_))));
        check(&leaves);
    });
    publish(&shared, 2);
    publish(&shared, 3);
    reader.join().unwrap();
    let stats = shared.stats();
    assert_eq!((stats.subscribers, stats.len, stats.evicted_through), (0, 1, 2));
}
