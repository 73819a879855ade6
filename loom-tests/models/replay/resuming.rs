//! Going on from a token, beside publishing, evicting and closing.

use bellwether_loom::{EvictReason, ReplayBuffer, Resume, Start, Subscriber, Token, TryRecvError};
use loom::thread;

use super::events::{Marked, Shared, buffer, check, drain, publish, settled};

/// A gap that is told at resuming ends where reading goes on.
pub(crate) fn resume_beside_publish() {
    let shared = buffer(1);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    let mut subscriber = match Subscriber::resume(shared, Token { epoch: 0, seq: 0 }) {
        Resume::Complete(subscriber) => subscriber,
        Resume::Gap { missed, sub } => {
            assert_eq!((missed.from, missed.to), (1, 2));
            sub
        }
        _ => panic!("the token is of this buffer"),
    };
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    assert_eq!((subscriber.receipt().published, subscriber.receipt().pending), (2, 0));
}

/// A buffer with `before` events, another who publishes up to `last`, and what becomes
/// of this token meanwhile.
fn resume(
    capacity: usize,
    before: u64,
    last: u64,
    token: Token,
    meanwhile: impl FnOnce(Resume<Shared<Marked>>, thread::JoinHandle<()>),
) {
    let shared = buffer(capacity);
    (1..=before).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || (before + 1..=last).for_each(|number| publish(&shared, number)))
    };
    // Who is refused lets go of its handle, and loom does not see what handles order.
    let _last = shared.clone();
    meanwhile(Subscriber::resume(shared, token), publisher);
}

/// The token's events are about to go. A gap is told once: at resuming, or later by
/// reading, and ends where reading goes on.
pub(crate) fn resume_beside_evict() {
    resume(2, 2, 4, Token { epoch: 0, seq: 1 }, |resumed, publisher| {
        let (mut subscriber, told) = match resumed {
            Resume::Complete(subscriber) => (subscriber, 0),
            Resume::Gap { missed, sub } => {
                assert_eq!((missed.from, missed.reason), (2, EvictReason::Count));
                assert_eq!(sub.token().seq + 1, missed.to);
                (sub, missed.events())
            }
            _ => panic!("the token is of this buffer"),
        };
        assert_eq!(subscriber.receipt().missed, told);
        let mut seen = drain(&mut subscriber);
        publisher.join().unwrap();
        seen.extend(drain(&mut subscriber));
        settled(&subscriber, 3);
        assert!(seen.ends_with(&[4]));
    });
}

/// The token is of an event that is just being published: ahead, or complete. Who
/// compares it with two tails would say both.
pub(crate) fn resume_ahead_beside_publish() {
    resume(2, 1, 2, Token { epoch: 0, seq: 2 }, |resumed, publisher| {
        match resumed {
            Resume::Ahead { published } => assert_eq!(published, 1),
            Resume::Complete(mut subscriber) => {
                assert_eq!(subscriber.try_recv().err(), Some(TryRecvError::Empty));
                settled(&subscriber, 0);
            }
            _ => panic!("nothing went"),
        }
        publisher.join().unwrap();
    });
}

/// A token of another epoch begins with the oldest, whatever its number: nothing is
/// said to be missed that this buffer does not know of.
pub(crate) fn wrong_epoch_beside_evict() {
    resume(1, 1, 3, Token { epoch: 1, seq: 9 }, |resumed, publisher| {
        let Resume::WrongEpoch { mut sub } = resumed else { panic!("another epoch") };
        let first = sub.token().seq + 1;
        assert_eq!(sub.receipt().missed, 0);
        let mut seen = drain(&mut sub);
        publisher.join().unwrap();
        seen.extend(drain(&mut sub));
        settled(&sub, 4 - first);
        assert_eq!(seen.last(), Some(&3));
    });
}

/// A token is taken from one who reads, and used by another thread while the buffer
/// goes on: the two accounts meet, and no event is in both.
pub(crate) fn token_handed_on_beside_evict() {
    let shared: Shared<Marked> = buffer(1);
    let mut first = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || publish(&shared, 2))
    };
    let seen = drain(&mut first);
    let (token, before) = (first.token(), first.receipt());
    drop(first);
    let mut second = match Subscriber::resume(shared, token) {
        Resume::Complete(sub) | Resume::Gap { sub, .. } => sub,
        _ => panic!("it was handed on"),
    };
    let again = drain(&mut second);
    publisher.join().unwrap();
    drain(&mut second);
    assert!(seen.iter().all(|seq| !again.contains(seq)));
    assert_eq!(before.received + before.missed + second.receipt().published, 2);
    settled(&second, 2 - token.seq);
}

/// A buffer that closes can be resumed: what it retained, and then the end.
pub(crate) fn resume_beside_close() {
    let shared: Shared<Marked> =
        std::sync::Arc::new(ReplayBuffer::builder().capacity(1).epoch(5).build().unwrap());
    publish(&shared, 1);
    let closer = {
        let shared = shared.clone();
        thread::spawn(move || {
            publish(&shared, 2);
            shared.close();
        })
    };
    let (mut subscriber, gap) = match Subscriber::resume(shared, Token { epoch: 5, seq: 0 }) {
        Resume::Complete(sub) => (sub, false),
        Resume::Gap { sub, .. } => (sub, true),
        _ => panic!("the token is of this buffer"),
    };
    check(&subscriber);
    let mut seen = drain(&mut subscriber);
    closer.join().unwrap();
    seen.extend(drain(&mut subscriber));
    assert!(!gap || seen == [2]);
    assert_eq!(subscriber.try_recv().err(), Some(TryRecvError::Closed));
    settled(&subscriber, 2);
}
