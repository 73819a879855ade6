//! Events of every kind: whole or torn, counted, aligned, padded.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::cell::Cell;
use core::fmt::{Debug, Formatter, Result};
use core::mem::MaybeUninit;
use std::panic::resume_unwind;

/// Several words that belong together. Needs no drop.
#[derive(Clone, Copy)]
pub(crate) struct Summed(pub(crate) [u64; 9]);

impl Summed {
    pub(crate) fn new(seed: u64) -> Self {
        let mut words = [seed; 9];
        for at in 1..9 {
            words[at] = words[at - 1].rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        Self(words)
    }

    pub(crate) fn check(&self) {
        assert_eq!(self.0, Self::new(self.0[0]).0, "torn");
    }
}

std::thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// How many [`Counted`] this thread has made and not dropped.
pub(crate) fn alive() -> usize {
    ALIVE.get()
}

/// Makes any type need a drop, and counts.
#[derive(Debug, PartialEq)]
pub(crate) struct Counted<T>(pub(crate) T);

impl<T> Counted<T> {
    pub(crate) fn new(value: T) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(value)
    }
}

impl<T: Clone> Clone for Counted<T> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Line<T>(pub(crate) T);

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(4096))]
pub(crate) struct Page(pub(crate) u8);

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct Padded {
    pub(crate) small: u8,
    pub(crate) large: u64,
    pub(crate) last: u16,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Either {
    Nothing,
    Small(bool),
    Large(u8, u64, char),
    Heap(Box<[u8]>),
}

/// A short text in place; the bytes after it are never written.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    len: u8,
    text: [MaybeUninit<u8>; 15],
}

impl Short {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut text = [MaybeUninit::uninit(); 15];
        bytes.iter().zip(&mut text).for_each(|(byte, place)| _ = place.write(*byte));
        Self { len: bytes.len() as u8, text }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let written = self.text[..usize::from(self.len)].iter();
        // SAFETY: `new` wrote as many.
        written.map(|byte| unsafe { byte.assume_init() }).collect()
    }
}

impl Debug for Short {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.bytes().fmt(f)
    }
}

impl PartialEq for Short {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

/// So many events; then it panics, or ends, whatever it said of its length.
pub(crate) struct Yields {
    pub(crate) left: u32,
    pub(crate) panics: bool,
    pub(crate) hint: (usize, Option<usize>),
}

impl Iterator for Yields {
    type Item = Counted<u32>;

    fn next(&mut self) -> Option<Counted<u32>> {
        if self.left == 0 && self.panics {
            resume_unwind(Box::new("half-made"));
        }
        self.left = self.left.checked_sub(1)?;
        Some(Counted::new(self.left))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.hint
    }
}
