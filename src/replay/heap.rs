//! The store of any event, in chunks from the heap.
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
//! As said in `pins.rs`, with a pin for each chunk that a reader is inside of.

use alloc::boxed::Box;
use core::marker::PhantomData;
use core::mem::needs_drop;

use super::batch::Batch;
use super::chunk::{Chunk, List, Pin, Ref};
use super::store::{Room, Store, sealed::Sealed};
use crate::sync::{Acquire, AtomicPtr, Release, shielded};

/// Events in chunks that are allocated when they are first needed.
pub struct Heap<T> {
    directory: Box<[AtomicPtr<Chunk<T>>]>,
    /// A chunk has this power of two of slots.
    shift: u32,
    /// One less than that number of slots.
    mask: usize,
    _owns: PhantomData<*const T>,
}

// SAFETY: events are put in on one thread and dropped on another, so `T: Send`; the
// rest is chunks, which belong to the log.
unsafe impl<T: Send> Send for Heap<T> {}
// SAFETY: as above; and many threads at once are lent the same event, to clone it, so
// `T: Sync` as well. What is not atomic is guarded by the lock or by pins.
unsafe impl<T: Send + Sync> Sync for Heap<T> {}

/// What the lock guards of a [`Heap`].
pub struct Shelf<T> {
    window: List<T>,
    retiring: List<T>,
    free: List<T>,
}

// SAFETY: as for `Heap`: events and chunks.
unsafe impl<T: Send> Send for Shelf<T> {}

impl<T> Heap<T> {
    pub(super) fn new(capacity: usize) -> (Self, Shelf<T>) {
        // Chunks of at most an eighth of the capacity, so that a pinned one, and the
        // slots that are ahead, weigh little. loom has chunks of two from 3 events on.
        let share = if cfg!(bellwether_modelled) { capacity / 2 } else { capacity / 8 };
        let shift = share.clamp(1, 16).next_power_of_two().trailing_zeros();
        // All but one of `capacity` events, ending where a chunk ends, and one chunk more.
        let window = (capacity - 1).div_ceil(1 << shift) + 1;
        let directory = (0..window.next_power_of_two())
            .map(|_| AtomicPtr::new(core::ptr::null_mut()))
            .collect();
        let shelf = Shelf { window: List::new(), retiring: List::new(), free: List::new() };
        (Self { directory, shift, mask: (1 << shift) - 1, _owns: PhantomData }, shelf)
    }

    #[inline(always)]
    fn entry(&self, at: u64) -> usize {
        (at >> self.shift) as usize & (self.directory.len() - 1)
    }

    #[inline(always)]
    fn index(&self, at: u64) -> usize {
        at as usize & self.mask
    }

    /// Takes out the events below `to`; whether all of them are gone.
    #[inline(always)]
    fn empty(&self, chunk: Ref<T>, to: usize, out: &mut Batch<T>) -> bool {
        let from = chunk.book(|book| book.emptied);
        if from >= to {
            return true;
        }
        if !chunk.is_left() {
            return false;
        }
        let mut at = from;
        if needs_drop::<T>() {
            while at < to && !out.is_full() {
                // SAFETY: evicted, not taken yet, and nobody is inside; counted below,
                // and nothing in between panics.
                out.push(unsafe { chunk.take(at) });
                at += 1;
            }
        } else {
            at = to;
        }
        chunk.book(|book| book.emptied = at);
        at == to
    }

    #[inline(always)]
    fn begin_chunk(&self, shelf: &mut Shelf<T>, at: u64) {
        let chunk = shelf.free.pop().expect("there is room");
        chunk.book(|book| (book.emptied, book.filled) = (0, 0));
        shelf.window.push(chunk);
        // ORDERING: Release pairs with `Heap::visit`: the chunk as it was made, and that
        // what the entry led to before is evicted.
        self.directory[self.entry(at)].store(chunk.as_ptr(), Release);
    }
}

impl<T> Sealed for Heap<T> {}

impl<T> Store for Heap<T> {
    type Event = T;
    type Packed = T;
    type Shelf = Shelf<T>;
    type Visit<'a>
        = Pin<'a, T>
    where
        T: 'a;
    type Spare = Box<Chunk<T>>;
    const IN_PLACE_OF: bool = false;

    #[inline(always)]
    fn visit(&self, at: u64) -> Pin<'_, T> {
        // ORDERING: Acquire pairs with `begin_chunk`: who is led to another chunk sees
        // that `head` has passed `at`; and the chunk is seen as it was made.
        let chunk = self.directory[self.entry(at)].load(Acquire);
        // SAFETY: the entry was written before the event was published, and chunks are
        // not freed while the store is borrowed.
        let chunk = unsafe { &*chunk };
        chunk.pin()
    }

    #[inline(always)]
    fn reach(&self, at: u64) -> usize {
        self.mask + 1 - self.index(at)
    }

    #[inline(always)]
    unsafe fn read<R>(
        &self,
        pin: &Pin<'_, T>,
        at: u64,
        _: impl FnOnce() -> u64,
        f: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        // SAFETY: as the caller promises: published, and retained after the pin was taken.
        Some(unsafe { pin.read(self.index(at), f) })
    }

    #[inline(always)]
    fn weight(&self, shelf: &Shelf<T>, at: u64) -> usize {
        shelf.window.first().expect("an event is retained").weight(self.index(at))
    }

    #[inline(always)]
    fn evict(&self, shelf: &mut Shelf<T>, at: u64) {
        if self.index(at + 1) == 0 {
            let chunk = shelf.window.pop().expect("an event is retained");
            shelf.retiring.push(chunk);
        }
    }

    #[inline(always)]
    fn sweep(&self, shelf: &mut Shelf<T>, head: u64, out: &mut Batch<T>) {
        for _ in 0..shelf.retiring.len() {
            let Some(chunk) = shelf.retiring.pop() else { break };
            if self.empty(chunk, 1 << self.shift, out) {
                shelf.free.push(chunk);
            } else {
                shelf.retiring.push(chunk);
            }
        }
        if let (true, Some(chunk)) = (needs_drop::<T>(), shelf.window.first()) {
            self.empty(chunk, self.index(head), out);
        }
    }

    #[inline(always)]
    fn is_left_over(&self, shelf: &Shelf<T>, head: u64, out: &Batch<T>) -> bool {
        let first = || shelf.window.first().map_or(0, |chunk| chunk.book(|book| book.emptied));
        out.is_full() && (shelf.retiring.len() > 0 || first() < self.index(head))
    }

    #[inline(always)]
    fn room(
        &self,
        shelf: &Shelf<T>,
        (head, tail): (u64, u64),
        events: usize,
        out: &Batch<T>,
    ) -> Room {
        let size = 1 << self.shift;
        // Slots of the newest chunk that are left.
        let begun = tail.wrapping_neg() as usize & (size - 1);
        let needed = (events.saturating_sub(begun) + size - 1) >> self.shift;
        if needed <= shelf.free.len() {
            Room::Enough
        } else if self.is_left_over(shelf, head, out) {
            Room::Sweep
        } else {
            Room::Grow
        }
    }

    #[inline(always)]
    fn is_ready(&self, shelf: &mut Shelf<T>, (_, tail): (u64, u64)) -> bool {
        if self.index(tail) != 0 {
            return true;
        }
        self.sweep(shelf, 0, &mut Batch::new());
        shelf.free.len() > 0
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
    fn append(&self, shelf: &mut Shelf<T>, at: u64, event: T, bytes: usize) {
        if self.index(at) == 0 {
            self.begin_chunk(shelf, at);
        }
        shelf.window.last().expect("there is room").push(event, bytes);
    }

    fn spare(&self) -> Option<Box<Chunk<T>>> {
        Some(Chunk::new(1 << self.shift))
    }

    fn grow(&self, shelf: &mut Shelf<T>, spare: Box<Chunk<T>>) {
        shelf.free.push(Ref::new(spare));
    }

    fn clear(&self, shelf: &mut Shelf<T>) {
        Chunks([&mut shelf.window, &mut shelf.retiring, &mut shelf.free]).free();
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
