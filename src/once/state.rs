//! The cell's state, in the two bits of the waiters' word that belong to it.
//!
//! ```text
//!            begin                    complete
//!   EMPTY ───────────► RUNNING ───────────────────► READY
//!     ▲                   │                           │
//!     └───────────────────┘                           │
//!     │       fail                                    │
//!     └───────────────────────────────────────────────┘
//!                  reset (by `&mut`)
//! ```
//!
//! | state | `USER` | `CLOSED` | the value | who may touch it |
//! |---|---|---|---|---|
//! | `EMPTY` | 0 | 0 | uninitialised | nobody |
//! | `RUNNING` | 1 | 0 | uninitialised | the leader |
//! | `READY` | 0 | 1 | initialised | everybody, by `&T` |
//!
//! | transition | by | word | then |
//! |---|---|---|---|
//! | begin | any caller that finds `EMPTY` | set `RUNNING`, clear `OWED` | the caller leads |
//! | complete | the leader | `RUNNING` → `READY` | settle: everybody is released |
//! | fail | the leader | clear `RUNNING`, set `OWED` if anybody waits | settle: candidates are woken, and keep their places |
//!
//! `begin` clears the debt of an earlier failure: the new leader's end wakes
//! whom that failure would have woken.
//!
//! Whoever registers and whoever looks use one word, so there is no window
//! between the two to close with a fence.

use core::task::Waker;

use super::Status;
use crate::sync::{Acquire, Relaxed, Release, const_fn, exclusive, wakes};
use crate::waiters::{CLOSED, Node, OWED, Role, USER, Waiters, Word, has, head, with_bits};

pub(super) const READY: usize = CLOSED;
const RUNNING: usize = USER;

#[derive(Debug)]
pub(super) struct State {
    waiters: Waiters,
}

/// What a caller finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value is there, and visible to this thread.
    Ready,
    /// It was empty, and the caller leads now.
    Led,
    /// Somebody leads.
    Busy,
}

impl State {
    const_fn! {
        pub(super) const fn new(bits: usize) -> Self {
            Self { waiters: Waiters::new(bits) }
        }
    }

    #[inline]
    fn look(&self) -> Word {
        // ORDERING: Acquire pairs with `complete`: the value is visible.
        self.waiters.word.load(Acquire)
    }

    /// One load, one test.
    #[inline(always)]
    pub(super) fn is_ready(&self) -> bool {
        // ORDERING: Acquire pairs with `complete`: the value is visible.
        has(self.waiters.word.load(Acquire), READY)
    }

    /// One look: between two, it may go from `RUNNING` to `READY`, and was never `EMPTY`.
    pub(super) fn status(&self) -> Status {
        match self.look() {
            word if has(word, READY) => Status::Ready,
            word if has(word, RUNNING) => Status::Initializing,
            _ => Status::Empty,
        }
    }

    /// Back to `EMPTY`; returns whether it was `READY`. Nodes that were leaked
    /// are forgotten with their cell's borrow.
    pub(super) fn reset(&mut self) -> bool {
        exclusive(&mut self.waiters.word, |word| {
            has(core::mem::replace(word, core::ptr::null_mut()), READY)
        })
    }

    pub(super) fn is_ready_mut(&mut self) -> bool {
        exclusive(&mut self.waiters.word, |word| has(*word, READY))
    }

    /// Leads, if nobody does and nobody has.
    #[inline]
    pub(super) fn begin(&self) -> Found {
        loop {
            let word = self.look();
            if has(word, READY) {
                return Found::Ready;
            }
            if has(word, RUNNING) {
                return Found::Busy;
            }
            if self.begin_from(word) {
                return Found::Led;
            }
        }
    }

    #[inline]
    fn begin_from(&self, word: Word) -> bool {
        let led = with_bits(word, OWED, RUNNING);
        // ORDERING: Acquire pairs with `fail`: what the last leader did, this one sees.
        self.waiters.word.compare_exchange_weak(word, led, Acquire, Relaxed).is_ok()
    }

    /// By the leader, once the value is written. Returns how many were released.
    #[inline]
    pub(super) fn complete(&self) -> usize {
        // ORDERING: Release pairs with `is_ready` and `look`: hands over the value.
        let ended = self.end(|word| with_bits(word, RUNNING, READY));
        if head(ended).is_null() { 0 } else { wakes!(self.waiters.settle()) }
    }

    /// By the leader, without a value. Returns how many were woken.
    pub(super) fn fail(&self) -> usize {
        let ended = self.end(|word| {
            let debt = if head(word).is_null() { 0 } else { OWED };
            with_bits(word, RUNNING, debt)
        });
        if head(ended).is_null() { 0 } else { wakes!(self.waiters.settle()) }
    }

    #[inline]
    fn end(&self, change: impl Fn(Word) -> Word) -> Word {
        // Most often nobody waits: guess so, and spare a load.
        let mut word = core::ptr::without_provenance_mut(RUNNING);
        loop {
            // ORDERING: Release pairs with `look` and `is_ready` (the value) and
            // with `begin_from` (the side effects of a leader that failed).
            match self.waiters.word.compare_exchange_weak(word, change(word), Release, Relaxed) {
                Ok(_) => return word,
                Err(now) => word = now,
            }
        }
    }

    /// One look by a waiter whose node is readied. `Found::Busy`: the node is in
    /// the list, armed with `waker`. Otherwise it may still be in the list.
    ///
    /// # Safety
    ///
    /// As for [`Waiters::push`].
    #[inline]
    pub(super) unsafe fn poll(&self, node: &Node, waker: &Waker) -> Found {
        let mut armed = false;
        loop {
            let word = self.look();
            if has(word, READY) {
                return Found::Ready;
            }
            if node.role() == Role::Candidate && !has(word, RUNNING) {
                if self.begin_from(word) {
                    return Found::Led;
                }
            } else if armed {
                return Found::Busy;
            } else if node.is_pushed() {
                // A failure between look and rearm would wake nobody: look again.
                self.waiters.rearm(node, waker);
                armed = true;
            } else {
                // SAFETY: the caller's promise.
                armed = unsafe { self.waiters.push(node, word) };
                if armed {
                    return Found::Busy;
                }
            }
        }
    }

    /// Takes a waiter's node out of the list, if it is still in.
    #[inline]
    pub(super) fn remove(&self, node: &Node) {
        self.waiters.remove(node);
    }
}
