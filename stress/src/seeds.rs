//! Faults on purpose, in what the programs are made of. `src/bin/sanitize.rs` says which
//! tool must report which; if it does not, its silence about the programs means nothing.

use core::hint::black_box;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};
use std::thread;

use crate::crowd::crowd;
use crate::value::{Owned, Value, Witness};

pub(crate) struct Seed {
    pub(crate) name: &'static str,
    /// Undefined, or a leak: only to be run under a tool that reports it.
    pub(crate) run: fn() -> String,
}

pub(crate) const SEEDS: &[Seed] = &[
    Seed { name: "race", run: race },
    Seed { name: "unordered", run: unordered },
    Seed { name: "use-after-free", run: use_after_free },
    Seed { name: "double-free", run: double_free },
    Seed { name: "leak", run: leak },
];

/// Two threads add to a word that is not atomic, and nothing orders them.
fn race() -> String {
    let witness = Witness::default();
    crowd(2, |_| {
        for _ in 0..1_000 {
            // SAFETY: there is none; that is the fault.
            unsafe { witness.add() };
        }
    });
    format!("{} of 2000", witness.into_inner())
}

/// What a once-cell would be whose publication is Relaxed: the value is there, and its
/// words may not be.
fn unordered() -> String {
    let place = AtomicPtr::new(ptr::null_mut());
    let seen = crowd(2, |me| {
        if me.number == 0 {
            place.store(Box::into_raw(Box::new(Owned::new(7))), Ordering::Relaxed);
            return 0;
        }
        loop {
            let value = place.load(Ordering::Relaxed);
            if !value.is_null() {
                // SAFETY: it lives; nothing says that its words are there, which is the fault.
                return unsafe { &*value }.check();
            }
            thread::yield_now();
        }
    });
    // SAFETY: from `into_raw`, and both threads are gone.
    drop(unsafe { Box::from_raw(place.into_inner()) });
    format!("{seen:?}")
}

/// An event is read by whoever did not keep it.
fn use_after_free() -> String {
    let mut words = black_box(vec![1_u64, 2, 3]);
    let word = black_box(words.as_mut_ptr());
    drop(words);
    // SAFETY: there is none; that is the fault.
    format!("{}", unsafe { word.read_volatile() })
}

/// A value is dropped twice.
fn double_free() -> String {
    let value = black_box(Box::new(7_u64));
    // SAFETY: there is none; that is the fault.
    let twin = unsafe { ptr::read(&value) };
    drop(black_box(value));
    drop(black_box(twin));
    "dropped twice".into()
}

/// An event that nobody drops, and that nothing points to.
fn leak() -> String {
    let leaked = crowd(2, |me| {
        let value = black_box(Owned::new(me.number as u64));
        let number = value.check();
        core::mem::forget(value);
        number
    });
    format!("{leaked:?}")
}
