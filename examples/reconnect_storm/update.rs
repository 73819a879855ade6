//! What is published: a time and some text, under a checksum.

use core::fmt::Write;

/// An event. The buffer holds it behind an `Arc`, so that a clone is cheap.
pub(crate) struct Update {
    /// As it goes over the wire, to each session: time, checksum, payload. It is put
    /// into words once, not once a session.
    pub(crate) text: Box<str>,
}

/// Large events come in rows of `LARGE`, in every `ROW` events: they reach the bound of
/// bytes first, and small ones that of events.
const ROW: u64 = 144;
const LARGE: u64 = 48;

impl Update {
    /// The event that is to have this sequence number, `at` nanoseconds after the scene
    /// began.
    pub(crate) fn new(seq: u64, at: u64) -> Self {
        let length = if seq % ROW < LARGE { 180 + seq % 60 } else { 20 + seq % 30 };
        let letter = |n| char::from(b'a' + ((seq * 7 + n * n) % 26) as u8);
        let payload: String = (0..length).map(letter).collect();
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(text, "{at} {:x} {payload}", checksum(seq, at, &payload));
        Self { text: text.into() }
    }

    /// What it takes in memory, but for the allocator's own part.
    pub(crate) fn weight(&self) -> usize {
        // The two counters of the `Arc`.
        2 * size_of::<usize>() + size_of::<Self>() + self.text.len()
    }
}

/// FNV-1a, eight bytes at a time, over the sequence number as well: an event under
/// another's number is as wrong as one with a damaged text.
pub(crate) fn checksum(seq: u64, at: u64, payload: &str) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    let start = step(step(0xcbf2_9ce4_8422_2325, seq), at);
    payload.as_bytes().chunks(8).fold(start, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        step(hash, u64::from_le_bytes(word))
    })
}
