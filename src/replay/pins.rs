//! How a reader keeps an event that it is inside of, without a lock.
//!
//! A reader finds the memory that its event is in, counts itself in (a *pin*), and
//! only then looks at `head`. A publisher advances `head`, and only then asks whether
//! somebody is in. Both do it by a read-modify-write of one word, so that one comes
//! after the other and sees what the other did before:
//!
//! - the reader is first: the publisher sees the pin, and leaves the event alone. It
//!   is evicted, but not dropped; a later publisher looks again.
//! - the publisher is first: the reader sees the new `head`, does not touch the
//!   event, and says what was missed.
//!
//! The same holds for memory that has been put to another use since, or that a later
//! event's directory entry leads to: either of it comes after `head` passed the
//! position. So there is no generation. No fence and no SeqCst is needed either.

use crate::sync::{Acquire, AtomicUsize, Ordering, Release, const_fn};

/// Readers inside, and those about to find out that they are wrong here.
pub(super) struct Pins(AtomicUsize);

impl Pins {
    const_fn! {
        pub(super) const fn new() -> Self {
            Self(AtomicUsize::new(0))
        }
    }

    /// Counts a reader in, until [`Self::leave`].
    #[inline(always)]
    pub(super) fn enter(&self) {
        // ORDERING: Acquire pairs with `is_left`: who comes after it sees where `head`
        // was then.
        self.0.fetch_add(1, Acquire);
    }

    /// Counts a reader out.
    #[inline(always)]
    pub(super) fn leave(&self) {
        // ORDERING: Release pairs with `is_left`: the reader is done.
        self.0.fetch_sub(1, Release);
    }

    /// Whether nobody is inside who reads below `head`: asked by the holder of the
    /// lock, after it has advanced `head`. Whoever comes in later sees that.
    #[inline(always)]
    pub(super) fn is_left(&self) -> bool {
        // ORDERING: Release pairs with `enter`, and Acquire with `leave`. It writes
        // the word that is pinned, so that one of the two sees the other.
        self.0.fetch_add(0, Ordering::AcqRel) == 0
    }
}
