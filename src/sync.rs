//! The seam: the only file that names atomics, cells, thread parking and the
//! interrupt mask, so that all of them can be exchanged at once.
//!
//! | built as | atomics | `UnsafeCell`, park, thread-locals |
//! |---|---|---|
//! | a user's dependency | `core` | `core`, `std` |
//! | with the feature `portable-atomic` | `portable-atomic` | `core`, `std` |
//! | by the package `loom-tests` (`cfg(bellwether_loom)`) | loom, behind `sync/probe.rs` | loom |
//!
//! `cfg(bellwether_no_u64)` makes any target one without 64-bit atomics, for tests.
//!
//! loom has no const constructors: [`const_fn!`] writes the const function and
//! its non-const twin from one text.

#[cfg(bellwether_loom)]
pub mod probe;

#[cfg(all(
    not(bellwether_loom),
    not(feature = "portable-atomic"),
    not(all(target_has_atomic = "ptr", target_has_atomic = "8"))
))]
compile_error!(
    "this target has no compare-and-swap: enable bellwether's feature `portable-atomic`, and \
     choose a backend for the crate `portable-atomic` in your application"
);

#[cfg(all(not(bellwether_loom), feature = "alloc", not(target_has_atomic = "ptr")))]
compile_error!(
    "this target has no compare-and-swap, and so Rust has no `Arc` for it: leave out bellwether's \
     features `alloc` and `std`, and use `ReplayArray` instead of `ReplayBuffer`"
);

pub(crate) use core::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

#[cfg(not(bellwether_loom))]
pub(crate) use self::native::*;
#[cfg(bellwether_loom)]
pub(crate) use self::probe::*;

#[cfg(not(bellwether_loom))]
mod native {
    #[cfg(all(
        not(feature = "portable-atomic"),
        any(test, not(all(target_has_atomic = "64", not(bellwether_no_u64))))
    ))]
    pub(crate) use core::sync::atomic::AtomicU32;
    #[cfg(all(
        not(feature = "portable-atomic"),
        target_has_atomic = "64",
        not(bellwether_no_u64)
    ))]
    pub(crate) use core::sync::atomic::AtomicU64;
    pub(crate) use core::sync::atomic::fence;
    #[cfg(not(feature = "portable-atomic"))]
    pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize};
    #[cfg(feature = "portable-atomic")]
    pub(crate) use portable_atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize};
    #[cfg(feature = "portable-atomic")]
    portable_atomic::cfg_has_atomic_64! {
        pub(crate) use portable_atomic::AtomicU64;
        #[cfg(test)]
        pub(crate) use portable_atomic::AtomicU32;
    }
    #[cfg(feature = "portable-atomic")]
    portable_atomic::cfg_no_atomic_64! {
        pub(crate) use portable_atomic::AtomicU32;
    }
    #[cfg(feature = "std")]
    pub(crate) use std::{
        thread::{Thread, current, park},
        thread_local,
    };

    /// `core`'s cell with loom's interface: the pointer is lent for one call.
    #[derive(Debug)]
    #[repr(transparent)]
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        #[inline]
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        /// Lends a pointer for reading.
        #[inline(always)]
        pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        /// Lends a pointer for writing.
        #[inline(always)]
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }
    }

    /// Stands for memory that is freed, so that loom sees who frees it too early.
    #[cfg(feature = "std")]
    #[derive(Debug)]
    pub(crate) struct Lifetime;

    #[cfg(feature = "std")]
    impl Lifetime {
        pub(crate) fn begin() -> Self {
            Self
        }
        /// The memory is used by whoever has a reference.
        #[inline(always)]
        pub(crate) fn touch(&self) {}
        /// The memory is about to go.
        #[inline(always)]
        pub(crate) fn end(&self) {}
    }

    /// One turn of a spin loop; after a few it gives the core away, so that a
    /// preempted holder can run.
    #[inline]
    pub(crate) fn relax(turn: u32) {
        #[cfg(feature = "std")]
        if turn >= 32 {
            std::thread::yield_now();
            return;
        }
        let _ = turn;
        core::hint::spin_loop();
    }

    /// Exclusive access to an atomic needs no atomic operation.
    #[inline]
    pub(crate) fn exclusive<T, R>(word: &mut AtomicPtr<T>, f: impl FnOnce(&mut *mut T) -> R) -> R {
        f(word.get_mut())
    }
}

/// Writes a `const fn`, and under loom its non-const twin.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => {
        #[cfg(not(bellwether_loom))]
        $(#[$meta])* $vis const fn $($rest)*
        #[cfg(bellwether_loom)]
        $(#[$meta])* $vis fn $($rest)*
    };
}
pub(crate) use const_fn;

// `with_u64!` keeps its items where there are 64-bit atomics, `without_u64!` where
// there are none.
#[cfg(all(not(bellwether_loom), feature = "portable-atomic"))]
pub(crate) use portable_atomic::{cfg_has_atomic_64 as with_u64, cfg_no_atomic_64 as without_u64};

#[cfg(any(
    bellwether_loom,
    all(not(feature = "portable-atomic"), all(target_has_atomic = "64", not(bellwether_no_u64)))
))]
mod choice {
    macro_rules! with_u64 {
        ($($items:tt)*) => { $($items)* };
    }
    macro_rules! without_u64 {
        ($($items:tt)*) => {};
    }
    pub(crate) use {with_u64, without_u64};
}

#[cfg(all(
    not(bellwether_loom),
    not(feature = "portable-atomic"),
    not(all(target_has_atomic = "64", not(bellwether_no_u64)))
))]
mod choice {
    macro_rules! with_u64 {
        ($($items:tt)*) => {};
    }
    macro_rules! without_u64 {
        ($($items:tt)*) => { $($items)* };
    }
    pub(crate) use {with_u64, without_u64};
}

#[cfg(any(bellwether_loom, not(feature = "portable-atomic")))]
pub(crate) use choice::{with_u64, without_u64};

/// Interrupts stay masked on this core while the value lives. Without the
/// feature `critical-section` it is nothing.
///
/// A waiter that is dropped by an interrupt must never spin on a bit that the
/// interrupted code holds; masked, that code cannot be interrupted.
pub(crate) struct Masked {
    #[cfg(feature = "critical-section")]
    restore: critical_section::RestoreState,
}

impl Masked {
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            // SAFETY: `Drop` releases it; values are locals that nest.
            #[cfg(feature = "critical-section")]
            restore: unsafe { critical_section::acquire() },
        }
    }
}

impl Drop for Masked {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: acquired by `new` on this core, and released once, here.
        #[cfg(feature = "critical-section")]
        unsafe {
            critical_section::release(self.restore)
        };
    }
}

/// Whether this thread unwinds; without `std` nobody can tell.
#[inline]
pub(crate) fn panicking() -> bool {
    #[cfg(feature = "std")]
    return std::thread::panicking();
    #[cfg(not(feature = "std"))]
    return false;
}

/// Runs code of the user's that may panic: if this thread is unwinding already,
/// a second panic is swallowed, since it would abort the process.
///
/// Without `std` nothing can be caught, and a second panic does abort.
#[inline(always)]
pub(crate) fn shielded(user: impl FnOnce()) {
    // Catches first and asks later: nothing is left of this if `user` does nothing.
    #[cfg(feature = "std")]
    if let Err(panic) = std::panic::catch_unwind(core::panic::AssertUnwindSafe(user)) {
        pass_on(panic);
    }
    #[cfg(not(feature = "std"))]
    user();
}

/// To the caller, unless another panic is on its way there: then it has nowhere to go.
#[cfg(feature = "std")]
#[cold]
#[inline(never)]
fn pass_on(panic: alloc::boxed::Box<dyn core::any::Any + Send>) {
    if !panicking() {
        std::panic::resume_unwind(panic);
    }
}
