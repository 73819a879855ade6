//! A buffer's side of its budget: its share, making room, and being made room in.

use alloc::sync::{Arc, Weak};

use super::Budget;
use super::class::Standing;
use super::heaviest::Found;
use super::slots::{Member, Slots};
use crate::sync::{relax, shielded};

/// How often in a row a publication waits for others to be found, if some never will be.
const TURNS: u32 = 1 << 12;

/// A buffer that can be asked to evict.
pub trait Shed: Send + Sync {
    /// Evicts the oldest events until `bytes` or more went, or none is left; gives them
    /// back to its [`Share`] in the visit in which it evicts them, and drops the events
    /// outside its lock. Returns how many bytes went. Called without any lock.
    ///
    /// # Panics
    ///
    /// It may, with a panic of an event's drop, once all is given back.
    fn shed(&self, bytes: usize) -> usize;
}

/// What a buffer may retain of a [`Budget`]; kept under its producers' lock.
///
/// Dropped, it gives everything back. That is to happen *before* the buffer drops its
/// events: they may publish into other buffers, which must find room then.
pub struct Share {
    budget: Budget,
    standing: Arc<Standing>,
    at: u32,
    held: usize,
}

impl Share {
    /// A new member of the budget, which retains nothing yet: as long as that is so,
    /// `buffer` may also be one that is still being made.
    pub fn new(budget: &Budget, buffer: Weak<dyn Shed>) -> Self {
        let standing = Arc::new(Standing::new());
        let mut member = Some(Member { standing: standing.clone(), buffer, is_away: false });
        let mut spare = None;
        loop {
            let registry = &budget.shared.registry;
            match registry.with(|registry| registry.slots.insert(&mut member, &mut spare)) {
                Ok(at) => return Self { budget: budget.clone(), standing, at, held: 0 },
                Err(len) => spare = Some(Slots::segment(len)),
            }
        }
    }

    /// Whether `bytes` more may be retained from now on.
    ///
    /// If not, let go of the buffer's lock, [`make room`](Room::make), and try again.
    /// For more than the whole budget it is never so.
    #[cfg(any(test, bellwether_modelled))]
    pub fn take(&mut self, bytes: usize) -> bool {
        self.exchange(0, bytes)
    }

    /// `bytes` fewer are retained.
    #[cfg(any(test, bellwether_modelled))]
    pub fn give(&mut self, bytes: usize) {
        self.exchange(bytes, 0);
    }

    /// As [`give`](Self::give) and [`take`](Self::take) in one, which touches nothing
    /// that is shared if both are alike. If there is no credit for `come`, `gone` is
    /// given back all the same.
    #[inline]
    pub fn exchange(&mut self, gone: usize, come: usize) -> bool {
        debug_assert!(gone <= self.held, "{gone} bytes of {} are given back", self.held);
        let (credit, home) = (&self.budget.shared.credit, self.at as usize);
        let taken = match come.checked_sub(gone) {
            Some(0) => return true,
            Some(more) => credit.take(home, more),
            None => {
                credit.give(home, gone - come);
                true
            }
        };
        if !taken {
            credit.give(home, gone);
        }
        self.held = self.held - gone + if taken { come } else { 0 };
        if self.standing.weighs(self.held) {
            self.move_up();
        }
        taken
    }

    pub(in crate::replay) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// What is retained of the budget.
    #[cfg(any(test, bellwether_modelled))]
    pub fn held(&self) -> usize {
        self.held
    }

    #[cold]
    fn move_up(&self) {
        self.budget.shared.registry.with(|registry| registry.relist(self.at));
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.shared.credit.give(self.at as usize, self.held);
        // Dropped after the lock: its memory may go.
        let _member = self.budget.shared.registry.with(|registry| registry.remove(self.at));
    }
}

/// Makes room for a publication that found none.
pub struct Room<'a> {
    budget: &'a Budget,
    bytes: usize,
    turn: u32,
}

impl<'a> Room<'a> {
    /// For `bytes`, not more than the budget has.
    #[inline]
    pub fn new(budget: &'a Budget, bytes: usize) -> Self {
        Self { budget, bytes, turn: 0 }
    }

    /// Has one of the heaviest buffers evict what is lacking, if it has that much. Called
    /// without any lock, between two attempts to take.
    ///
    /// Others may take what was evicted, so it can be called any number of times; each
    /// time somebody went on. If there is nobody to evict from, those who retain
    /// everything are in the few instructions in which they cannot be found, or have just
    /// given it back: then it waits for a moment, as for a lock. Returns `false` if that
    /// goes on although there are buffers that were taken out of their `Arc`s, where they
    /// keep what they retain and nobody can evict from them.
    ///
    /// # Panics
    ///
    /// With a panic of the drop of an evicted event.
    #[cold]
    pub fn make(&mut self) -> bool {
        if self.reclaim() != 0 {
            self.turn = 0;
            return true;
        }
        relax(self.turn);
        self.turn = self.turn.saturating_add(1);
        // Without such buffers it is worth waiting: whoever it is may be preempted.
        self.turn < TURNS || !self.budget.shared.registry.with(|all| all.is_somebody_away())
    }

    fn reclaim(&self) -> usize {
        let shared = &self.budget.shared;
        loop {
            match shared.registry.with(|registry| registry.heaviest()) {
                Found::Heaviest(buffer, weight) => {
                    // More than is needed, so that not everyone has to come here: of one
                    // buffer an eighth at most, of the whole a thousandth.
                    let lacking = self.bytes.saturating_sub(shared.credit.free()).max(1);
                    let bytes = lacking.max((weight / 8).min(shared.max_bytes / 1024));
                    let mut went = 0;
                    shielded(|| {
                        went = buffer.shed(bytes);
                        // It may be the last that holds it.
                        drop(buffer);
                    });
                    return went;
                }
                Found::Nobody => return 0,
                Found::Unfinished => {}
            }
        }
    }
}
