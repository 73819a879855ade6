//! Several producers, batches, and the bound of bytes.

use bellwether_loom::{EvictReason, ReplayBuffer, Start, Subscriber, TryRecvError};
use loom::thread;

use super::events::{
    Marked, Plain, Shared, buffer, buffer_and_reader, check, drain, publish, settled,
};

/// Two publishers have one order.
pub(crate) fn publish_beside_publish() {
    let shared = buffer::<Marked>(2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Marked::new(7)).unwrap())
    };
    let mine = shared.publish(Marked::new(8)).unwrap();
    let theirs = other.join().unwrap();
    assert_eq!(mine + theirs, 3);
    for seq in 1..=2 {
        let event = subscriber.try_recv().unwrap();
        let expected = if seq == mine { 8 } else { 7 };
        assert_eq!((event.seq, event.value.number()), (seq, expected));
    }
    settled(&subscriber, 2);
}

/// Two publishers carry events out beside a reader.
pub(crate) fn two_evict_beside_read() {
    let shared = buffer::<Marked>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    publish(&shared, 1);
    let others = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Marked::new(7)).unwrap())
    });
    match subscriber.try_recv() {
        Ok(event) if event.seq == 1 => assert_eq!(event.value.number(), 1),
        Ok(event) => assert_eq!(event.value.number(), 7),
        Err(TryRecvError::Missed(missed)) => assert_eq!(missed.from, 1),
        Err(_) => panic!("one was there"),
    }
    check(&subscriber);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(subscriber.receipt().published, 3);
}

/// Two publishers beside a reader, all of whom meet in one chunk.
pub(crate) fn two_publish_beside_read() {
    let shared = buffer::<Plain>(1);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    let others = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Plain::new(1)).unwrap())
    });
    let _ = subscriber.for_each_ready(1, |_, event| assert_eq!(event.number(), 1));
    check(&subscriber);
    for other in others {
        other.join().unwrap();
    }
    assert_eq!(subscriber.receipt().published, 2);
}

/// A batch is seen as a whole or not at all.
pub(crate) fn batch_beside_read() {
    let shared = buffer(4);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Live);
    let publisher = thread::spawn(move || {
        assert_eq!(shared.publish_all([1, 2].map(Marked::new)).unwrap(), 2);
    });
    let receipt = subscriber.receipt();
    assert!(receipt.published == 0 || receipt.published == 2);
    drain(&mut subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    assert_eq!(subscriber.receipt().received, 2);
}

/// All that is there, with the numbers of its sequence and of its making.
fn pairs(subscriber: &mut Subscriber<Shared<Marked>>) -> Vec<(u64, u64)> {
    let mut pairs = vec![];
    while let Ok(event) = subscriber.try_recv() {
        pairs.push((event.seq, event.value.number()));
    }
    check(subscriber);
    pairs
}

/// Two producers, two subscribers, one order: also for the one that reads beside them.
/// A sequence number that is given before the event's place would give two.
pub(crate) fn two_orders_are_one() {
    let (shared, mut mine) = buffer_and_reader(4);
    let mut late = Subscriber::new(shared.clone(), Start::Oldest);
    let others = [7, 8].map(|number| {
        let shared = shared.clone();
        thread::spawn(move || (shared.publish(Marked::new(number)).unwrap(), number))
    });
    let mut early = pairs(&mut mine);
    let mut order = others.map(|other| other.join().unwrap());
    order.sort_unstable();
    early.extend(pairs(&mut mine));
    assert_eq!((early, pairs(&mut late)), (order.to_vec(), order.to_vec()));
    settled(&mine, 2);
}

/// A batch stays together beside a single event. One that takes the lock for each
/// event would be torn.
pub(crate) fn batch_beside_single() {
    let (shared, mut subscriber) = buffer_and_reader(4);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish(Marked::new(9)).unwrap())
    };
    assert_eq!(shared.publish_all([1, 2].map(Marked::new)).unwrap(), 2);
    let single = other.join().unwrap();
    let seen: Vec<_> = pairs(&mut subscriber).into_iter().map(|(_, number)| number).collect();
    assert!(single == 1 || single == 3);
    assert_eq!(seen, if single == 1 { [9, 1, 2] } else { [1, 2, 9] });
    settled(&subscriber, 3);
}

/// Two batches, and a reader who sees one, the other, both or none.
pub(crate) fn batch_beside_batch() {
    let (shared, mut subscriber) = buffer_and_reader(4);
    let other = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish_all([3, 4].map(Marked::new)).unwrap())
    };
    assert_eq!(shared.publish_all([1, 2].map(Marked::new)).unwrap(), 2);
    let seen = subscriber.receipt();
    assert!(seen.published == 2 || seen.published == 4);
    other.join().unwrap();
    let numbers: Vec<_> = pairs(&mut subscriber).into_iter().map(|(_, number)| number).collect();
    assert!(numbers == [1, 2, 3, 4] || numbers == [3, 4, 1, 2]);
    settled(&subscriber, 4);
}

/// A batch that evicts all that was there, beside who reads it: nobody sees a part of
/// the batch, or an event of before it that is gone.
pub(crate) fn batch_evicts_beside_read() {
    let (shared, mut subscriber) = buffer_and_reader(2);
    (1..=2).for_each(|number| publish(&shared, number));
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish_all([3, 4].map(Marked::new)).unwrap())
    };
    let first = subscriber.try_recv();
    check(&subscriber);
    match first {
        Ok(event) => assert_eq!((event.seq, event.value.number()), (1, 1)),
        Err(TryRecvError::Missed(missed)) => assert_eq!((missed.from, missed.to), (1, 3)),
        Err(_) => panic!("two were there"),
    }
    publisher.join().unwrap();
    drain(&mut subscriber);
    settled(&subscriber, 4);
}

fn weighing(capacity: usize, max_bytes: usize) -> Shared<Marked> {
    let builder = ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes);
    std::sync::Arc::new(builder.build().unwrap())
}

/// One heavy event pushes two out while they are read. Bytes that are counted beside
/// the eviction would let the buffer weigh too much, or go below zero.
pub(crate) fn bytes_beside_read() {
    let shared = weighing(4, 2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=2).for_each(|number| {
        shared.publish_sized(Marked::new(number), 1).unwrap();
    });
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || shared.publish_sized(Marked::new(3), 2).unwrap())
    };
    match subscriber.try_recv() {
        Ok(event) => assert_eq!(event.value.number(), 1),
        Err(TryRecvError::Missed(missed)) => {
            assert_eq!((missed.from, missed.to, missed.reason), (1, 3, EvictReason::Bytes));
        }
        Err(_) => panic!("two were there"),
    }
    assert!(shared.stats().bytes <= 2);
    check(&subscriber);
    assert_eq!(publisher.join().unwrap(), 3);
    drain(&mut subscriber);
    settled(&subscriber, 3);
    assert_eq!((shared.stats().bytes, shared.stats().len), (2, 1));
}

/// The reason belongs to the watermark that it came with: the first goes by count, the
/// second by bytes. A reason in a word of its own would be that of another eviction.
pub(crate) fn reason_beside_evict() {
    let shared = weighing(1, 2);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    shared.publish_sized(Marked::new(1), 1).unwrap();
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || {
            shared.publish_sized(Marked::new(2), 1).unwrap();
            // Too much for the bytes, too, but the count is asked first.
            shared.publish_sized(Marked::new(3), 2).unwrap();
        })
    };
    while let Err(TryRecvError::Missed(missed)) = subscriber.try_recv() {
        assert_eq!(missed.reason, EvictReason::Count, "up to {}", missed.to);
    }
    check(&subscriber);
    publisher.join().unwrap();
    drain(&mut subscriber);
    settled(&subscriber, 3);
}

/// As above, with room for two: the first goes for the count, and both that follow for
/// their bytes.
pub(crate) fn reasons_beside_evict() {
    let shared = weighing(2, 4);
    let mut subscriber = Subscriber::new(shared.clone(), Start::Oldest);
    (1..=2).for_each(|number| {
        shared.publish_sized(Marked::new(number), 1).unwrap();
    });
    let publisher = {
        let shared = shared.clone();
        thread::spawn(move || {
            shared.publish_sized(Marked::new(3), 1).unwrap();
            shared.publish_sized(Marked::new(4), 4).unwrap();
        })
    };
    for _ in 0..2 {
        if let Err(TryRecvError::Missed(missed)) = subscriber.try_recv() {
            let expected = if missed.to == 2 { EvictReason::Count } else { EvictReason::Bytes };
            assert_eq!(missed.reason, expected, "up to {}", missed.to);
        }
        check(&subscriber);
    }
    publisher.join().unwrap();
    drain(&mut subscriber);
    settled(&subscriber, 4);
}
