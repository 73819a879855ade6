//! loom's side of the seam. Every atomic operation announces its place in the
//! source (`#[track_caller]`), which gives four things at no cost to the rest:
//! a list of all *sites*, the power to break one of them in a run ([`mutate`]),
//! weak compare-exchanges that fail on demand ([`fail_weak`]), and the last
//! execution of a model that fails, step by step ([`trace`]).
//!
//! | file | what |
//! |---|---|
//! | `probe/sites.rs` | what can be broken, and how |
//! | `probe/trace.rs` | the last execution |
#![allow(missing_docs, clippy::std_instead_of_alloc, reason = "seen by the models alone")]

use core::cell::Cell;
use core::sync::atomic::Ordering;
use std::sync::Arc;

pub(crate) use loom::cell::UnsafeCell;

mod sites;
mod trace;

pub use sites::{Kind, Mutation, Seen, Site, begin_model, is_reached, mutate, sites};
pub(crate) use sites::{skips, swaps};
pub use trace::{record, trace};

use sites::{announce, is_split, ordering};
use trace::traced;

/// loom's thread-locals have no const initialisers.
macro_rules! modelled_thread_local {
    (static $name:ident: $ty:ty = const $init:block;) => {
        loom::thread_local! { static $name: $ty = $init; }
    };
}
pub(crate) use modelled_thread_local as thread_local;

std::thread_local! {
    static WEAK_SEEN: Cell<usize> = const { Cell::new(0) };
    static WEAK_FAILS: Cell<Option<usize>> = const { Cell::new(None) };
}

/// In each execution of a model on this thread, the `index`-th weak
/// compare-exchange fails spuriously.
pub fn fail_weak(index: Option<usize>) {
    WEAK_FAILS.set(index);
    begin_execution();
}

/// A new execution starts; returns how many weak operations the last one had.
pub fn begin_execution() -> usize {
    trace::begin();
    WEAK_SEEN.replace(0)
}

fn fails_spuriously() -> bool {
    let seen = WEAK_SEEN.get();
    WEAK_SEEN.set(seen + 1);
    WEAK_FAILS.get() == Some(seen)
}

/// What of an ordering a load has, and what a store.
fn parts(order: Ordering) -> (Ordering, Ordering) {
    match order {
        Ordering::Acquire => (Ordering::Acquire, Ordering::Relaxed),
        Ordering::Release => (Ordering::Relaxed, Ordering::Release),
        Ordering::AcqRel => (Ordering::Acquire, Ordering::Release),
        both => (both, both),
    }
}

macro_rules! announced_atomic {
    ($name:ident $(<$t:ident>)?, $value:ty) => {
        #[derive(Debug)]
        pub(crate) struct $name $(<$t>)? (loom::sync::atomic::$name $(<$t>)?);

        #[allow(dead_code, reason = "each atomic uses some of them")]
        impl $(<$t>)? $name $(<$t>)? {
            #[track_caller]
            pub(crate) fn new(value: $value) -> Self {
                Self(loom::sync::atomic::$name::new(value))
            }
            #[track_caller]
            pub(crate) fn load(&self, order: Ordering) -> $value {
                traced("load", self.0.load(ordering("load", "order", order)))
            }
            #[track_caller]
            pub(crate) fn store(&self, value: $value, order: Ordering) {
                self.0.store(traced("store", value), ordering("store", "order", order));
            }
            #[track_caller]
            pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                let order = ordering("swap", "order", order);
                if is_split("swap") {
                    return self.in_two_steps(order, |_| Some(value));
                }
                traced("swap", self.0.swap(value, order))
            }
            #[track_caller]
            pub(crate) fn compare_exchange_weak(
                &self, current: $value, new: $value, success: Ordering, failure: Ordering,
            ) -> Result<$value, $value> {
                let success = ordering("compare_exchange_weak", "success", success);
                let failure = ordering("compare_exchange_weak", "failure", failure);
                if fails_spuriously() {
                    return traced("weak", Err(self.0.load(failure)));
                }
                if is_split("compare_exchange_weak") {
                    let now =
                        self.in_two_steps(success, |now| (now == current).then_some(new));
                    return if now == current { Ok(now) } else { Err(now) };
                }
                let result = self.0.compare_exchange(current, new, success, failure);
                traced("compare_exchange", (new, result)).1
            }
            /// A mutant of a read-modify-write.
            #[track_caller]
            fn in_two_steps(&self, order: Ordering, f: impl FnOnce($value) -> Option<$value>) -> $value {
                let (loads, stores) = parts(order);
                let old = self.0.load(loads);
                let new = f(old);
                if let Some(new) = new {
                    self.0.store(new, stores);
                }
                traced("two steps", (new, old)).1
            }
        }
    };
}

announced_atomic!(AtomicPtr<T>, *mut T);
announced_atomic!(AtomicU8, u8);
announced_atomic!(AtomicBool, bool);
announced_atomic!(AtomicU32, u32);
announced_atomic!(AtomicU64, u64);
announced_atomic!(AtomicUsize, usize);

macro_rules! announced_number {
    ($name:ident, $value:ty: $($operation:ident by $new:expr;)*) => {
        #[allow(dead_code, reason = "each atomic uses some of them")]
        impl $name {
            $(#[track_caller]
            pub(crate) fn $operation(&self, value: $value, order: Ordering) -> $value {
                let order = ordering(stringify!($operation), "order", order);
                if is_split(stringify!($operation)) {
                    return self.in_two_steps(order, |old| Some($new(old, value)).filter(|new| *new != old));
                }
                traced(stringify!($operation), self.0.$operation(value, order))
            })*
        }
    };
    ($($name:ident, $value:ty;)*) => {
        $(announced_number! { $name, $value:
            fetch_add by <$value>::wrapping_add;
            fetch_sub by <$value>::wrapping_sub;
            fetch_max by Ord::max;
            fetch_or by core::ops::BitOr::bitor;
            fetch_and by core::ops::BitAnd::bitand;
        })*
    };
}

announced_number! {
    AtomicU32, u32;
    AtomicU64, u64;
    AtomicUsize, usize;
}

/// A fence, unless a mutant removes it.
#[track_caller]
pub(crate) fn fence(order: Ordering) {
    let order = match announce("fence", "order", Kind::Fence(order)) {
        Some(Mutation::Remove) => return,
        Some(Mutation::Weaken(weaker)) => weaker,
        _ => order,
    };
    loom::sync::atomic::fence(order);
}

/// A thread that may be unparked. As `std` says, an `unpark` synchronises with the
/// `park` that takes its token; loom's own also does with threads that do not park.
#[derive(Clone, Debug)]
pub(crate) struct Thread(Arc<loom::sync::atomic::AtomicBool>);

loom::thread_local! {
    static CURRENT: Thread = Thread(Arc::new(loom::sync::atomic::AtomicBool::new(false)));
}

pub(crate) fn current() -> Thread {
    CURRENT.with(Thread::clone)
}

pub(crate) fn park() {
    let token = current().0;
    // ORDERING: Acquire pairs with `Thread::unpark`.
    while !token.swap(false, Ordering::Acquire) {
        loom::thread::yield_now();
    }
}

impl Thread {
    #[track_caller]
    pub(crate) fn unpark(&self) {
        if !skips("unpark") {
            // ORDERING: Release pairs with `park`.
            self.0.swap(true, Ordering::Release);
        }
    }
}

/// Memory that is freed: using it and freeing it must be ordered.
#[derive(Debug)]
pub(crate) struct Lifetime(UnsafeCell<()>);

impl Lifetime {
    pub(crate) fn begin() -> Self {
        Self(UnsafeCell::new(()))
    }
    pub(crate) fn touch(&self) {
        self.0.with(|_| ());
    }
    pub(crate) fn end(&self) {
        self.0.with_mut(|_| ());
    }
}

/// One turn of a spin loop: another thread must run before this one can go on.
pub(crate) fn relax(_turn: u32) {
    loom::thread::yield_now();
}

/// Exclusive access to an atomic needs no atomic operation.
pub(crate) fn exclusive<T, R>(word: &mut AtomicPtr<T>, f: impl FnOnce(&mut *mut T) -> R) -> R {
    word.0.with_mut(f)
}
