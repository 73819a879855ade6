//! Weight classes, and what is known of one buffer's class.
//!
//! A class is a power of two: two buffers of one class differ by less than a factor of
//! two. The buffer says which class it *is* of, whoever searches where it is *listed*.
//! Both are in one word, so that they cannot miss each other: either the buffer finds
//! that it was moved down before it grew, and asks to be moved up, or the search finds
//! that it grew.
//!
//! | part of the word | written by | when |
//! |---|---|---|
//! | is | the buffer, under its lock | its bytes change their class |
//! | listed | the holder of the registry's lock | the buffer changes its list |
//!
//! All is Relaxed: what must agree is one word, and the lists are the lock's.

use crate::sync::{AtomicUsize, Relaxed};

/// Those of 1, 2, 4, … bytes, for any `usize`.
pub(super) const CLASSES: usize = 64;

/// `None` without any bytes; otherwise the logarithm, rounded down.
pub(super) type Class = Option<u8>;

#[inline(always)]
pub(super) fn class_of(bytes: usize) -> Class {
    // Less than 64.
    bytes.checked_ilog2().map(|class| class as u8)
}

/// Where a buffer stands.
pub(super) struct Standing(AtomicUsize);

const BITS: u32 = 8;

#[inline(always)]
fn part(class: Class) -> usize {
    class.map_or(0, |class| usize::from(class) + 1)
}

/// For a part of the word.
#[inline(always)]
fn class(part: usize) -> Class {
    part.checked_sub(1).map(|class| class as u8)
}

#[inline(always)]
fn split(word: usize) -> (Class, Class) {
    (class(word >> BITS), class(word & ((1 << BITS) - 1)))
}

impl Standing {
    /// Without bytes, in no list.
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// For the buffer, under its lock: it has `bytes` now. Returns whether it must be
    /// moved up. Nothing is written as long as the class stays.
    #[inline]
    pub(super) fn weighs(&self, bytes: usize) -> bool {
        let is = class_of(bytes);
        let mut word = self.0.load(Relaxed);
        loop {
            let (listed, was) = split(word);
            if was == is {
                return false;
            }
            let now = part(listed) << BITS | part(is);
            match self.0.compare_exchange_weak(word, now, Relaxed, Relaxed) {
                Ok(_) => return is > listed,
                Err(now) => word = now,
            }
        }
    }

    /// For the holder of the registry's lock, who moves the buffer: from the first class
    /// to the second.
    #[inline]
    pub(super) fn settle(&self) -> (Class, Class) {
        let mut word = self.0.load(Relaxed);
        loop {
            let (listed, is) = split(word);
            if listed == is {
                return (listed, is);
            }
            let now = part(is) << BITS | part(is);
            match self.0.compare_exchange_weak(word, now, Relaxed, Relaxed) {
                Ok(_) => return (listed, is),
                Err(now) => word = now,
            }
        }
    }

    /// For the holder of the registry's lock.
    pub(super) fn listed(&self) -> Class {
        split(self.0.load(Relaxed)).0
    }

    /// For the holder of the registry's lock, who takes it out of its list. Its buffer is
    /// going, and so changes its class no more: nobody else writes.
    pub(super) fn unlist(&self) {
        let is = self.0.load(Relaxed) & ((1 << BITS) - 1);
        self.0.store(is, Relaxed);
    }
}
