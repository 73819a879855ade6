//! What is recorded: durations from 128 ns to 8.6 s, each octave about equally
//! often. A multiplication, an addition and four cheap instructions a value; a row
//! of its own tells what that takes.

/// A thread's values: the same in each run.
#[derive(Debug, Clone)]
pub struct Values(u64);

impl Values {
    /// Those of a thread.
    #[must_use]
    pub fn new(thread: usize) -> Self {
        Self((thread as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The next one.
    #[inline(always)]
    pub fn draw(&mut self) -> u64 {
        // Knuth's MMIX generator. Its upper bits are the better ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let octave = (((self.0 >> 27) & 31) * 26) >> 5;
        ((self.0 >> 32) | (1 << 32)) >> octave
    }
}

impl Iterator for Values {
    type Item = u64;

    #[inline(always)]
    fn next(&mut self) -> Option<u64> {
        Some(self.draw())
    }
}
