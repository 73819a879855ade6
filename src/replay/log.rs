//! The log: where events are, who may read them, and when they go.
//!
//! # Positions
//!
//! An event with the sequence number `n` is at position `n - 1`. Two watermarks
//! divide the positions:
//!
//! ```text
//!   evicted           retained            not published
//! ────────────┬──────────────────────┬───────────────────►
//!           head                   tail
//! ```
//!
//! Both only grow, both are written under the lock, `head ≤ tail`, and an event
//! is evicted in the moment in which `head` passes it. `head` carries in its lowest
//! bit why the newest evicted event went.
//!
//! # Chunks
//!
//! | list | holds | next |
//! |---|---|---|
//! | `window` | the retained events, in order; the first may have evicted ones | `retiring`, once all of its events are evicted |
//! | `retiring` | evicted events that readers were inside of, or that wait for their turn | `free`, once they are taken out |
//! | `free` | nothing | `window` |
//!
//! The directory leads from a position to its chunk. It has an entry for each chunk
//! that the window can have at a time, so that an entry is overwritten only when all
//! that it led to is evicted.
//!
//! # Reading without the lock
//!
//! A reader finds its chunk, counts itself in (a *pin*), and only then looks at
//! `head`. A publisher advances `head`, and only then looks whether somebody is in.
//! Both do it by a read-modify-write of one word, so that one comes after the other
//! and sees what the other did before:
//!
//! - the reader is first: the publisher sees the pin, and leaves the event alone. It
//!   is evicted, but not dropped; a later publisher looks again.
//! - the publisher is first: the reader sees the new `head`, does not touch the
//!   event, and says what was missed.
//!
//! The same holds for an old entry of the directory, and for a chunk that has been
//! put to another use since: either of it comes after `head` passed the position. So
//! a chunk needs no generation. No fence and no SeqCst is needed either.

use alloc::boxed::Box;

use super::chunk::{Chunk, List, Pin};
use super::lock::Locked;
use super::parked::Parked;
use crate::histogram::counter::Counter;
use crate::hooks::EvictReason;
use crate::sync::{Acquire, AtomicBool, AtomicPtr, shielded};

mod write;

pub(super) use write::{Evicted, Room};

/// What readers look at, on a line of its own.
#[repr(align(128))]
struct Shared {
    tail: Counter,
    /// Twice the position, plus one if the newest event that went did so by bytes.
    head: Counter,
    closed: AtomicBool,
}

#[repr(align(128))]
struct Aligned<T>(T);

/// A log of events.
pub(super) struct Log<T> {
    shared: Shared,
    directory: Box<[AtomicPtr<Chunk<T>>]>,
    /// A chunk has this power of two of slots.
    shift: u32,
    pub(super) capacity: usize,
    pub(super) max_bytes: usize,
    inner: Aligned<Locked<Inner<T>>>,
}

// SAFETY: events are put in on one thread and dropped on another, so `T: Send`; the
// rest is chunks, which belong to the log, and wakers.
unsafe impl<T: Send> Send for Log<T> {}
// SAFETY: as above; and many threads at once are lent the same event, to clone it, so
// `T: Sync` as well. What is not atomic is guarded by the lock or by pins.
unsafe impl<T: Send + Sync> Sync for Log<T> {}

/// What the lock guards.
pub(super) struct Inner<T> {
    pub(super) tail: u64,
    pub(super) head: u64,
    /// The weight of all retained events.
    pub(super) bytes: usize,
    /// Why the newest of the evicted events went.
    pub(super) reason: EvictReason,
    window: List<T>,
    retiring: List<T>,
    free: List<T>,
    pub(super) closed: bool,
    pub(super) subscribers: usize,
    pub(super) parked: Parked,
}

// SAFETY: as for `Log`: events, chunks, and links to waiters, which are `Sync`.
unsafe impl<T: Send> Send for Inner<T> {}

/// What a reader finds.
pub(super) enum Found<R> {
    Events(R),
    /// Evicted up to this position.
    Missed(u64, EvictReason),
    /// Not published yet.
    Nothing,
}

impl<T> Log<T> {
    /// `capacity` is not 0.
    pub(super) fn new(capacity: usize, max_bytes: usize) -> Self {
        // Chunks of at most an eighth of the capacity, so that a pinned one, and the
        // slots that are ahead, weigh little. loom has chunks of two from 3 events on.
        let share = if cfg!(bellwether_loom) { capacity / 2 } else { capacity / 8 };
        let shift = share.clamp(1, 16).next_power_of_two().trailing_zeros();
        // All but one of `capacity` events, ending where a chunk ends, and one chunk more.
        let window = (capacity - 1).div_ceil(1 << shift) + 1;
        Self {
            shared: Shared {
                tail: Counter::new(),
                head: Counter::new(),
                closed: AtomicBool::new(false),
            },
            directory: (0..window.next_power_of_two())
                .map(|_| AtomicPtr::new(core::ptr::null_mut()))
                .collect(),
            shift,
            capacity,
            max_bytes,
            inner: Aligned(Locked::new(Inner {
                tail: 0,
                head: 0,
                bytes: 0,
                reason: EvictReason::Count,
                window: List::new(),
                retiring: List::new(),
                free: List::new(),
                closed: false,
                subscribers: 0,
                parked: Parked::new(),
            })),
        }
    }

    #[inline(always)]
    pub(super) fn lock<R>(&self, f: impl FnOnce(&mut Inner<T>) -> R) -> R {
        self.inner.0.with(f)
    }

    pub(super) fn new_chunk(&self) -> Box<Chunk<T>> {
        Chunk::new(1 << self.shift)
    }

    /// Where the next event will be. What is before it is published.
    #[inline(always)]
    pub(super) fn tail(&self) -> u64 {
        // ORDERING: Acquire pairs with `publish_appended`: the events and their chunks.
        self.shared.tail.load(Acquire)
    }

    /// Where the oldest retained event is, and why the one before it went.
    #[inline(always)]
    pub(super) fn head(&self) -> (u64, EvictReason) {
        // ORDERING: Acquire pairs with `make_room`: `tail` is seen at least there.
        let word = self.shared.head.load(Acquire);
        (word >> 1, if word & 1 == 0 { EvictReason::Count } else { EvictReason::Bytes })
    }

    /// Whether nothing will be published any more; `tail` is final then.
    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: Acquire pairs with `close`: the last event is seen.
        self.shared.closed.load(Acquire)
    }

    /// Up to `max` events from `at` on, as many as lie in one chunk; they stay while
    /// the result lives.
    #[inline(always)]
    pub(super) fn find(&self, at: u64, max: usize) -> Found<Run<'_, T>> {
        let tail = self.tail();
        if at >= tail {
            return Found::Nothing;
        }
        // ORDERING: Acquire pairs with `append`: who is led to another chunk sees that
        // `head` has passed `at`; and the chunk is seen as it was made.
        let chunk = self.directory[self.entry(at)].load(Acquire);
        // SAFETY: the entry was written before the event was published, and chunks are
        // not freed while the log is borrowed.
        let chunk = unsafe { &*chunk };
        let pin = chunk.pin();
        // After the pin: see the module.
        let (head, reason) = self.head();
        if at < head {
            return Found::Missed(head, reason);
        }
        let index = self.index(at);
        let published = usize::try_from(tail - at).unwrap_or(usize::MAX);
        let len = max.min(published).min((1 << self.shift) - index);
        Found::Events(Run { pin, index, len, tail })
    }

    #[inline(always)]
    fn entry(&self, at: u64) -> usize {
        (at >> self.shift) as usize & (self.directory.len() - 1)
    }

    #[inline(always)]
    fn index(&self, at: u64) -> usize {
        at as usize & ((1 << self.shift) - 1)
    }
}

/// Events side by side in a pinned chunk.
pub(super) struct Run<'a, T> {
    pin: Pin<'a, T>,
    index: usize,
    pub(super) len: usize,
    /// Where the next event was to be when this began.
    pub(super) tail: u64,
}

impl<T> Run<'_, T> {
    /// Lends the `n`-th event.
    #[inline(always)]
    pub(super) fn read<R>(&self, n: usize, f: impl FnOnce(&T) -> R) -> R {
        assert!(n < self.len);
        // SAFETY: `find` saw the event published, and retained after the pin was taken.
        unsafe { self.pin.read(self.index + n, f) }
    }
}

impl<T> Drop for Log<T> {
    fn drop(&mut self) {
        self.inner.0.exclusive(|inner| {
            Chunks([&mut inner.window, &mut inner.retiring, &mut inner.free]).free();
        });
    }
}

/// All chunks, to be freed: also the rest, if an event's drop panics.
struct Chunks<'a, T>([&'a mut List<T>; 3]);

impl<T> Chunks<'_, T> {
    fn free(&mut self) {
        while let Some(chunk) = self.0.iter_mut().find_map(|list| list.pop()) {
            // SAFETY: the log is gone, and the chunk was in one list.
            let chunk = unsafe { chunk.free() };
            shielded(|| drop(chunk));
        }
    }
}

impl<T> Drop for Chunks<'_, T> {
    fn drop(&mut self) {
        self.free();
    }
}
