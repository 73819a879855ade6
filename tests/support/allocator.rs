//! The system's allocator, which counts what each thread asks of it.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

std::thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(allocations: usize, grown_by: isize) {
    // A thread that ends has no counters any more, and nobody who would ask.
    let _ = ALLOCATIONS.try_with(|cell| cell.set(cell.get() + allocations));
    let _ = LIVE_BYTES.try_with(|cell| cell.set(cell.get() + grown_by));
}

fn size(layout: Layout) -> isize {
    layout.size().try_into().expect("a layout's size fits")
}

// SAFETY: everything is the system's allocator's; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, -size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

/// How often this thread allocates in the closure.
pub(crate) fn allocations(during: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    during();
    ALLOCATIONS.get() - before
}

/// What this thread has allocated and not freed.
pub(crate) fn live_bytes() -> isize {
    LIVE_BYTES.get()
}
