//! loom's side of the seam. Every atomic operation announces its place in the
//! source (`#[track_caller]`), which gives three things at no cost to the rest:
//! a list of all ordering *sites*, the power to weaken one of them in a run
//! ([`mutate`]), and weak compare-exchanges that fail on demand ([`fail_weak`]).
//! A model that fails can show its last execution, step by step ([`trace`]).
#![allow(missing_docs, clippy::std_instead_of_alloc, reason = "seen by the models alone")]

use core::cell::{Cell, RefCell};
use core::panic::Location;
use std::collections::BTreeMap;
use std::format;
use std::prelude::rust_2024::*;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use core::sync::atomic::Ordering;

pub(crate) use loom::cell::UnsafeCell;

/// loom's thread-locals have no const initialisers.
macro_rules! modelled_thread_local {
    (static $name:ident: $ty:ty = const $init:block;) => {
        loom::thread_local! { static $name: $ty = $init; }
    };
}
pub(crate) use modelled_thread_local as thread_local;

/// One ordering in the source: where, which operation, which of its orderings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
    pub operation: &'static str,
    /// `success` or `failure` of a compare-exchange, otherwise `order`.
    pub side: &'static str,
}

/// Every site that has run in this process, with the ordering in the source.
static SITES: Mutex<BTreeMap<Site, Ordering>> = Mutex::new(BTreeMap::new());
static MUTANT: OnceLock<(String, Ordering)> = OnceLock::new();

std::thread_local! {
    static WEAK_SEEN: Cell<usize> = const { Cell::new(0) };
    static WEAK_FAILS: Cell<Option<usize>> = const { Cell::new(None) };
    /// Sites this thread has announced: spares the models the lock.
    static KNOWN: RefCell<Vec<(usize, &'static str, &'static str)>> =
        const { RefCell::new(Vec::new()) };
}

/// One atomic operation of the execution that runs.
struct Step {
    thread: loom::thread::ThreadId,
    at: &'static Location<'static>,
    operation: &'static str,
    value: String,
}

std::thread_local! {
    static TRACE: RefCell<Option<Vec<Step>>> = const { RefCell::new(None) };
}

/// From now on the executions on this thread are recorded.
pub fn record() {
    TRACE.set(Some(Vec::new()));
}

/// The execution that ran last, a line for each atomic operation.
pub fn trace() -> Vec<String> {
    TRACE.with_borrow(|trace| {
        let steps = trace.iter().flatten();
        steps
            .map(|Step { thread, at, operation, value }| {
                let file = at.file().rsplit_once("src/").map_or(at.file(), |(_, file)| file);
                format!("{thread:?} {file}:{} {operation} {value}", at.line())
            })
            .collect()
    })
}

#[track_caller]
fn traced<V: core::fmt::Debug>(operation: &'static str, value: V) -> V {
    let at = Location::caller();
    TRACE.with_borrow_mut(|trace| {
        if let Some(trace) = trace {
            let thread = loom::thread::current().id();
            trace.push(Step { thread, at, operation, value: format!("{value:x?}") });
        }
    });
    value
}

impl core::fmt::Display for Site {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let file = self.file.rsplit_once("src/").map_or(self.file, |(_, f)| f);
        let Self { line, column, operation, side, .. } = self;
        write!(f, "src/{file}:{line}:{column} {operation} {side}")
    }
}

/// The sites seen so far, each with its ordering in the source.
pub fn sites() -> Vec<(Site, Ordering)> {
    let sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    sites.iter().map(|(site, &order)| (site.clone(), order)).collect()
}

/// From now on the named site uses `order`.
///
/// # Panics
///
/// If called twice in a process.
pub fn mutate(site: String, order: Ordering) {
    MUTANT.set((site, order)).expect("one mutant per process");
}

/// In each execution of a model on this thread, the `index`-th weak
/// compare-exchange fails spuriously.
pub fn fail_weak(index: Option<usize>) {
    WEAK_FAILS.set(index);
    begin_execution();
}

/// A new execution starts; returns how many weak operations the last one had.
pub fn begin_execution() -> usize {
    TRACE.with_borrow_mut(|trace| trace.iter_mut().for_each(Vec::clear));
    WEAK_SEEN.replace(0)
}

#[track_caller]
fn announced(operation: &'static str, side: &'static str, order: Ordering) -> Ordering {
    let at = Location::caller();
    // A function with `track_caller` may do one of several operations for a place.
    let key = (core::ptr::from_ref(at).addr(), operation, side);
    let mutant = MUTANT.get();
    if mutant.is_none() && KNOWN.with_borrow(|known| known.contains(&key)) {
        return order;
    }
    let site = Site { file: at.file(), line: at.line(), column: at.column(), operation, side };
    if let Some((name, weaker)) = mutant
        && *name == site.to_string()
    {
        return *weaker;
    }
    SITES.lock().unwrap_or_else(PoisonError::into_inner).insert(site, order);
    KNOWN.with_borrow_mut(|known| known.push(key));
    order
}

fn fails_spuriously() -> bool {
    let seen = WEAK_SEEN.get();
    WEAK_SEEN.set(seen + 1);
    WEAK_FAILS.get() == Some(seen)
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
                traced("load", self.0.load(announced("load", "order", order)))
            }
            #[track_caller]
            pub(crate) fn store(&self, value: $value, order: Ordering) {
                self.0.store(traced("store", value), announced("store", "order", order));
            }
            #[track_caller]
            pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                traced("swap", self.0.swap(value, announced("swap", "order", order)))
            }
            #[track_caller]
            pub(crate) fn compare_exchange_weak(
                &self, current: $value, new: $value, success: Ordering, failure: Ordering,
            ) -> Result<$value, $value> {
                let success = announced("compare_exchange_weak", "success", success);
                let failure = announced("compare_exchange_weak", "failure", failure);
                if fails_spuriously() {
                    return traced("weak", Err(self.0.load(failure)));
                }
                let result = self.0.compare_exchange(current, new, success, failure);
                traced("compare_exchange", (new, result)).1
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

macro_rules! announced_counter {
    ($name:ident, $value:ty) => {
        #[allow(dead_code, reason = "each atomic uses some of them")]
        impl $name {
            #[track_caller]
            pub(crate) fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                let old = self.0.fetch_add(value, announced("fetch_add", "order", order));
                traced("fetch_add", old)
            }
            #[track_caller]
            pub(crate) fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                let old = self.0.fetch_sub(value, announced("fetch_sub", "order", order));
                traced("fetch_sub", old)
            }
            #[track_caller]
            pub(crate) fn fetch_max(&self, value: $value, order: Ordering) -> $value {
                let old = self.0.fetch_max(value, announced("fetch_max", "order", order));
                traced("fetch_max", old)
            }
        }
    };
}

announced_counter!(AtomicU32, u32);
announced_counter!(AtomicU64, u64);

impl AtomicUsize {
    #[track_caller]
    pub(crate) fn fetch_add(&self, value: usize, order: Ordering) -> usize {
        self.0.fetch_add(value, announced("fetch_add", "order", order))
    }
    #[track_caller]
    pub(crate) fn fetch_sub(&self, value: usize, order: Ordering) -> usize {
        self.0.fetch_sub(value, announced("fetch_sub", "order", order))
    }
    #[track_caller]
    pub(crate) fn fetch_or(&self, value: usize, order: Ordering) -> usize {
        traced("fetch_or", self.0.fetch_or(value, announced("fetch_or", "order", order)))
    }
    #[track_caller]
    pub(crate) fn fetch_and(&self, value: usize, order: Ordering) -> usize {
        traced("fetch_and", self.0.fetch_and(value, announced("fetch_and", "order", order)))
    }
}

/// A fence; a mutant weakens it to `Relaxed`, which is none.
#[track_caller]
pub(crate) fn fence(order: Ordering) {
    let order = announced("fence", "order", order);
    if order != Ordering::Relaxed {
        loom::sync::atomic::fence(order);
    }
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
    pub(crate) fn unpark(&self) {
        // ORDERING: Release pairs with `park`.
        self.0.swap(true, Ordering::Release);
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
