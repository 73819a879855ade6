//! What the holder of the bit may do: read, mend and cut the links.
//!
//! No code of a user's runs while the bit is held (no waker is cloned, woken or
//! dropped), and nothing here panics.

use core::ptr::{self, NonNull};
use core::task::Waker;

use super::{BITS, DONE, LOCKED, Links, Node, Role, Waiters, Word, head, with_bits};
use crate::sync::{Acquire, Masked, Relaxed, Release, in_order};

/// A node that is in the list. Its methods are called by the holder of the bit
/// only, and not after the node was cut out or finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Linked(NonNull<Node>);

impl Linked {
    /// # Safety
    ///
    /// The node is linked, or is so before the result is used; what is said above
    /// is kept.
    #[inline]
    pub(super) unsafe fn new(node: &Node) -> Self {
        Self(NonNull::from(node))
    }

    /// The newest node. To be used as said above.
    #[inline]
    pub(super) fn newest(word: Word) -> Option<Self> {
        NonNull::new(head(word)).map(Self)
    }

    /// `bits_of` with this node, or none, as the newest.
    #[inline]
    pub(super) fn as_head(newest: Option<Self>, bits_of: Word) -> Word {
        let head = newest.map_or(ptr::null_mut(), |node| node.0.as_ptr());
        head.map_addr(|address| address | (bits_of.addr() & BITS))
    }

    fn node(self) -> *const Node {
        self.0.as_ptr()
    }

    pub(super) fn links<R>(self, f: impl FnOnce(&mut Links) -> R) -> R {
        // SAFETY: a linked node is alive: its owner takes it out, under the bit
        // that the caller holds, before it goes.
        let links = unsafe { &(*self.node()).links };
        links.with_mut(|links| {
            // SAFETY: the caller holds the bit, which makes the access exclusive.
            f(unsafe { &mut *links })
        })
    }

    pub(super) fn next(self) -> Option<Linked> {
        self.links(|links| links.next)
    }

    fn prev(self) -> Option<Linked> {
        self.links(|links| links.prev)
    }

    pub(super) fn set_next(self, next: Option<Linked>) {
        self.links(|links| links.next = next);
    }

    pub(super) fn set_prev(self, prev: Linked) {
        self.links(|links| links.prev = Some(prev));
    }

    pub(super) fn take_waker(self) -> Option<Waker> {
        self.links(|links| links.waker.take())
    }

    pub(super) fn role(self) -> Role {
        // SAFETY: alive, as above; the role never changes.
        unsafe { (*self.node()).role }
    }

    /// Gives the node back to its owner, who may free it at once: the holder
    /// must not touch it again.
    pub(super) fn finish(self) {
        // SAFETY: alive until the store below is seen.
        let state = unsafe { &(*self.node()).state };
        // ORDERING: Release pairs with the owner's Acquire in `Waiters::remove`.
        state.store(DONE, Release);
    }
}

/// The bit is held, until [`Held::unlock`].
pub(super) struct Held<'a> {
    list: &'a Waiters,
    /// The word at the last look, without `LOCKED`.
    word: Word,
    _masked: Masked,
}

/// Both ends of a list that is linked back throughout.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) newest: Linked,
    pub(super) oldest: Linked,
}

impl Ends {
    /// The newer neighbour.
    pub(super) fn newer(self, node: Linked) -> Option<Linked> {
        if node == self.newest { None } else { node.prev() }
    }
}

impl<'a> Held<'a> {
    pub(super) fn new(list: &'a Waiters, word: Word, masked: Masked) -> Self {
        Self { list, word, _masked: masked }
    }

    pub(super) fn word(&self) -> Word {
        self.word
    }

    /// Links back the nodes that were pushed since the bit was last held. Each
    /// node is visited once in its life, so all calls together cost O(nodes).
    pub(super) fn ends(&self) -> Option<Ends> {
        let newest = Linked::newest(self.word)?;
        if let Some(oldest) = newest.prev() {
            return Some(Ends { newest, oldest });
        }
        let mut node = newest;
        let oldest = loop {
            let Some(older) = node.next() else { break node };
            // The newest node of last time holds the oldest.
            let oldest = older.links(|links| links.prev.replace(node));
            if let Some(oldest) = oldest {
                break oldest;
            }
            node = older;
        };
        newest.set_prev(oldest);
        Some(Ends { newest, oldest })
    }

    /// Cuts a linked node out.
    pub(super) fn unlink(&mut self, node: Linked) {
        let Some(mut ends) = self.ends() else { return };
        let older = node.next();
        if node == ends.newest {
            if self.replace_newest(node, older) {
                if let Some(older) = older {
                    older.set_prev(ends.oldest);
                }
                return;
            }
            // Newcomers stand before it now.
            let Some(again) = self.ends() else { return };
            ends = again;
        }
        let Some(newer) = ends.newer(node) else { return };
        newer.set_next(older);
        match older {
            Some(older) => older.set_prev(newer),
            None => ends.newest.set_prev(newer),
        }
    }

    /// Tries to make `older` the newest node, in place of `newest`.
    fn replace_newest(&mut self, newest: Linked, older: Option<Linked>) -> bool {
        loop {
            let locked = with_bits(self.word, 0, LOCKED);
            // ORDERING: Acquire on failure pairs with the newcomers' push.
            let swapped = self.list.word.compare_exchange_weak(
                locked,
                Linked::as_head(older, locked),
                Relaxed,
                Acquire,
            );
            match swapped {
                Ok(_) => {
                    self.word = Linked::as_head(older, self.word);
                    return true;
                }
                Err(now) => self.word = with_bits(now, LOCKED, 0),
            }
            if Linked::newest(self.word) != Some(newest) {
                return false;
            }
        }
    }

    /// Releases the oldest nodes for good, and gives their wakers to `take`
    /// until that says that it has enough. Only once the list is closed.
    pub(super) fn release(&mut self, mut take: impl FnMut(Role, Option<Waker>) -> bool) {
        let Some(ends) = self.ends() else { return };
        let mut node = ends.oldest;
        loop {
            let newer = ends.newer(node);
            if newer.is_none() {
                // Closed: nobody pushes, so the word changes in no other way.
                self.replace_newest(node, None);
            }
            let (more, ()) = in_order!(take(node.role(), node.take_waker()), node.finish());
            let Some(newer) = newer else { return };
            if !more {
                newer.set_next(None);
                ends.newest.set_prev(newer);
                return;
            }
            node = newer;
        }
    }

    /// Lets go of the bit. The answer may hold a debt.
    #[must_use]
    pub(super) fn unlock(self) -> Word {
        let mut locked = with_bits(self.word, 0, LOCKED);
        loop {
            let free = with_bits(locked, LOCKED, 0);
            // ORDERING: Release pairs with the next holder's `Waiters::take_bit`.
            match self.list.word.compare_exchange_weak(locked, free, Release, Relaxed) {
                Ok(_) => return free,
                Err(now) => locked = now,
            }
        }
    }
}
