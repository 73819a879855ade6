//! Bytes held for subscribers that do not read: exact, if the program counts them.

use std::sync::Arc;

use super::Replaying;
use super::work::CAPACITY;
use crate::allocations;

/// Bytes that everybody is asked to stay within.
pub const BOUND: usize = 1 << 20;

/// Bytes on the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// By the buffer, its events and all subscribers.
    pub all: usize,
    /// By one subscriber, in place.
    pub cursor: usize,
}

/// Twice as many events as it keeps are published in front of subscribers that never
/// read. It was asked for [`CAPACITY`] events, and [`BOUND`] bytes, if it can be.
pub fn stalled<P: Replaying<Arc<[u8]>>>(subscribers: usize, event: usize) -> Held {
    let (all, made) = allocations::bytes(|| {
        let peer = P::bounded(CAPACITY, BOUND);
        let stalled: Vec<_> = (0..subscribers).map(|_| peer.subscribe()).collect();
        for _ in 0..2 * CAPACITY {
            peer.publish_sized(Arc::from(vec![0; event]), event);
        }
        (peer, stalled)
    });
    drop(made);
    Held { all, cursor: size_of::<P::Subscriber>() }
}
