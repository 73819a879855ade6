//! Receivers that wait for the next event: a list under the producers' lock.
//!
//! A waiter's [`Node`] is inside a pinned future. Whoever publishes holds the lock
//! anyway, and so sees whether anybody waits; whoever parks looks at the tail once
//! more under the lock. So no wake-up is lost, and no fence is needed. An only producer
//! does not hold the lock; what it needs instead is in `log.rs`.
//!
//! | node | who may touch it | next |
//! |---|---|---|
//! | not linked | its owner | linked, by its owner |
//! | linked | the holder of the lock | not linked, by its owner or by who wakes it |
//!
//! The list is first in, first out, and the tails at which its nodes parked do not
//! decrease: those that a publisher must wake are at the front, also if it lets go
//! of the lock in between.

use core::marker::PhantomPinned;
use core::ptr::NonNull;
use core::task::Waker;

use super::batch::Batch;
use crate::sync::{Acquire, AtomicBool, Relaxed, Release, UnsafeCell};

/// One waiter.
pub(super) struct Node {
    links: UnsafeCell<Links>,
    linked: AtomicBool,
    /// Others write to a linked node: references to its owner claim nothing about it.
    _pinned: PhantomPinned,
}

struct Links {
    next: Option<Linked>,
    prev: Option<Linked>,
    waker: Option<Waker>,
    /// It waits for the event at this position.
    at: u64,
}

// SAFETY: the links are touched by the owner or under the lock, never both; a waker may
// be woken and dropped by any thread.
unsafe impl Send for Node {}
// SAFETY: as above; `&Node` gives access to nothing but the flag.
unsafe impl Sync for Node {}

/// A node in the list. For the holder of the lock; not to be used once it is out.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Linked(NonNull<Node>);

impl Linked {
    fn links<R>(self, f: impl FnOnce(&mut Links) -> R) -> R {
        // SAFETY: a linked node is alive: its owner takes it out before it goes.
        let node = unsafe { self.0.as_ref() };
        node.with_links(f)
    }
}

/// All that wait. In the value that the lock guards.
pub(super) struct Parked {
    first: Option<Linked>,
    last: Option<Linked>,
}

// SAFETY: links to waiters, which are `Sync`.
unsafe impl Send for Parked {}

impl Node {
    pub(super) fn new() -> Self {
        Self {
            links: UnsafeCell::new(Links { next: None, prev: None, waker: None, at: 0 }),
            linked: AtomicBool::new(false),
            _pinned: PhantomPinned,
        }
    }

    /// Asked by the owner: once `false`, nobody else touches the node.
    pub(super) fn is_linked(&self) -> bool {
        // ORDERING: Acquire pairs with `Parked::wake`: who woke it is done with it.
        self.linked.load(Acquire)
    }

    /// For the owner of a node that is not linked: its last access.
    pub(super) fn take_waker(&self) -> Option<Waker> {
        self.with_links(|links| links.waker.take())
    }

    /// For the owner of a node that is not linked, or the holder of the lock.
    fn with_links<R>(&self, f: impl FnOnce(&mut Links) -> R) -> R {
        self.links.with_mut(|links| {
            // SAFETY: exclusive, see the table.
            f(unsafe { &mut *links })
        })
    }
}

impl Parked {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) const fn new() -> Self {
        Self { first: None, last: None }
    }

    /// Puts a node at the end, which waits for the event at `at`, the tail.
    ///
    /// # Safety
    ///
    /// The node is not linked. Until it is not linked any more, it is neither moved
    /// nor dropped, and this list stays.
    pub(super) unsafe fn push(&mut self, node: &Node, at: u64, waker: Waker) {
        let linked = Linked(NonNull::from(node));
        let prev = self.last.replace(linked);
        node.with_links(|links| *links = Links { next: None, prev, waker: Some(waker), at });
        match prev {
            Some(prev) => prev.links(|links| links.next = Some(linked)),
            None => self.first = Some(linked),
        }
        node.linked.store(true, Relaxed);
    }

    /// Takes the node out, if it is still in; returns its waker, to be dropped
    /// outside the lock.
    ///
    /// # Safety
    ///
    /// If the node is linked, it is in this list.
    pub(super) unsafe fn remove(&mut self, node: &Node) -> Option<Waker> {
        if !node.linked.load(Relaxed) {
            return None;
        }
        let waker = self.unlink(Linked(NonNull::from(node)));
        node.linked.store(false, Relaxed);
        waker
    }

    /// Makes `fresh` the waker of a node that is linked; returns what is to be dropped
    /// outside the lock, and whether the node was linked.
    ///
    /// # Safety
    ///
    /// If the node is linked, it is in this list.
    pub(super) unsafe fn rearm(&mut self, node: &Node, fresh: Waker) -> (Option<Waker>, bool) {
        if !node.linked.load(Relaxed) {
            return (Some(fresh), false);
        }
        (node.with_links(|links| links.waker.replace(fresh)), true)
    }

    /// Takes out those that wait for an event before `tail`, as many as `out` takes;
    /// returns whether there are more.
    #[inline(always)]
    pub(super) fn wake(&mut self, tail: u64, out: &mut Batch<Waker>) -> bool {
        self.first.is_some() && self.wake_some(tail, out)
    }

    #[cold]
    fn wake_some(&mut self, tail: u64, out: &mut Batch<Waker>) -> bool {
        while let Some(first) = self.first {
            if first.links(|links| links.at) >= tail {
                return false;
            }
            if out.is_full() {
                return true;
            }
            if let Some(waker) = self.unlink(first) {
                out.push(waker);
            }
            // SAFETY: alive until the store below is seen.
            let linked = unsafe { &first.0.as_ref().linked };
            // ORDERING: Release pairs with `Node::is_linked`: it may go at once.
            linked.store(false, Release);
        }
        false
    }

    fn unlink(&mut self, node: Linked) -> Option<Waker> {
        let (prev, next, waker) = node.links(|links| (links.prev, links.next, links.waker.take()));
        match prev {
            Some(prev) => prev.links(|links| links.next = next),
            None => self.first = next,
        }
        match next {
            Some(next) => next.links(|links| links.prev = prev),
            None => self.last = prev,
        }
        waker
    }
}
