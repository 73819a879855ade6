//! The log: which events there are, who may read them, and when they go.
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
//! Both only grow, both are written by whoever may publish, `head ≤ tail`, and an
//! event is evicted in the moment in which `head` passes it. `head` carries in its
//! lowest bits why the newest evicted event went.
//!
//! | operation | looks at |
//! |---|---|
//! | read | `tail`, the store, `head`: in this order |
//! | subscribe, resume | `head`, `tail`, `head` again, until it stands |
//! | stats | `Inner`, under the lock; beside an only producer as above |
//! | publish, close | `Inner`, under the lock or as the only producer; then `head`, the store, `tail` |
//! | wait | `Parked`, under the lock; `tail` once more |
//!
//! How an event is read without a lock is the store's matter: see `heap.rs`.
//!
//! # The only producer
//!
//! Where there is only one, it has `Inner` for itself and takes the lock only if
//! somebody waits: it advances `tail` and then looks at `waits`; who parks sets `waits`
//! and then looks at `tail`. Both do it by a read-modify-write of `waits`, as all do who
//! write it, so that one comes after the other and sees what the other did before.

#[cfg(feature = "alloc")]
use super::budget::{Budget, Share};
use super::lock::Split;
use super::parked::Parked;
use super::store::Store;
use crate::histogram::counter::Counter;
use crate::hooks::EvictReason;
use crate::sync::{Acquire, AtomicBool, AtomicUsize, Relaxed, Release, const_fn, in_order};

mod write;

pub(super) use write::Evicted;

/// What readers look at, on a line of its own.
#[repr(align(128))]
struct Watermarks {
    tail: Counter,
    /// Four times the position, plus the code of the reason.
    head: Counter,
    closed: AtomicBool,
}

#[repr(align(128))]
struct Aligned<T>(T);

/// A log of events.
pub(super) struct Log<S: Store> {
    watermarks: Watermarks,
    store: S,
    /// Beyond [`Store::CAPACITY`]. This and the next are such that a log in a static, as
    /// it is made, is all zeroes.
    capacity_more: usize,
    /// What is lacking of all bytes that there can be: without a bound, 0.
    bytes_less: usize,
    state: Aligned<Split<Inner<S::Shelf>, Parked>>,
    /// As in `Inner`, for whoever does not hold the lock.
    bytes: AtomicUsize,
    subscribers: AtomicUsize,
    /// That is shared with other buffers.
    #[cfg(feature = "alloc")]
    pub(super) budget: Option<Budget>,
    /// There is only one producer: it does not take the lock.
    alone: bool,
    /// Where there is only one producer: whether somebody is parked.
    waits: AtomicUsize,
}

/// What whoever may publish works on.
pub(super) struct Inner<F> {
    pub(super) tail: u64,
    pub(super) head: u64,
    /// The weight of all retained events.
    pub(super) bytes: usize,
    /// Why the newest of the evicted events went.
    pub(super) reason: EvictReason,
    pub(super) closed: bool,
    #[cfg(feature = "alloc")]
    pub(super) share: Option<Share>,
    pub(super) shelf: F,
}

/// What a reader finds.
pub(super) enum Found<R> {
    Events(R),
    /// Evicted up to this position.
    Missed(u64, EvictReason),
    /// Not published yet.
    Nothing,
}

/// What there is.
pub(super) struct Retained {
    pub(super) head: u64,
    pub(super) tail: u64,
    pub(super) bytes: usize,
    pub(super) closed: bool,
}

/// `head` and `tail` as they were at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) head: u64,
    pub(super) tail: u64,
    /// Why the newest event before `head` went.
    pub(super) reason: EvictReason,
}

/// By their codes; the fourth is none.
const REASONS: [EvictReason; 4] =
    [EvictReason::Count, EvictReason::Bytes, EvictReason::Budget, EvictReason::Budget];

impl<S: Store> Log<S> {
    const_fn! {
        /// Retains [`Store::CAPACITY`] events and `capacity_more`, together not 0,
        /// without a bound of bytes.
        pub(super) const fn new(capacity_more: usize, store: S, shelf: S::Shelf) -> Self {
            Self {
                watermarks: Watermarks {
                    tail: Counter::new(),
                    head: Counter::new(),
                    closed: AtomicBool::new(false),
                },
                store,
                capacity_more,
                bytes_less: 0,
                state: Aligned(Split::new(
                    Inner {
                        tail: 0,
                        head: 0,
                        bytes: 0,
                        reason: EvictReason::Count,
                        closed: false,
                        #[cfg(feature = "alloc")]
                        share: None,
                        shelf,
                    },
                    Parked::new(),
                )),
                bytes: AtomicUsize::new(0),
                subscribers: AtomicUsize::new(0),
                #[cfg(feature = "alloc")]
                budget: None,
                alone: false,
                waits: AtomicUsize::new(0),
            }
        }
    }

    /// How many events are retained at most.
    #[inline(always)]
    pub(super) const fn capacity(&self) -> usize {
        S::CAPACITY + self.capacity_more
    }

    /// How many bytes are retained at most.
    #[inline(always)]
    pub(super) const fn max_bytes(&self) -> usize {
        !self.bytes_less
    }

    pub(super) const fn set_max_bytes(&mut self, bytes: usize) {
        self.bytes_less = !bytes;
    }

    /// From now on there is one producer.
    pub(super) const fn set_alone(&mut self) {
        self.alone = true;
    }

    /// From now on the budget bounds it too.
    #[cfg(feature = "alloc")]
    pub(super) fn join_budget(&mut self, share: Share) {
        self.budget = Some(share.budget().clone());
        self.set_max_bytes(self.max_bytes().min(share.budget().max_bytes()));
        self.state.0.exclusive(|inner| inner.share = Some(share));
    }

    /// Where the next event will be. What is before it is published.
    #[inline(always)]
    pub(super) fn tail(&self) -> u64 {
        // ORDERING: Acquire pairs with `publish_appended`: the events and what leads to them.
        self.watermarks.tail.load(Acquire)
    }

    /// Where the oldest retained event is, and why the one before it went.
    #[inline(always)]
    pub(super) fn head(&self) -> (u64, EvictReason) {
        // ORDERING: Acquire pairs with `publish_evicted`: `tail` is seen at least there.
        let word = self.watermarks.head.load(Acquire);
        (word >> 2, REASONS[(word & 3) as usize])
    }

    /// Both watermarks. It looks again only if an event was evicted meanwhile.
    pub(super) fn bounds(&self) -> Bounds {
        let mut seen = self.head();
        loop {
            let (tail, again) = in_order!(self.tail(), self.head());
            if again.0 == seen.0 {
                let (head, reason) = seen;
                return Bounds { head, tail, reason };
            }
            seen = again;
        }
    }

    /// Whether nothing will be published any more; `tail` is final then.
    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: Acquire pairs with `close`: the last event is seen.
        self.watermarks.closed.load(Acquire)
    }

    /// What is retained at one moment.
    pub(super) fn retained(&self) -> Retained {
        if !self.alone {
            return self.with_all(|&mut Inner { head, tail, bytes, closed, .. }, _| Retained {
                head,
                tail,
                bytes,
                closed,
            });
        }
        // In this order: once it is closed, it stays as it is.
        let (closed, Bounds { head, tail, .. }) = in_order!(self.is_closed(), self.bounds());
        Retained { head, tail, bytes: self.bytes.load(Relaxed), closed }
    }

    pub(super) fn subscribers(&self) -> usize {
        self.subscribers.load(Relaxed)
    }

    /// One subscriber more.
    pub(super) fn join(&self) {
        self.subscribers.fetch_add(1, Relaxed);
    }

    /// One subscriber less.
    pub(super) fn leave(&self) {
        self.subscribers.fetch_sub(1, Relaxed);
    }

    /// Up to `max` events from `at` on, as many as one visit reaches.
    #[inline(always)]
    pub(super) fn find(&self, at: u64, max: usize) -> Found<Run<'_, S>> {
        let tail = self.tail();
        if at >= tail {
            return Found::Nothing;
        }
        // `head` after the visit has begun: see the store.
        let (visit, (head, reason)) = in_order!(self.store.visit(at), self.head());
        if at < head {
            return Found::Missed(head, reason);
        }
        let published = usize::try_from(tail - at).unwrap_or(usize::MAX);
        let len = max.min(published).min(self.store.reach(at));
        Found::Events(Run { log: self, visit, at, len, tail })
    }

    /// Runs `f` with all of it, under the lock; for logs with many producers.
    #[inline(always)]
    pub(super) fn with_all<R>(&self, f: impl FnOnce(&mut Inner<S::Shelf>, &mut Parked) -> R) -> R {
        debug_assert!(!self.alone);
        // SAFETY: `with_inner` is called for logs with one producer only.
        unsafe { self.state.0.both(f) }
    }

    /// Runs `f` without the lock.
    ///
    /// # Safety
    ///
    /// This log has one producer, in whose name this is called.
    #[inline(always)]
    pub(super) unsafe fn with_inner<R>(&self, f: impl FnOnce(&mut Inner<S::Shelf>) -> R) -> R {
        debug_assert!(self.alone);
        // SAFETY: as the caller promises.
        unsafe { self.state.0.alone(f) }
    }

    /// Runs `f` with those who wait, under the lock.
    pub(super) fn parked<R>(&self, f: impl FnOnce(&mut Parked) -> R) -> R {
        self.state.0.second(|parked| {
            let result = f(parked);
            if self.alone {
                // Keeps what a producer's look before it has released.
                self.waits.swap(usize::from(!parked.is_empty()), Relaxed);
            }
            result
        })
    }

    /// Whoever parks says so, holding the lock, before it looks at `tail` once more.
    pub(super) fn announce(&self) {
        if self.alone {
            // ORDERING: Acquire pairs with `somebody_waits`: if the producer has looked
            // before, what it has published is seen.
            self.waits.swap(1, Acquire);
        }
    }

    /// Asked by the only producer, after it has advanced `tail`.
    #[inline(always)]
    pub(super) fn somebody_waits(&self) -> bool {
        // ORDERING: Release pairs with `announce`. It writes nothing, but is in the order
        // of those who do.
        self.waits.fetch_add(0, Release) != 0
    }
}

/// Events side by side.
pub(super) struct Run<'a, S: Store + 'a> {
    log: &'a Log<S>,
    visit: S::Visit<'a>,
    at: u64,
    pub(super) len: usize,
    /// Where the next event was to be when this began.
    pub(super) tail: u64,
}

impl<S: Store> Run<'_, S> {
    /// Lends the `n`-th event, unless it was evicted before it was read.
    #[inline(always)]
    pub(super) fn read<R>(&self, n: usize, f: impl FnOnce(&S::Event) -> R) -> Option<R> {
        assert!(n < self.len);
        let head = || self.log.head().0;
        // SAFETY: `find` saw the event published, and retained after the visit had begun.
        unsafe { self.log.store.read(&self.visit, self.at + n as u64, head, f) }
    }
}

impl<S: Store> Drop for Log<S> {
    fn drop(&mut self) {
        // Whoever had this last comes after the others, but loom does not see `Arc`s.
        #[cfg(bellwether_modelled)]
        self.state.0.second(|_| ());
        let store = &self.store;
        self.state.0.exclusive(|inner| {
            // First: events that are dropped may publish elsewhere, and find room then.
            #[cfg(feature = "alloc")]
            drop(inner.share.take());
            store.clear(&mut inner.shelf);
        });
    }
}
