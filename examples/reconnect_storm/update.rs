//! What is published: its time, some text, and a checksum over all of it.

/// An event. The buffer holds it behind an `Arc`, so that a clone is cheap.
pub(crate) struct Update {
    /// Nanoseconds since the scene began.
    pub(crate) at: u64,
    pub(crate) checksum: u64,
    pub(crate) payload: Box<str>,
}

/// Events of a kind in a row, small ones or large ones: small ones reach the bound of
/// events first, large ones that of bytes.
const ROW: u64 = 150;

impl Update {
    /// The event that is to have this sequence number.
    pub(crate) fn new(seq: u64, at: u64) -> Self {
        let length = if seq / ROW % 2 == 0 { 20 + seq % 30 } else { 180 + seq % 60 };
        let letter = |n| char::from(b'a' + ((seq * 7 + n * n) % 26) as u8);
        let payload: Box<str> = (0..length).map(letter).collect::<String>().into();
        Self { at, checksum: checksum(seq, at, &payload), payload }
    }

    /// What it takes in memory, but for the allocator's own part.
    pub(crate) fn weight(&self) -> usize {
        // The two counters of the `Arc`.
        2 * size_of::<usize>() + size_of::<Self>() + self.payload.len()
    }
}

/// FNV-1a, over the sequence number as well: an event under another's number is as
/// wrong as one with a damaged text.
pub(crate) fn checksum(seq: u64, at: u64, payload: &str) -> u64 {
    let numbers = [seq.to_le_bytes(), at.to_le_bytes()];
    let bytes = numbers.as_flattened().iter().chain(payload.as_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
