//! The seam: the only file that names atomics, cells, thread parking and the
//! interrupt mask, so that all of them can be exchanged at once.
//!
//! | built as | atomics | `UnsafeCell`, park, thread-locals |
//! |---|---|---|
//! | a user's dependency | `core` | `core`, `std` |
//! | with the feature `portable-atomic` | `portable-atomic` | `core`, `std` |
//! | by the package `loom-tests` (`cfg(bellwether_loom)`) | loom, behind `sync/probe.rs` | loom |
//! | by the package `shuttle-tests` (`cfg(bellwether_shuttle)`) | shuttle | `core`, shuttle |
//!
//! Both packages set `cfg(bellwether_modelled)` too. Outside of this file that is all
//! that matters: sizes are small, and what the models look into is public.
//!
//! `cfg(bellwether_no_u64)` makes any target one without 64-bit atomics, for tests.
//!
//! loom has no const constructors: [`const_fn!`] writes the const function and
//! its non-const twin from one text. shuttle runs the twin as well. [`wakes!`] and
//! [`in_order!`] are what is in them; under loom it can be broken, to show that a model
//! notices.

#[cfg(bellwether_loom)]
pub mod probe;

#[cfg(all(
    not(bellwether_modelled),
    not(feature = "portable-atomic"),
    not(all(target_has_atomic = "ptr", target_has_atomic = "8"))
))]
compile_error!(
    "this target has no compare-and-swap: enable bellwether's feature `portable-atomic`, and \
     choose a backend for the crate `portable-atomic` in your application"
);

#[cfg(all(not(bellwether_modelled), feature = "alloc", not(target_has_atomic = "ptr")))]
compile_error!(
    "this target has no compare-and-swap, and so Rust has no `Arc` for it: leave out bellwether's \
     features `alloc` and `std`, and use `ReplayArray` instead of `ReplayBuffer`"
);

pub(crate) use core::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

#[cfg(not(bellwether_modelled))]
pub(crate) use self::native::*;
#[cfg(not(bellwether_loom))]
pub(crate) use self::plain::*;
#[cfg(bellwether_loom)]
pub(crate) use self::probe::*;
#[cfg(bellwether_shuttle)]
pub(crate) use self::shuttled::*;

/// shuttle interleaves atomic operations, whose orderings are all one to it, and
/// unlike loom knows nothing of plain memory.
#[cfg(bellwether_shuttle)]
mod shuttled {
    pub(crate) use shuttle::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence,
    };
    pub(crate) use shuttle::thread::{Thread, current, park};
    pub(crate) use shuttle::thread_local;

    /// One turn of a spin loop: another thread must run before this one can go on.
    pub(crate) fn relax(_turn: u32) {
        shuttle::thread::yield_now();
    }
}

#[cfg(not(bellwether_modelled))]
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
}

/// What needs no exchange but under loom.
#[cfg(not(bellwether_loom))]
mod plain {
    use super::AtomicPtr;

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

    /// Exclusive access to an atomic needs no atomic operation.
    #[inline]
    pub(crate) fn exclusive<T, R>(word: &mut AtomicPtr<T>, f: impl FnOnce(&mut *mut T) -> R) -> R {
        f(word.get_mut())
    }
}

/// Writes a `const fn`, and under loom its non-const twin.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => {
        #[cfg(not(bellwether_modelled))]
        $(#[$meta])* $vis const fn $($rest)*
        #[cfg(bellwether_modelled)]
        $(#[$meta])* $vis fn $($rest)*
    };
}
pub(crate) use const_fn;

/// A wake-up, or a step to one: what is in it. A mutant leaves it out.
#[cfg(not(bellwether_loom))]
macro_rules! wakes {
    ($wakes:expr) => {
        $wakes
    };
}
#[cfg(bellwether_loom)]
macro_rules! wakes {
    ($wakes:expr) => {
        if $crate::sync::skips("wakes") { Default::default() } else { $wakes }
    };
}
pub(crate) use wakes;

/// Two steps whose order is the protocol, from the first to the second: both results.
/// With `and`, the second is taken only if the first says so. A mutant exchanges them.
#[cfg(not(bellwether_loom))]
macro_rules! in_order {
    ($first:expr, and $second:expr) => {
        $first && $second
    };
    ($first:expr, $second:expr $(,)?) => {
        ($first, $second)
    };
}
#[cfg(bellwether_loom)]
macro_rules! in_order {
    ($first:expr, and $second:expr) => {
        if $crate::sync::swaps() { $second && $first } else { $first && $second }
    };
    ($first:expr, $second:expr $(,)?) => {
        if $crate::sync::swaps() {
            let second = $second;
            ($first, second)
        } else {
            ($first, $second)
        }
    };
}
pub(crate) use in_order;

// `with_u64!` keeps its items where there are 64-bit atomics, `without_u64!` where
// there are none.
#[cfg(all(not(bellwether_modelled), feature = "portable-atomic"))]
pub(crate) use portable_atomic::{cfg_has_atomic_64 as with_u64, cfg_no_atomic_64 as without_u64};

#[cfg(any(
    bellwether_modelled,
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
    not(bellwether_modelled),
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

#[cfg(any(bellwether_modelled, not(feature = "portable-atomic")))]
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

/// A value of a user's type, if any, whose drop is [`shielded`]: it is dropped also if
/// something else panics.
pub(crate) struct Shielded<V>(pub(crate) Option<V>);

impl<V> Shielded<V> {
    #[inline(always)]
    pub(crate) fn new(value: V) -> Self {
        Self(Some(value))
    }

    #[inline(always)]
    pub(crate) fn take(&mut self) -> Option<V> {
        self.0.take()
    }
}

impl<V> Drop for Shielded<V> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            shielded(|| drop(value));
        }
    }
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
