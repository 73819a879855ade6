//! The store of any event, in the buffer itself: one slot for each event that may be
//! retained, and a few to spare.
//!
//! | slot | holds |
//! |---|---|
//! | `N` that the directory leads to, one for each entry | the event at the newest published position of that entry, retained or evicted; or nothing |
//! | `held` of the `SPARE` | evicted events that readers were inside of |
//! | the other spare ones | nothing |
//!
//! The positions `p`, `p + N`, `p + 2 N` have one entry. An event goes where the one
//! before it was, if nobody is inside; otherwise the entry changes places with an empty
//! spare slot, and the old event stays where it is until its readers have left. So the
//! directory stands still as long as no reader is inside of what is evicted.
//!
//! All is found by index, not by pointer, so that the buffer may be moved. An index is
//! stored as its exclusive or with its own place, so that a new store is all zeroes.
//!
//! # Reading without the lock
//!
//! As said in `pins.rs`. What is left to show is that a reader who finds `at` retained,
//! after it has pinned, is in the slot with that event:
//!
//! - The entry as it was when the event was appended, or a later one, is seen: the
//!   append happened before `tail` passed `at`, which the reader saw.
//! - A later entry is written after `head` has passed `at`, and who sees it sees that.
//! - The slot of the right entry is written to only after `head` has passed `at` and
//!   `Pins::is_left` was true after that.

use core::convert::Infallible;
use core::mem::needs_drop;

use super::batch::Batch;
use super::store::{Room, Store, sealed::Sealed};
use crate::sync::{Acquire, AtomicUsize, Relaxed, Release, shielded};

mod slot;

use slot::{Pin, Slot};

/// Events in the buffer itself: see [`ReplayArray`](super::ReplayArray).
pub struct Inline<T, const N: usize, const SPARE: usize> {
    directory: [AtomicUsize; N],
    slots: [Slot<T>; N],
    spares: [Slot<T>; SPARE],
}

// SAFETY: many threads at once are lent the same event, to clone it, so `T: Sync`; one
// puts it in and another drops it, so `T: Send`. What is not atomic is guarded by the
// lock or by pins.
unsafe impl<T: Send + Sync, const N: usize, const SPARE: usize> Sync for Inline<T, N, SPARE> {}

/// What the lock guards of an [`Inline`].
pub struct Shelf<const N: usize, const SPARE: usize> {
    /// Events below this are gone, or in a spare slot.
    emptied: u64,
    /// As the log's `tail`.
    filled: u64,
    /// Of retained events, by entry.
    weights: [usize; N],
    /// Where the spare slots are; the first `held` of them have an event.
    spares: [usize; SPARE],
    held: usize,
}

impl<const N: usize, const SPARE: usize> Shelf<N, SPARE> {
    pub(super) const fn new() -> Self {
        Self { emptied: 0, filled: 0, weights: [0; N], spares: [0; SPARE], held: 0 }
    }

    #[inline(always)]
    fn spare(&self, n: usize) -> usize {
        self.spares[n] ^ (N + n)
    }

    #[inline(always)]
    fn set_spare(&mut self, n: usize, slot: usize) {
        self.spares[n] = slot ^ (N + n);
    }
}

impl<T, const N: usize, const SPARE: usize> Inline<T, N, SPARE> {
    #[cfg(not(bellwether_modelled))]
    pub(super) const fn new() -> Self {
        Self {
            directory: [const { AtomicUsize::new(0) }; N],
            slots: [const { Slot::new() }; N],
            spares: [const { Slot::new() }; SPARE],
        }
    }

    #[cfg(bellwether_modelled)]
    pub(super) fn new() -> Self {
        Self {
            directory: core::array::from_fn(|_| AtomicUsize::new(0)),
            slots: core::array::from_fn(|_| Slot::new()),
            spares: core::array::from_fn(|_| Slot::new()),
        }
    }

    #[inline(always)]
    fn entry(at: u64) -> usize {
        (at % N as u64) as usize
    }

    #[inline(always)]
    fn slot(&self, index: usize) -> &Slot<T> {
        match index.checked_sub(N) {
            None => &self.slots[index],
            Some(spare) => &self.spares[spare],
        }
    }

    /// For the holder of the lock, who alone writes it.
    #[inline(always)]
    fn index(&self, entry: usize) -> usize {
        self.directory[entry].load(Relaxed) ^ entry
    }

    /// Frees the slot of the oldest evicted event that is in the way: with `gone`, if
    /// nobody is inside of it, otherwise by a spare slot. Whether that was possible.
    #[inline(always)]
    fn vacate(&self, shelf: &mut Shelf<N, SPARE>, gone: impl FnOnce(&Slot<T>)) -> bool {
        let entry = Self::entry(shelf.emptied);
        let index = self.index(entry);
        let slot = self.slot(index);
        if slot.is_left() {
            gone(slot);
        } else if shelf.held < SPARE {
            let spare = shelf.spare(shelf.held);
            shelf.set_spare(shelf.held, index);
            shelf.held += 1;
            // ORDERING: Release pairs with `Inline::visit`: what the entry led to before
            // is evicted.
            self.directory[entry].store(spare ^ entry, Release);
        } else {
            return false;
        }
        shelf.emptied += 1;
        true
    }

    /// Frees the spare slots that nobody is inside of any more.
    #[inline(always)]
    fn free_spares(&self, shelf: &mut Shelf<N, SPARE>, out: &mut Batch<T>) {
        let mut n = 0;
        while n < shelf.held && !out.is_full() {
            let index = shelf.spare(n);
            let slot = self.slot(index);
            if !slot.is_left() {
                n += 1;
                continue;
            }
            shelf.held -= 1;
            shelf.set_spare(n, shelf.spare(shelf.held));
            shelf.set_spare(shelf.held, index);
            // SAFETY: it was held, which is for evicted events, and is not any more.
            unsafe { slot.carry_out(out) };
        }
    }
}

impl<T, const N: usize, const SPARE: usize> Sealed for Inline<T, N, SPARE> {}

impl<T, const N: usize, const SPARE: usize> Store for Inline<T, N, SPARE> {
    type Event = T;
    type Packed = T;
    type Shelf = Shelf<N, SPARE>;
    type Visit<'a>
        = Pin<'a, T>
    where
        T: 'a;
    type Spare = Infallible;
    const CAPACITY: usize = N;
    const IN_PLACE_OF: bool = true;

    #[inline(always)]
    fn visit(&self, at: u64) -> Pin<'_, T> {
        let entry = Self::entry(at);
        // ORDERING: Acquire pairs with `vacate`: who is led to another slot sees that
        // `head` has passed `at`.
        let index = self.directory[entry].load(Acquire) ^ entry;
        self.slot(index).pin()
    }

    #[inline(always)]
    fn reach(&self, _: u64) -> usize {
        1
    }

    #[inline(always)]
    unsafe fn read<R>(
        &self,
        pin: &Pin<'_, T>,
        _: u64,
        _: impl FnOnce() -> u64,
        f: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        // SAFETY: as the caller promises.
        Some(unsafe { pin.read(f) })
    }

    #[inline(always)]
    fn weight(&self, shelf: &Self::Shelf, at: u64) -> usize {
        shelf.weights[Self::entry(at)]
    }

    #[inline(always)]
    fn evict(&self, _: &mut Self::Shelf, _: u64) {}

    #[inline(always)]
    fn sweep(&self, shelf: &mut Self::Shelf, head: u64, out: &mut Batch<T>) {
        self.free_spares(shelf, out);
        while shelf.emptied < head && !out.is_full() {
            // SAFETY: it is called where nobody is inside, for an event below `head` that
            // is then counted as gone.
            if !self.vacate(shelf, |slot| unsafe { slot.carry_out(out) }) {
                break;
            }
        }
    }

    #[inline(always)]
    fn is_left_over(&self, shelf: &Self::Shelf, head: u64, out: &Batch<T>) -> bool {
        out.is_full() && (shelf.held > 0 || shelf.emptied < head)
    }

    #[inline(always)]
    fn room(
        &self,
        shelf: &Self::Shelf,
        (head, tail): (u64, u64),
        events: usize,
        out: &Batch<T>,
    ) -> Room {
        if tail + events as u64 <= shelf.emptied + N as u64 {
            Room::Enough
        } else if self.is_left_over(shelf, head, out) {
            Room::Sweep
        } else {
            Room::Grow
        }
    }

    #[inline(always)]
    fn is_ready(&self, shelf: &mut Self::Shelf, (head, _): (u64, u64)) -> bool {
        SPARE > 0 && shelf.held == 0 && shelf.emptied == head
    }

    #[inline(always)]
    fn pack(event: T) -> T {
        event
    }

    #[inline(always)]
    fn unpack(event: T) -> T {
        event
    }

    #[inline(always)]
    fn append(&self, shelf: &mut Self::Shelf, at: u64, event: T, bytes: usize) {
        // Only where `is_ready` said so: there is a spare slot, and nothing to drop.
        if at >= shelf.emptied + N as u64 {
            let vacated = self.vacate(shelf, |_| ());
            debug_assert!(vacated && !needs_drop::<T>());
        }
        let entry = Self::entry(at);
        // SAFETY: what was in this slot is gone, and nobody was inside after that.
        unsafe { self.slot(self.index(entry)).put(event) };
        shelf.weights[entry] = bytes;
        shelf.filled = at + 1;
    }

    fn spare(&self) -> Option<Infallible> {
        None
    }

    fn grow(&self, _: &mut Self::Shelf, spare: Infallible) {
        match spare {}
    }

    fn clear(&self, shelf: &mut Self::Shelf) {
        if needs_drop::<T>() {
            Rest { store: self, shelf }.run();
        }
    }
}

/// All events, to be dropped: also the rest, if one of the drops panics.
struct Rest<'a, T, const N: usize, const SPARE: usize> {
    store: &'a Inline<T, N, SPARE>,
    shelf: &'a mut Shelf<N, SPARE>,
}

impl<T, const N: usize, const SPARE: usize> Rest<'_, T, N, SPARE> {
    fn run(&mut self) {
        let Self { store, shelf } = self;
        loop {
            let index = if shelf.held > 0 {
                shelf.held -= 1;
                shelf.spare(shelf.held)
            } else if shelf.emptied < shelf.filled {
                shelf.emptied += 1;
                store.index(Inline::<T, N, SPARE>::entry(shelf.emptied - 1))
            } else {
                return;
            };
            // SAFETY: the log is being dropped, so nobody else is here; counted above.
            let event = unsafe { store.slot(index).take() };
            shielded(|| drop(event));
        }
    }
}

impl<T, const N: usize, const SPARE: usize> Drop for Rest<'_, T, N, SPARE> {
    fn drop(&mut self) {
        self.run();
    }
}
