//! The producers' lock: one flag, held for a few dozen instructions.
//!
//! | operation | cost |
//! |---|---|
//! | take it, nobody there | one read-modify-write |
//! | let go | a plain store |
//!
//! No code of a user's runs while it is held: whatever that could be (a drop, a
//! waker, a hook, a weight, the allocator) is carried out and happens afterwards.
//! Receivers that read do not take it; those that park do.

use crate::sync::{Acquire, AtomicBool, Masked, Relaxed, Release, UnsafeCell, relax};

/// A value that one thread at a time works on.
#[derive(Debug)]
pub(super) struct Locked<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: a reference gives access to the value to one thread at a time, so that it
// is only ever moved from thread to thread.
unsafe impl<T: Send> Sync for Locked<T> {}

/// Lets go, also if something panics.
struct Held<'a> {
    flag: &'a AtomicBool,
    /// Dropped after the flag was stored.
    _masked: Masked,
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // ORDERING: Release pairs with `Locked::take`: the next holder sees all that
        // was done to the value.
        self.flag.store(false, Release);
    }
}

impl<T> Locked<T> {
    pub(super) fn new(value: T) -> Self {
        Self { held: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Runs `f` with the value. `f` runs no code of a user's.
    #[inline(always)]
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let _held = self.take();
        self.value.with_mut(|value| {
            // SAFETY: the flag is held until the end of this function.
            f(unsafe { &mut *value })
        })
    }

    /// The value, for its only owner.
    pub(super) fn exclusive<R>(&mut self, f: impl FnOnce(&mut T) -> R) -> R {
        self.value.with_mut(|value| {
            // SAFETY: nobody else has a reference.
            f(unsafe { &mut *value })
        })
    }

    #[inline(always)]
    fn take(&self) -> Held<'_> {
        let masked = Masked::new();
        if !self.try_take() {
            self.wait();
        }
        Held { flag: &self.held, _masked: masked }
    }

    #[cold]
    fn wait(&self) {
        let mut turn = 0;
        while self.held.load(Relaxed) || !self.try_take() {
            relax(turn);
            turn = turn.saturating_add(1);
        }
    }

    #[inline(always)]
    fn try_take(&self) -> bool {
        // ORDERING: Acquire pairs with `Held::drop`.
        self.held.compare_exchange_weak(false, true, Acquire, Relaxed).is_ok()
    }
}
