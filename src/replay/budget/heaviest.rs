//! Who is heaviest: a list for each weight class, and a bit for each that is not empty.
//!
//! | what | cost |
//! |---|---|
//! | a buffer reaches a higher class | it is moved up at once, by itself |
//! | it falls to a lower class | nothing, until a search meets it and moves it down |
//! | a search | the highest bit, the front of that list |
//!
//! A search moves down what it meets. Each such move takes back a move up, so a search
//! costs a constant in the long run, however many buffers there are; and one visit under
//! the lock moves a few at most. Within a class all have their turn: the front goes to
//! the back.
//!
//! A buffer's lock may be held while that of the registry is taken, and never the other
//! way around. No code of a user's runs under it: buffers are neither called nor dropped.

use alloc::sync::Arc;

use super::Shed;
use super::class::{CLASSES, Class};
use super::slots::{Member, Slots};

/// Buffers that one visit moves at most.
const MOVES: usize = if cfg!(bellwether_modelled) { 1 } else { 32 };

/// What the registry's lock guards.
pub(super) struct Registry {
    pub(super) slots: Slots,
    /// Of the lists that are not empty.
    first: [u32; CLASSES],
    /// A bit for each of these.
    occupied: u64,
    /// Members that cannot be asked any more.
    away: usize,
}

/// What one visit found.
pub(super) enum Found {
    /// And what it weighs at least, as far as is known.
    Heaviest(Arc<dyn Shed>, usize),
    /// Nobody retains anything.
    Nobody,
    /// It takes another visit.
    Unfinished,
}

impl Registry {
    pub(super) fn new() -> Self {
        Self { slots: Slots::new(), first: [0; CLASSES], occupied: 0, away: 0 }
    }

    /// One of the heaviest, up to a factor of two.
    pub(super) fn heaviest(&mut self) -> Found {
        for _ in 0..=MOVES {
            let Some(class) = self.occupied.checked_ilog2() else { return Found::Nobody };
            let at = self.first[class as usize];
            if self.relist(at) {
                continue;
            }
            let slot = self.slots.slot(at);
            self.first[class as usize] = slot.next;
            // No drop can follow: the count is raised or not.
            match slot.member.as_ref().and_then(|member| member.buffer.upgrade()) {
                Some(buffer) => return Found::Heaviest(buffer, 1 << class),
                None => {
                    self.unlist(at);
                    self.give_up(at);
                }
            }
        }
        Found::Unfinished
    }

    /// Whether somebody may retain bytes for good that nobody can ask for.
    pub(super) fn is_somebody_away(&self) -> bool {
        self.away != 0
    }

    fn give_up(&mut self, at: u32) {
        if let Some(member) = &mut self.slots.slot(at).member {
            self.away += usize::from(!member.is_away);
            member.is_away = true;
        }
    }

    /// Moves a buffer to the list of its class; whether it was in another.
    pub(super) fn relist(&mut self, at: u32) -> bool {
        let (listed, is) = self.member(at).standing.settle();
        if listed == is {
            return false;
        }
        self.unlink(at, listed);
        self.link(at, is);
        true
    }

    /// Takes a buffer out of the list it is in: it is about to go.
    fn unlist(&mut self, at: u32) {
        let standing = &self.member(at).standing;
        let listed = standing.listed();
        standing.unlist();
        self.unlink(at, listed);
    }

    /// Takes a buffer out; what is returned is to be dropped outside the lock.
    pub(super) fn remove(&mut self, at: u32) -> Option<Member> {
        self.unlist(at);
        let member = self.slots.remove(at);
        self.away -= member.iter().filter(|member| member.is_away).count();
        member
    }

    fn member(&mut self, at: u32) -> &Member {
        match &self.slots.slot(at).member {
            Some(member) => member,
            None => unreachable!("a share has its slot until it is dropped"),
        }
    }

    /// At the back.
    fn link(&mut self, at: u32, class: Class) {
        let Some(class) = class.map(usize::from) else { return };
        let (prev, next) = if self.occupied & 1 << class == 0 {
            self.occupied |= 1 << class;
            self.first[class] = at;
            (at, at)
        } else {
            let first = self.first[class];
            (self.slots.slot(first).prev, first)
        };
        let slot = self.slots.slot(at);
        (slot.prev, slot.next) = (prev, next);
        self.slots.slot(prev).next = at;
        self.slots.slot(next).prev = at;
    }

    fn unlink(&mut self, at: u32, class: Class) {
        let Some(class) = class.map(usize::from) else { return };
        let slot = self.slots.slot(at);
        let (prev, next) = (slot.prev, slot.next);
        self.slots.slot(prev).next = next;
        self.slots.slot(next).prev = prev;
        if next == at {
            self.occupied &= !(1 << class);
        } else if self.first[class] == at {
            self.first[class] = next;
        }
    }
}
