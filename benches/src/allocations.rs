//! A global allocator that counts a thread's allocations when it is asked to.
//!
//! When it is not, it costs one load and one test on top of the system's, for
//! every peer alike.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::alloc::System;

/// To be installed by a binary that counts.
#[derive(Debug)]
pub struct Counting;

static IS_COUNTING: AtomicBool = AtomicBool::new(false);

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

fn note(size: usize) {
    if IS_COUNTING.load(Relaxed) {
        ALLOCATIONS.with(|all| all.set(all.get() + 1));
        note_bytes(size, 0);
    }
}

/// A thread may free what another allocated.
fn note_bytes(more: usize, less: usize) {
    if IS_COUNTING.load(Relaxed) {
        BYTES.with(|all| all.set(all.get().wrapping_add(more).wrapping_sub(less)));
    }
}

// SAFETY: every call goes to the system's allocator unchanged; counting
// neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        note_bytes(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        note_bytes(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}

/// How often this thread allocates in `work`. Always 0 without [`Counting`]: ask
/// [`is_installed`] first.
pub fn count(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    IS_COUNTING.store(true, Relaxed);
    work();
    // Left on: another thread may be counting too.
    ALLOCATIONS.get() - before
}

/// How many bytes more this thread has allocated than freed, after `work`.
pub fn bytes<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = BYTES.get();
    IS_COUNTING.store(true, Relaxed);
    let result = work();
    (BYTES.get().wrapping_sub(before), result)
}

/// Stops counting, for the sake of what is timed next.
pub fn stop() {
    IS_COUNTING.store(false, Relaxed);
}

/// Whether this program counts at all.
#[must_use]
pub fn is_installed() -> bool {
    count(|| drop(core::hint::black_box(Box::new(1)))) == 1
}
