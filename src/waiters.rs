//! The one-word waiter list: intrusive, allocation-free, first in first out.
//!
//! A waiter is a [`Node`] inside a pinned future. The list is one word: the
//! newest node, with four bits in the low end of its address.
//!
//! ```text
//!  word ──► newest ──next──► ... ──next──► oldest ──► null
//!           │  ▲◄──prev────── ... ◄──prev──┘ ▲
//!           └──┼───────────── prev ──────────┘   (the newest node's `prev` is the oldest)
//!     pushed since the bit was last held: `prev` is still null
//! ```
//!
//! | bit | name | while it is set |
//! |---|---|---|
//! | 1 | `LOCKED` | one thread, the *holder*, may read and write the links of linked nodes |
//! | 2 | `OWED` | the holder-to-be must wake the candidates: see [`Waiters::settle`] |
//! | 4 | `CLOSED` | nothing may be pushed, and every linked node must be released |
//! | 8 | `USER` | for the primitive on top |
//!
//! | operation | by | takes `LOCKED` | word |
//! |---|---|---|---|
//! | push | the node's owner | no | `head` → node |
//! | set `OWED`, `CLOSED`, `USER` | the primitive | no | bits only |
//! | remove, rearm | the node's owner | yes, for a few instructions | `head` → older, if it was the newest |
//! | settle | whoever sees a debt when it lets go of `LOCKED` or adds one | yes, a batch at a time; never waits for its first batch | `head` → null, `OWED` cleared |
//!
//! Removing a waiter must exclude traversal, since a dropped future's node dies
//! at once; that is all the bit is for. Pushing and closing never wait for it: a
//! thread that adds a debt and finds the bit taken leaves the debt to the
//! holder, whose unlock sees it, because debt and bit are one word.
//!
//! # Node states
//!
//! | state | who may touch the links | next |
//! |---|---|---|
//! | `OUT` | the owner | `LINKED` by the owner's push, `CLEARED` |
//! | `LINKED` | the holder of the list's bit | `OUT` by the owner's remove, `DONE` by a settler |
//! | `DONE` | the owner | `CLEARED` |
//! | `CLEARED` | the owner: there is no waker | – |
//!
//! # Orderings
//!
//! Every change of the word is a read-modify-write, so each continues the
//! release sequences of all before it: an Acquire that reads the word sees all
//! that happened before every earlier Release on it.

use core::marker::PhantomPinned;
use core::ptr;
use core::task::Waker;

use crate::sync::{
    Acquire, AtomicPtr, AtomicU8, Masked, Relaxed, Release, Shielded, UnsafeCell, const_fn,
    in_order, relax, wakes,
};

mod held;
mod settle;

use held::{Held, Linked};

pub(crate) const LOCKED: usize = 1;
pub(crate) const OWED: usize = 2;
pub(crate) const CLOSED: usize = 4;
pub(crate) const USER: usize = 8;
const BITS: usize = LOCKED | OWED | CLOSED | USER;

/// Nodes must be aligned to this, which leaves the word its four bits.
pub(crate) const ALIGN: usize = BITS + 1;

/// The newest node and the four bits.
pub(crate) type Word = *mut Node;

/// The head of a list, and the whole of it: one word.
#[derive(Debug)]
pub(crate) struct Waiters {
    /// The primitive on top changes `OWED`, `CLOSED` and `USER`, by
    /// read-modify-write only.
    pub(crate) word: AtomicPtr<Node>,
}

/// What a waiter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Is woken by a debt (`OWED`) and by closing.
    Candidate,
    /// Is woken by closing only.
    Observer,
    /// Not a waiter: marks a settler's place in the list.
    Cursor,
}

/// One waiter. Must be at an address aligned to [`ALIGN`] when it is pushed.
#[derive(Debug)]
pub(crate) struct Node {
    links: UnsafeCell<Links>,
    state: AtomicU8,
    role: Role,
    /// Others write to a linked node: references to its owner claim nothing about it.
    _pinned: PhantomPinned,
}

#[derive(Debug)]
struct Links {
    /// The older neighbour.
    next: Option<Linked>,
    /// The newer neighbour; the oldest node, in the newest; null until linked back.
    prev: Option<Linked>,
    /// Gone once it has been taken to be woken.
    waker: Option<Waker>,
}

const OUT: u8 = 0;
const LINKED: u8 = 1;
const DONE: u8 = 2;
const CLEARED: u8 = 3;

// SAFETY: the links are touched by the owner or by the holder of the bit, never
// by both (see the table); a waker may be woken and dropped by any thread.
unsafe impl Send for Node {}
// SAFETY: as above; `&Node` gives access to nothing but the atomic state.
unsafe impl Sync for Node {}

#[inline]
pub(crate) fn head(word: Word) -> Word {
    word.map_addr(|address| address & !BITS)
}

/// `word` with some bits cleared and others set.
#[inline]
pub(crate) fn with_bits(word: Word, clear: usize, set: usize) -> Word {
    word.map_addr(|address| (address & !clear) | set)
}

#[inline]
pub(crate) fn has(word: Word, bit: usize) -> bool {
    word.addr() & bit != 0
}

impl Node {
    #[inline]
    pub(crate) fn new(role: Role, waker: Option<Waker>) -> Self {
        Self {
            links: UnsafeCell::new(Links { next: None, prev: None, waker }),
            state: AtomicU8::new(OUT),
            role,
            _pinned: PhantomPinned,
        }
    }

    #[inline]
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Whether it was pushed and not removed since. Asked by the owner.
    #[inline]
    pub(crate) fn is_pushed(&self) -> bool {
        matches!(self.state.load(Relaxed), LINKED | DONE)
    }

    /// Asked by the owner.
    #[inline]
    pub(crate) fn is_cleared(&self) -> bool {
        self.state.load(Relaxed) == CLEARED
    }

    /// Asked by the holder of the bit, or where the answer is a hint.
    fn is_linked(&self) -> bool {
        self.state.load(Relaxed) == LINKED
    }

    /// Asked by the owner: once `false`, nobody else touches the node.
    #[inline]
    fn is_in_list(&self) -> bool {
        // ORDERING: Acquire pairs with `Linked::finish`: the settler is done with it.
        self.state.load(Acquire) == LINKED
    }

    /// Owner, `OUT` or `DONE` → `CLEARED`. Gives the waker back, to be dropped
    /// where it may panic.
    #[inline]
    pub(crate) fn clear(&self) -> Option<Waker> {
        debug_assert!(!self.is_linked());
        self.state.store(CLEARED, Relaxed);
        self.own_links(|links| links.waker.take())
    }

    /// For the owner of a node that is not linked.
    #[inline]
    fn own_links<R>(&self, f: impl FnOnce(&mut Links) -> R) -> R {
        self.links.with_mut(|links| {
            // SAFETY: nobody but the owner touches a node that is not linked.
            f(unsafe { &mut *links })
        })
    }
}

impl Waiters {
    const_fn! {
        /// An empty list, with some bits set.
        #[inline]
        pub(crate) const fn new(bits: usize) -> Self {
            Self { word: AtomicPtr::new(ptr::without_provenance_mut(bits)) }
        }
    }

    /// Owner: `OUT` → `LINKED`, if the word is still `word`.
    ///
    /// # Safety
    ///
    /// The node is aligned to [`ALIGN`], and until [`Self::remove`] has returned
    /// it is neither moved nor dropped.
    #[inline]
    pub(crate) unsafe fn push(&self, node: &Node, word: Word) -> bool {
        debug_assert!(!has(ptr::from_ref(node).cast_mut(), BITS) && !has(word, CLOSED));
        node.own_links(|links| (links.next, links.prev) = (Linked::newest(word), None));
        // SAFETY: linked by the exchange below, and not used here.
        let newest = unsafe { Linked::new(node) };
        let ((), pushed) = in_order!(
            // Before the push: after it, a settler may already have stored `DONE`.
            node.state.store(LINKED, Relaxed),
            // ORDERING: Release hands the node to the holder: pairs with `take_bit` and
            // with `Held::replace_newest`.
            self.word
                .compare_exchange_weak(word, Linked::as_head(Some(newest), word), Release, Relaxed)
                .is_ok()
        );
        if !pushed {
            node.state.store(OUT, Relaxed);
        }
        pushed
    }

    /// Owner: takes the node out, if it is still in; `LINKED` → `OUT` or
    /// `DONE`. May settle a debt, and so run other waiters' wakers.
    #[inline]
    pub(crate) fn remove(&self, node: &Node) {
        if node.is_in_list() {
            self.cut_out(node);
        }
    }

    #[cold]
    fn cut_out(&self, node: &Node) {
        let mut held = self.lock();
        if node.is_linked() {
            // SAFETY: linked, and the bit is held.
            held.unlink(unsafe { Linked::new(node) });
            node.state.store(OUT, Relaxed);
        }
        if is_owed(held.unlock()) {
            wakes!(self.settle());
        }
    }

    /// Owner of a pushed node: makes sure that `waker` is the one to be woken.
    /// The caller looks at the word again afterwards.
    pub(crate) fn rearm(&self, node: &Node, waker: &Waker) {
        // Others' wakers, which settling runs, may panic.
        let mut fresh = Shielded(None);
        loop {
            let held = self.lock();
            let mut replaced = Shielded(None);
            // SAFETY: used only if it is linked; the bit is held.
            let linked = unsafe { Linked::new(node) };
            let armed = !node.is_linked()
                || linked.links(|links| {
                    let same = links.waker.as_ref().is_some_and(|old| old.will_wake(waker));
                    if !same && fresh.0.is_some() {
                        replaced.0 = core::mem::replace(&mut links.waker, fresh.take());
                        return true;
                    }
                    same
                });
            if is_owed(held.unlock()) {
                wakes!(self.settle());
            }
            // The old waker is dropped and the new one cloned outside the bit.
            drop(replaced);
            if armed {
                return;
            }
            fresh = Shielded::new(waker.clone());
        }
    }

    /// Waits for the bit; with interrupts masked, if that is asked for.
    fn lock(&self) -> Held<'_> {
        let masked = Masked::new();
        let mut turn = 0;
        loop {
            let word = self.word.load(Relaxed);
            if has(word, LOCKED) {
                relax(turn);
                turn = turn.saturating_add(1);
            } else if self.take_bit(word, 0) {
                return Held::new(self, word, masked);
            }
        }
    }

    /// Takes the bit if there is a debt and nobody holds the bit: a holder would
    /// see the debt when it lets go.
    fn lock_if_owed(&self) -> Option<Held<'_>> {
        let masked = Masked::new();
        loop {
            let word = self.word.load(Relaxed);
            if has(word, LOCKED) || !is_owed(word) {
                return None;
            }
            if self.take_bit(word, OWED) {
                return Some(Held::new(self, word, masked));
            }
        }
    }

    fn take_bit(&self, word: Word, paid: usize) -> bool {
        let taken = with_bits(word, paid, LOCKED);
        // ORDERING: Acquire pairs with `push` (the nodes) and with
        // `Held::unlock` (their links, as the last holder left them).
        self.word.compare_exchange_weak(word, taken, Acquire, Relaxed).is_ok()
    }
}

/// Whether whoever lets go of the bit, or finds it free, must settle.
fn is_owed(word: Word) -> bool {
    has(word, OWED) || (has(word, CLOSED) && !head(word).is_null())
}
