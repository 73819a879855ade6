//! The store of plain events, in slots that are overwritten in place.
//!
//! A position's slot is its remainder by the number of slots, which is not below the
//! capacity: so a slot is overwritten only once `head` has passed what is in it.
//!
//! # Reading without the lock
//!
//! A reader leaves no trace, and a publisher looks for none. A reader may load words
//! that are being overwritten; it finds that out afterwards, and then says what was
//! missed. `head` is the version that it looks at:
//!
//! | publisher | reader |
//! |---|---|
//! | advances `head` past the event that is in the slot | loads the slot's words |
//! | `fence(Release)` | `fence(Acquire)` |
//! | stores the words of the new event | looks whether `head` passed its position |
//! | advances `tail` | – |
//!
//! If one of the words is of a newer event, then the load that gave it is before the
//! reader's fence, and the store that it read is after the publisher's: the two fences
//! synchronise, so the reader's look at `head`, which comes after its fence, finds that
//! it has passed. None of the words is of an older event: the reader saw `tail` past
//! its position, by an Acquire that pairs with the Release after these words.
//!
//! So what is made an event are the words of that event. Nothing here is unsafe: words
//! are atomics, and those that do not belong together are thrown away as words.
//!
//! # Where `head` is two words
//!
//! Without 64-bit atomics, `head` is advanced in steps (see `counter/pair.rs`). All of
//! them come before the publisher's fence, and all loads of the reader's look come after
//! its own. So each of these loads finds its word at least as these steps left it; a
//! `Pair` that only grows, read from then on, is read at least as great as it was then.
//! No load of an earlier look is used again. A later advance that is half done makes it
//! no smaller: its writer is alone, so one carry at most is outstanding, and that is read.
//!
//! `Log::find` looks at `head` once before the words are loaded: for this store, that
//! only spares a read that is too late anyhow.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;

use super::batch::Batch;
use super::plain::Plain;
use super::store::{Room, Store, sealed};
use super::words::Words;
#[cfg(any(feature = "alloc", bellwether_modelled))]
use super::words::empty;
use crate::sync::{Acquire, Release, const_fn, fence, in_order};

/// Plain events in slots that are overwritten in place.
pub struct Ring<T: Plain, P: Slots> {
    slots: P::Array<Slot<T>>,
}

/// The words of an event, and what it weighs: that is for the holder of the lock.
type Slot<T> = <(<T as Plain>::Words, usize) as Words>::Cells;

/// Where the slots of a [`Ring`] are. Sealed.
pub trait Slots: sealed::Sealed {
    #[doc(hidden)]
    type Array<X>: AsRef<[X]>;

    /// As the store's.
    #[doc(hidden)]
    const CAPACITY: usize = 0;

    /// Where of `len` slots a position is.
    #[doc(hidden)]
    fn index(at: u64, len: usize) -> usize;
}

/// On the heap, a power of two of slots.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub struct HeapSlots;

#[cfg(feature = "alloc")]
impl sealed::Sealed for HeapSlots {}

#[cfg(feature = "alloc")]
impl Slots for HeapSlots {
    type Array<X> = Box<[X]>;

    #[inline(always)]
    fn index(at: u64, len: usize) -> usize {
        at as usize & (len - 1)
    }
}

#[cfg(feature = "alloc")]
impl<T: Plain> Ring<T, HeapSlots> {
    pub(super) fn new(capacity: usize) -> (Self, ()) {
        let slots = 0..capacity.next_power_of_two();
        (Self { slots: slots.map(|_| empty::<(T::Words, usize)>()).collect() }, ())
    }
}

/// In the buffer itself, `N` slots.
#[derive(Debug)]
pub struct ArraySlots<const N: usize>;

impl<const N: usize> sealed::Sealed for ArraySlots<N> {}

impl<const N: usize> Slots for ArraySlots<N> {
    type Array<X> = [X; N];
    const CAPACITY: usize = N;

    /// A mask, if `N` is a power of two.
    #[inline(always)]
    fn index(at: u64, _: usize) -> usize {
        (at % N as u64) as usize
    }
}

impl<T: Plain, const N: usize> Ring<T, ArraySlots<N>> {
    const_fn! {
        pub(super) const fn in_array() -> Self {
            #[cfg(not(bellwether_modelled))]
            let slots = [const { <(T::Words, usize) as Words>::EMPTY }; N];
            #[cfg(bellwether_modelled)]
            let slots = core::array::from_fn(|_| empty::<(T::Words, usize)>());
            Self { slots }
        }
    }
}

impl<T: Plain, P: Slots> Ring<T, P> {
    #[inline(always)]
    fn slot(&self, at: u64) -> &Slot<T> {
        let slots = self.slots.as_ref();
        &slots[P::index(at, slots.len())]
    }
}

impl<T: Plain, P: Slots> sealed::Sealed for Ring<T, P> {}

impl<T: Plain, P: Slots> Store for Ring<T, P> {
    type Event = T;
    type Packed = T::Words;
    type Shelf = ();
    type Visit<'a>
        = ()
    where
        Self: 'a;
    type Spare = ();
    const CAPACITY: usize = P::CAPACITY;
    const IN_PLACE_OF: bool = false;

    #[inline(always)]
    fn visit(&self, _: u64) {}

    #[inline(always)]
    fn reach(&self, _: u64) -> usize {
        usize::MAX
    }

    #[inline(always)]
    unsafe fn read<R>(
        &self,
        (): &(),
        at: u64,
        head: impl FnOnce() -> u64,
        f: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        let (words, ()) = in_order!(
            T::Words::load(&self.slot(at).0),
            // ORDERING: Acquire pairs with `Ring::append`: who loaded a newer event's
            // word sees that `head` has passed this position.
            fence(Acquire)
        );
        (head() <= at).then(|| f(&T::from_words(words)))
    }

    #[inline(always)]
    fn weight(&self, (): &(), at: u64) -> usize {
        usize::load(&self.slot(at).1)
    }

    #[inline(always)]
    fn evict(&self, (): &mut (), _: u64) {}

    #[inline(always)]
    fn sweep(&self, (): &mut (), _: u64, _: &mut Batch<T>) {}

    #[inline(always)]
    fn is_left_over(&self, (): &(), _: u64, _: &Batch<T>) -> bool {
        false
    }

    #[inline(always)]
    fn room(&self, (): &(), _: (u64, u64), _: usize, _: &Batch<T>) -> Room {
        Room::Enough
    }

    #[inline(always)]
    fn is_ready(&self, (): &mut (), _: (u64, u64)) -> bool {
        true
    }

    #[inline(always)]
    fn pack(event: T) -> T::Words {
        event.to_words()
    }

    #[inline(always)]
    fn unpack(words: T::Words) -> T {
        T::from_words(words)
    }

    #[inline(always)]
    fn append(&self, (): &mut (), at: u64, words: T::Words, bytes: usize) {
        in_order!(
            // ORDERING: Release pairs with `Ring::read`: who loads one of the words
            // below sees that `head` has passed what was in the slot.
            fence(Release),
            (words, bytes).store(self.slot(at))
        );
    }

    fn spare(&self) -> Option<()> {
        None
    }

    fn grow(&self, (): &mut (), (): ()) {}

    fn clear(&self, (): &mut ()) {}
}
