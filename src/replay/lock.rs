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

use crate::sync::{Acquire, AtomicBool, Masked, Relaxed, Release, UnsafeCell, const_fn, relax};

/// The flag of a lock.
#[derive(Debug)]
struct Flag(AtomicBool);

/// A value that one thread at a time works on.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub(super) struct Locked<T> {
    flag: Flag,
    value: UnsafeCell<T>,
}

// SAFETY: a reference gives access to the value to one thread at a time, so that it
// is only ever moved from thread to thread.
#[cfg(feature = "alloc")]
unsafe impl<T: Send> Sync for Locked<T> {}

/// Two values under one lock; the first may belong to one thread instead.
#[derive(Debug)]
pub(super) struct Split<A, B> {
    flag: Flag,
    first: UnsafeCell<A>,
    second: UnsafeCell<B>,
}

// SAFETY: a reference gives access to each value to one thread at a time.
unsafe impl<A: Send, B: Send> Sync for Split<A, B> {}

/// Lets go, also if something panics.
struct Held<'a> {
    flag: &'a AtomicBool,
    /// Dropped after the flag was stored.
    _masked: Masked,
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // ORDERING: Release pairs with `Flag::try_take`: the next holder sees all that
        // was done to the value.
        self.flag.store(false, Release);
    }
}

#[cfg(feature = "alloc")]
impl<T> Locked<T> {
    const_fn! {
        pub(super) const fn new(value: T) -> Self {
            Self { flag: Flag::new(), value: UnsafeCell::new(value) }
        }
    }

    /// Runs `f` with the value. `f` runs no code of a user's.
    #[inline(always)]
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let _held = self.flag.take();
        self.value.with_mut(|value| {
            // SAFETY: the flag is held until the end of this function.
            f(unsafe { &mut *value })
        })
    }
}

impl<A, B> Split<A, B> {
    const_fn! {
        pub(super) const fn new(first: A, second: B) -> Self {
            Self {
                flag: Flag::new(),
                first: UnsafeCell::new(first),
                second: UnsafeCell::new(second),
            }
        }
    }

    /// Runs `f` with both. `f` runs no code of a user's.
    ///
    /// # Safety
    ///
    /// Nobody calls [`alone`](Self::alone) on this value.
    #[inline(always)]
    pub(super) unsafe fn both<R>(&self, f: impl FnOnce(&mut A, &mut B) -> R) -> R {
        let _held = self.flag.take();
        self.first.with_mut(|first| {
            self.second.with_mut(|second| {
                // SAFETY: the flag is held until the end of this function.
                let first = unsafe { &mut *first };
                // SAFETY: as above.
                f(first, unsafe { &mut *second })
            })
        })
    }

    /// Runs `f` with the second. `f` runs no code of a user's.
    #[inline(always)]
    pub(super) fn second<R>(&self, f: impl FnOnce(&mut B) -> R) -> R {
        let _held = self.flag.take();
        self.second.with_mut(|second| {
            // SAFETY: the flag is held until the end of this function.
            f(unsafe { &mut *second })
        })
    }

    /// Runs `f` with the first, and takes no lock.
    ///
    /// # Safety
    ///
    /// Meanwhile nobody calls this or [`both`](Self::both).
    #[inline(always)]
    pub(super) unsafe fn alone<R>(&self, f: impl FnOnce(&mut A) -> R) -> R {
        self.first.with_mut(|first| {
            // SAFETY: nobody else has access, as the caller promises.
            f(unsafe { &mut *first })
        })
    }

    /// The first, for the only owner of both.
    pub(super) fn exclusive<R>(&mut self, f: impl FnOnce(&mut A) -> R) -> R {
        // SAFETY: nobody else has a reference.
        unsafe { self.alone(f) }
    }
}

impl Flag {
    const_fn! {
        const fn new() -> Self {
            Self(AtomicBool::new(false))
        }
    }

    #[inline(always)]
    fn take(&self) -> Held<'_> {
        let masked = Masked::new();
        if !self.try_take() {
            self.wait();
        }
        Held { flag: &self.0, _masked: masked }
    }

    #[cold]
    fn wait(&self) {
        let mut turn = 0;
        while self.0.load(Relaxed) || !self.try_take() {
            relax(turn);
            turn = turn.saturating_add(1);
        }
    }

    #[inline(always)]
    fn try_take(&self) -> bool {
        // ORDERING: Acquire pairs with `Held::drop`.
        self.0.compare_exchange_weak(false, true, Acquire, Relaxed).is_ok()
    }
}
