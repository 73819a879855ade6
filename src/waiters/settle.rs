//! Paying the list's debts: waking the candidates after a failure (`OWED`), and
//! releasing everybody once the list is closed.
//!
//! Wakers are taken out a batch at a time under the bit, and woken outside it.
//! Candidates stay in the list and keep their places, so the settler leaves a
//! *cursor*, a node of its own on its stack, between those that it has woken
//! and those to come. Others may remove the cursor's neighbours meanwhile, or
//! close the list and release the cursor with the rest.
//!
//! A waker that panics costs nobody else its wake-up: unwinding drops the
//! [`Settler`], which goes on with the rest.

use core::task::Waker;

use super::held::{Ends, Held, Linked};
use super::{ALIGN, CLOSED, LINKED, Node, OUT, Role, Waiters, has};
use crate::sync::{Relaxed, panicking, shielded, wakes};

/// Wakers woken per turn outside the bit: half a kilobyte of stack. loom has
/// one, so that models reach the cursor.
const BATCH: usize = if cfg!(bellwether_modelled) { 1 } else { 32 };

struct Settler<'a> {
    list: &'a Waiters,
    /// Where to go on; not linked between passes.
    cursor: AlignedNode,
    wakers: [Option<Waker>; BATCH],
    filled: usize,
    woken: usize,
    /// Waiters released for good, or candidates told to take over.
    reached: usize,
    finished: bool,
}

#[repr(align(16))]
struct AlignedNode(Node);
const _: () = assert!(align_of::<AlignedNode>() >= ALIGN);

impl Waiters {
    /// Pays what is owed, unless the bit is taken: its holder will. Returns how
    /// many waiters this call reached.
    ///
    /// # Panics
    ///
    /// With a waker's panic, after every other waiter was woken.
    #[cold]
    pub(crate) fn settle(&self) -> usize {
        let mut settler = Settler {
            list: self,
            cursor: AlignedNode(Node::new(Role::Cursor, None)),
            wakers: [const { None }; BATCH],
            filled: 0,
            woken: 0,
            reached: 0,
            finished: false,
        };
        settler.run();
        settler.reached
    }
}

impl Settler<'_> {
    fn run(&mut self) {
        let unwinding = panicking();
        loop {
            while self.woken < self.filled {
                let waker = self.wakers[self.woken].take();
                self.woken += 1;
                match waker {
                    Some(waker) if unwinding => shielded(|| wakes!(waker.wake())),
                    Some(waker) => wakes!(waker.wake()),
                    None => {}
                }
            }
            (self.filled, self.woken) = (0, 0);
            if !self.fill() {
                self.finished = true;
                return;
            }
        }
    }

    /// Collects the next batch; `false` once there is no debt left.
    fn fill(&mut self) -> bool {
        let under_way = self.cursor.0.is_in_list();
        let held = if under_way { Some(self.list.lock()) } else { self.list.lock_if_owed() };
        let Some(mut held) = held else { return false };

        let next =
            if under_way { self.lift_cursor(&mut held) } else { held.ends().map(|e| e.oldest) };
        if has(held.word(), CLOSED) {
            held.release(|role, waker| {
                self.reached += usize::from(role != Role::Cursor);
                self.wakers[self.filled] = waker;
                self.filled += 1;
                self.filled < BATCH
            });
        } else {
            self.wake_candidates(&held, next);
        }
        // Whatever is owed now, the next turn sees.
        let _ = held.unlock();
        true
    }

    /// Takes the cursor out of the list; returns the node that stood after it.
    fn lift_cursor(&mut self, held: &mut Held<'_>) -> Option<Linked> {
        // Released with the rest, once the list was closed.
        if !self.cursor.0.is_linked() {
            return None;
        }
        // SAFETY: linked, as was just seen, and the bit is held.
        let cursor = unsafe { Linked::new(&self.cursor.0) };
        let next = held.ends().and_then(|ends| ends.newer(cursor));
        held.unlink(cursor);
        self.cursor.0.state.store(OUT, Relaxed);
        next
    }

    fn wake_candidates(&mut self, held: &Held<'_>, from: Option<Linked>) {
        let Some(ends) = held.ends() else { return };
        let mut next = from;
        while let Some(node) = next {
            if self.filled == BATCH {
                wakes!(self.set_cursor(ends, node));
                return;
            }
            let waker = if node.role() == Role::Candidate { node.take_waker() } else { None };
            if waker.is_some() {
                self.wakers[self.filled] = waker;
                self.filled += 1;
                self.reached += 1;
            }
            next = ends.newer(node);
        }
    }

    /// Links the cursor in, just older than `node`.
    fn set_cursor(&mut self, ends: Ends, node: Linked) {
        let older = node.next();
        let place = &self.cursor.0;
        place.own_links(|links| (links.next, links.prev) = (older, Some(node)));
        place.state.store(LINKED, Relaxed);
        // SAFETY: its neighbours are linked to it below; the bit is held.
        let cursor = unsafe { Linked::new(place) };
        node.set_next(Some(cursor));
        match older {
            Some(older) => older.set_prev(cursor),
            None => ends.newest.set_prev(cursor),
        }
    }
}

impl Drop for Settler<'_> {
    fn drop(&mut self) {
        // Unwinding out of a waker: the others must still be woken, and the
        // cursor must not stay behind.
        if !self.finished {
            wakes!(self.run());
        }
    }
}
