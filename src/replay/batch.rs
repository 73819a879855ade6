//! A few values on the stack, carried out of the lock.

use core::mem::MaybeUninit;

/// Values carried out at a time. loom has one, so that models reach what happens
/// when there are more.
pub(super) const LIMIT: usize = if cfg!(bellwether_modelled) { 1 } else { 8 };

/// Up to [`LIMIT`] values. Nothing is written until one is pushed.
pub struct Batch<T> {
    values: [MaybeUninit<T>; LIMIT],
    len: usize,
}

impl<T> Batch<T> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { values: [const { MaybeUninit::uninit() }; LIMIT], len: 0 }
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.len == LIMIT
    }

    /// For a batch that is not full.
    #[inline(always)]
    pub(super) fn push(&mut self, value: T) {
        self.values[self.len].write(value);
        self.len += 1;
    }

    /// The last value that was pushed.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: written by `push`, and not counted any more.
        Some(unsafe { self.values[self.len].assume_init_read() })
    }
}

impl<T> Drop for Batch<T> {
    #[inline(always)]
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
