//! Chunks: the slots of the log, a power of two at a time, with a count of the
//! readers that are inside.
//!
//! | part | written by | read by |
//! |---|---|---|
//! | `pins` | readers, by read-modify-write | readers, the holder of the lock |
//! | `book` | the holder of the lock | the holder of the lock |
//! | a slot from `tail` on | the holder of the lock | – |
//! | a slot from `head` to `tail` | – | whoever looked at `head` after [`Chunk::pin`]: see `Log::find` |
//! | a slot below `head` | the holder of the lock, once [`Chunk::is_left`] | whoever had a pin before |
//!
//! A chunk stays where it is, and is not freed, before the log is dropped: whoever
//! has an old pointer to it may still count itself in, look at `head`, and leave.

use alloc::boxed::Box;
use core::mem::MaybeUninit;
use core::ops::Deref;
use core::ptr::NonNull;

use super::pins::Pins;
use crate::sync::UnsafeCell;

pub struct Chunk<T> {
    pins: Pins,
    book: UnsafeCell<Book<T>>,
    slots: Box<[UnsafeCell<MaybeUninit<T>>]>,
}

/// What only the holder of the lock looks at.
pub(super) struct Book<T> {
    /// Slots below this are empty; slots from here to `filled` have an event.
    pub(super) emptied: usize,
    pub(super) filled: usize,
    weights: Box<[usize]>,
    next: Option<Ref<T>>,
}

/// A chunk of a log; not to be used once the log is gone.
pub(super) struct Ref<T>(NonNull<Chunk<T>>);

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}

impl<T> Ref<T> {
    /// Into the hands of the log, until [`Self::free`].
    pub(super) fn new(chunk: Box<Chunk<T>>) -> Self {
        Self(NonNull::from(Box::leak(chunk)))
    }

    pub(super) fn as_ptr(self) -> *mut Chunk<T> {
        self.0.as_ptr()
    }

    /// # Safety
    ///
    /// No other use of this chunk follows.
    pub(super) unsafe fn free(self) -> Box<Chunk<T>> {
        // SAFETY: it was leaked by `new`, and is used no more.
        unsafe { Box::from_raw(self.0.as_ptr()) }
    }
}

impl<T> Deref for Ref<T> {
    type Target = Chunk<T>;

    #[inline(always)]
    fn deref(&self) -> &Chunk<T> {
        // SAFETY: chunks live as long as their log, and so does what has a `Ref`.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Chunk<T> {
    /// Empty. `len` is a power of two.
    pub(super) fn new(len: usize) -> Box<Self> {
        Box::new(Self {
            pins: Pins::new(),
            book: UnsafeCell::new(Book {
                emptied: len,
                filled: len,
                weights: (0..len).map(|_| 0).collect(),
                next: None,
            }),
            slots: (0..len).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect(),
        })
    }

    /// For the holder of the lock; `f` looks at no book but this one.
    #[inline(always)]
    pub(super) fn book<R>(&self, f: impl FnOnce(&mut Book<T>) -> R) -> R {
        self.book.with_mut(|book| {
            // SAFETY: the caller holds the lock of the log.
            f(unsafe { &mut *book })
        })
    }

    #[inline(always)]
    fn slot(&self, index: usize) -> &UnsafeCell<MaybeUninit<T>> {
        &self.slots[index]
    }

    /// For the holder of the lock: the event at the next position.
    #[inline(always)]
    pub(super) fn push(&self, value: T, weight: usize) {
        let index = self.book(|book| {
            let index = book.filled;
            book.weights[index] = weight;
            book.filled += 1;
            index
        });
        self.slot(index).with_mut(|slot| {
            // SAFETY: from `tail` on nobody but the holder of the lock has access.
            unsafe { &mut *slot }.write(value);
        });
    }

    /// For the holder of the lock.
    #[inline(always)]
    pub(super) fn weight(&self, index: usize) -> usize {
        self.book(|book| book.weights[index])
    }

    /// Counts a reader in, until the result is dropped.
    #[inline(always)]
    pub(super) fn pin(&self) -> Pin<'_, T> {
        self.pins.enter();
        Pin(self)
    }

    /// As [`Pins::is_left`].
    #[inline(always)]
    pub(super) fn is_left(&self) -> bool {
        self.pins.is_left()
    }

    /// Takes an event out.
    ///
    /// # Safety
    ///
    /// The caller holds the lock, the slot has an event below `head`, which it
    /// counts as gone, and [`Self::is_left`] was true since.
    #[inline(always)]
    pub(super) unsafe fn take(&self, index: usize) -> T {
        self.slot(index).with_mut(|slot| {
            // SAFETY: alone with the slot, as the caller promises.
            let slot = unsafe { &*slot };
            // SAFETY: it has an event, which is counted as gone.
            unsafe { slot.assume_init_read() }
        })
    }
}

/// A reader is inside: what is retained when it comes in stays as long.
pub struct Pin<'a, T>(&'a Chunk<T>);

impl<T> Pin<'_, T> {
    /// # Safety
    ///
    /// The pin was taken before the slot's position was evicted, and after it was
    /// published.
    #[inline(always)]
    pub(super) unsafe fn read<R>(&self, index: usize, f: impl FnOnce(&T) -> R) -> R {
        self.0.slot(index).with(|slot| {
            // SAFETY: nobody writes to the slot before the pin is gone.
            let slot = unsafe { &*slot };
            // SAFETY: published, so written.
            f(unsafe { slot.assume_init_ref() })
        })
    }
}

impl<T> Drop for Pin<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.pins.leave();
    }
}

/// What is still inside when the log goes. A drop that panics leaves the others to
/// be dropped, by the slice's own rule.
impl<T> Drop for Chunk<T> {
    fn drop(&mut self) {
        let (from, to) = self.book(|book| {
            let left = (book.emptied, book.filled);
            book.emptied = book.filled;
            left
        });
        if !core::mem::needs_drop::<T>() {
            return;
        }
        let mut rest = Rest { chunk: self, at: from, to };
        rest.run();
    }
}

struct Rest<'a, T> {
    chunk: &'a Chunk<T>,
    at: usize,
    to: usize,
}

impl<T> Rest<'_, T> {
    fn run(&mut self) {
        while self.at < self.to {
            let index = self.at;
            self.at += 1;
            // SAFETY: the log is being dropped, so nobody else is here; counted above.
            let value = unsafe { self.chunk.take(index) };
            crate::sync::shielded(|| drop(value));
        }
    }
}

impl<T> Drop for Rest<'_, T> {
    fn drop(&mut self) {
        self.run();
    }
}

/// Chunks in a row, first in first out. For the holder of the lock.
pub(super) struct List<T> {
    first: Option<Ref<T>>,
    last: Option<Ref<T>>,
    len: usize,
}

impl<T> List<T> {
    pub(super) const fn new() -> Self {
        Self { first: None, last: None, len: 0 }
    }

    #[inline(always)]
    pub(super) fn first(&self) -> Option<Ref<T>> {
        self.first
    }

    #[inline(always)]
    pub(super) fn last(&self) -> Option<Ref<T>> {
        self.last
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, chunk: Ref<T>) {
        chunk.book(|book| book.next = None);
        match self.last {
            Some(last) => last.book(|book| book.next = Some(chunk)),
            None => self.first = Some(chunk),
        }
        self.last = Some(chunk);
        self.len += 1;
    }

    pub(super) fn pop(&mut self) -> Option<Ref<T>> {
        let first = self.first?;
        self.first = first.book(|book| book.next.take());
        if self.first.is_none() {
            self.last = None;
        }
        self.len -= 1;
        Some(first)
    }
}
