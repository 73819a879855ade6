//! Closing, beside all else.

use bellwether_loom::{PublishError, RecvError, ReplayHandle, Start, Subscriber, TryRecvError};
use core::pin::pin;
use loom::thread;

use super::super::support::{Bell, Flag, Signal, block_on_with, poll_once};
use super::events::{Marked, buffer, buffer_and_reader, check, drain, publish, settled};

/// A receiver parks while another publishes and closes: it gets the last event.
pub(crate) fn wait_beside_close() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let closer = thread::spawn(move || {
        publish(&shared, 1);
        shared.close();
    });
    assert_eq!(block_on_with::<Flag, _>(subscriber.recv()).unwrap().seq, 1);
    assert!(block_on_with::<Flag, _>(subscriber.recv()).is_err());
    closer.join().unwrap();
    settled(&subscriber, 1);
}

/// Nobody is told that it is closed before the last event.
pub(crate) fn read_beside_close() {
    let shared = buffer(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let closer = thread::spawn(move || {
        publish(&shared, 1);
        shared.close();
    });
    let mut seen = drain(&mut subscriber);
    match subscriber.try_recv() {
        Ok(event) => seen.push(event.seq),
        Err(TryRecvError::Closed) => assert_eq!(seen, [1]),
        Err(_) => {}
    }
    closer.join().unwrap();
    seen.extend(drain(&mut subscriber));
    settled(&subscriber, 1);
    assert_eq!((seen, subscriber.receipt().received), (vec![1], 1));
}

/// It has received `expected`, and is told that there is no more.
fn ends<B: ReplayHandle<Event = Marked>>(subscriber: &mut Subscriber<B>, expected: &[u64]) {
    assert_eq!(drain(subscriber), expected);
    assert_eq!(subscriber.try_recv().err(), Some(TryRecvError::Closed));
    check(subscriber);
}

/// An event is taken and delivered, or given back. A flag that is not looked at under
/// the lock would take one that nobody is told of.
pub(crate) fn publish_beside_close() {
    let (shared, mut subscriber) = buffer_and_reader(2);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || match shared.publish(Marked::new(1)) {
            Ok(seq) => vec![seq],
            Err(PublishError::Closed(event)) => {
                assert_eq!(event.number(), 1);
                vec![]
            }
            Err(_) => panic!("it weighs little"),
        })
    };
    assert!(shared.close());
    let published = shared.stats().published;
    let taken = publisher.join().unwrap();
    assert_eq!(published, taken.len() as u64, "closed is closed");
    ends(&mut subscriber, &taken);
}

/// A batch of two pieces is closed before, between or after them: all that was not
/// stored is given back.
pub(crate) fn batch_beside_close() {
    let (shared, mut subscriber) = buffer_and_reader(2);
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || match shared.publish_all([1, 2, 3, 4].map(Marked::new)) {
            Ok(all) => all,
            Err(error) => {
                let back: Vec<_> = error.into_inner().iter().map(Marked::number).collect();
                let stored = 4 - back.len();
                assert_eq!(back, (stored as u64 + 1..=4).collect::<Vec<_>>());
                stored
            }
        })
    };
    assert!(shared.close());
    check(&subscriber);
    let stored = publisher.join().unwrap();
    assert!([0, 2, 4].contains(&stored));
    drain(&mut subscriber);
    settled(&subscriber, stored as u64);
    ends(&mut subscriber, &[]);
}

/// One of two closes it.
pub(crate) fn close_beside_close() {
    let (shared, mut subscriber) = buffer_and_reader(2);
    publish(&shared, 1);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.close())
    };
    let mine = shared.close();
    assert_ne!(mine, other.join().unwrap());
    ends(&mut subscriber, &[1]);
}

/// Who parks is told, or sees it. A look at the flag that is not repeated under the
/// lock sleeps for ever.
pub(crate) fn park_beside_close() {
    let (shared, mut subscriber) = buffer_and_reader::<Marked>(2);
    let closer = thread::spawn(move || shared.close());
    let told = block_on_with::<Flag, _>(subscriber.recv()).map(|event| event.seq);
    assert_eq!(told, Err(RecvError::Closed));
    check(&subscriber);
    assert!(closer.join().unwrap());
}

/// As above, for a thread.
pub(crate) fn recv_blocking_beside_close() {
    let (shared, mut subscriber) = buffer_and_reader::<Marked>(2);
    let closer = thread::spawn(move || shared.close());
    assert_eq!(subscriber.recv_blocking().map(|event| event.seq), Err(RecvError::Closed));
    check(&subscriber);
    assert!(closer.join().unwrap());
}

/// All who wait are told, also those after one that goes at this moment.
pub(crate) fn cancel_beside_close() {
    let (shared, mut first) = buffer_and_reader::<Marked>(2);
    let mut second = Subscriber::new(shared.clone(), Start::Live);
    let (signal, bell) = (Bell::new(), Bell::new());
    {
        let mut kept = pin!(second.recv());
        let closer = {
            let mut leaves = Box::pin(first.recv());
            assert!(poll_once(leaves.as_mut(), &signal).is_pending());
            assert!(poll_once(kept.as_mut(), &bell).is_pending());
            let closer = thread::spawn(move || shared.close());
            drop(leaves);
            closer
        };
        while poll_once(kept.as_mut(), &bell).is_pending() {
            bell.wait();
        }
        assert!(closer.join().unwrap());
    }
    ends(&mut first, &[]);
    ends(&mut second, &[]);
}

/// A subscriber that begins while it closes: what is retained, and then the end.
pub(crate) fn join_beside_close() {
    let shared = buffer(2);
    publish(&shared, 1);
    let closer = {
        let shared = shared.clone();
        thread::spawn(move || shared.close())
    };
    let mut subscriber = Subscriber::new(shared, Start::Oldest);
    assert_eq!(drain(&mut subscriber), [1]);
    closer.join().unwrap();
    ends(&mut subscriber, &[]);
    settled(&subscriber, 1);
}

/// Who is refused has pushed nothing out: what a closed buffer retained is received. A
/// publisher that makes room, lets go of the lock to fetch a chunk, since a reader is
/// inside of the one that it would use, and then finds the buffer closed has.
pub(crate) fn refused_publish_evicts_nothing() {
    let (shared, mut inside) = buffer_and_reader(1);
    publish(&shared, 1);
    let closer = {
        let shared = shared.clone();
        thread::spawn(move || shared.close())
    };
    let mut refused = false;
    let lent = inside.for_each_ready(1, |_, _| {
        refused = shared.publish(Marked::new(2)).is_err();
    });
    assert_eq!(lent, Ok(1));
    check(&inside);
    assert!(closer.join().unwrap());
    assert_eq!(shared.stats().evicted_through, u64::from(!refused));
}
