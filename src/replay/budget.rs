//! [`Budget`]: one bound of bytes over many buffers.
//!
//! | file | what |
//! |---|---|
//! | `budget/credit.rs` | bytes that may still be retained, and why their sum is exact |
//! | `budget/class.rs` | how heavy a buffer is, and as how heavy it is listed |
//! | `budget/heaviest.rs` | finding one of the heaviest in constant time |
//! | `budget/slots.rs` | where buffers are listed |
//! | `budget/share.rs` | what a buffer keeps, and how it makes room |
//!
//! A publication takes credit under its own buffer's lock. If there is none, it lets go
//! of that lock, has one of the heaviest buffers evict, and tries again: no thread holds
//! the locks of two buffers, and none holds credit while it does something else.
#![cfg_attr(not(bellwether_modelled), allow(unreachable_pub, reason = "public for the models"))]

use alloc::sync::Arc;
use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};

use super::error::BuildError;
use super::lock::Locked;

mod class;
mod credit;
mod heaviest;
mod share;
mod slots;
#[cfg(all(test, feature = "std"))]
mod tests;

pub use share::{Room, Share, Shed};

use credit::Credit;
use heaviest::Registry;

/// One bound of bytes over many replay buffers: what they retain together never weighs
/// more.
///
/// A buffer keeps its own bounds besides. Whoever publishes when the budget is used up
/// evicts from one of the *heaviest* buffers, wherever that is: one that retains at least
/// half of what the heaviest does. In the long run finding it takes the same time for three
/// buffers and for a hundred thousand. So a session that piles events up pays for itself, and the
/// others keep theirs.
///
/// A clone is the same budget. It lives as long as a clone or a buffer does.
///
/// # What is exact
///
/// The sum over all buffers of the bytes that they retain never exceeds `max_bytes`, not
/// for a moment. As for a single buffer, an event no longer counts once it is evicted, and
/// is dropped right after: in addition to the budget there are, for each thread that is
/// publishing, the events that it evicted and has not dropped yet, and what readers were
/// inside of. A publication may evict a little more than it needs: of one buffer
/// an eighth at most, and a thousandth of the budget. While others evict or publish at the
/// same moment, it may evict although there was just enough.
///
/// # Whose code runs
///
/// Whoever publishes drops the events that it evicted, and calls the hooks of the buffer
/// it evicted them from, outside of every lock. It may also be the last to have that
/// buffer. A panic of theirs goes to it, and its own event may be lost then; nothing is
/// lost of the budget.
///
/// # Large events
///
/// A batch ([`publish_all`](super::ReplayBuffer::publish_all)) is published in pieces as
/// large as its buffer may be, and each counts as one event here. If others publish without pause, what was evicted for an event may be taken by them, so
/// that more is evicted. That costs nothing noticeable for events that are small beside
/// the budget; one of about its whole size may drive everything out several times
/// before it finds its moment.
///
/// # Memory
///
/// About 3 KiB, and about 100 bytes for each buffer. Where buffers are listed there is
/// room for up to twice as many as there ever were at once; it is used again, and freed
/// with the budget.
///
/// A buffer whose events are evicted keeps the memory for their places, as any does: up
/// to its capacity, so choose that with care for a hundred thousand. What a reader was
/// inside of is dropped with the next publication into that buffer, or eviction from it.
///
/// ```
/// use bellwether::Budget;
///
/// let budget = Budget::new(64 << 20).unwrap();
/// assert_eq!((budget.max_bytes(), budget.used(), budget.buffers()), (64 << 20, 0, 0));
/// ```
#[derive(Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

struct Shared {
    credit: Credit,
    registry: Aligned<Locked<Registry>>,
    max_bytes: usize,
}

/// Away from what is read all the time.
#[repr(align(128))]
struct Aligned<T>(T);

impl<T> core::ops::Deref for Aligned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl Budget {
    /// A budget of `max_bytes`, for all buffers that will be built with it.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoBytes`] if it is 0: no event would fit.
    ///
    /// ```
    /// use bellwether::{BuildError, Budget};
    ///
    /// assert!(Budget::new(1).is_ok());
    /// assert_eq!(Budget::new(0).err(), Some(BuildError::NoBytes));
    /// ```
    pub fn new(max_bytes: usize) -> Result<Self, BuildError> {
        if max_bytes == 0 {
            return Err(BuildError::NoBytes);
        }
        let registry = Aligned(Locked::new(Registry::new()));
        let credit = Credit::new(max_bytes);
        Ok(Self { shared: Arc::new(Shared { credit, registry, max_bytes }) })
    }

    /// What all buffers together may retain.
    ///
    /// ```
    /// assert_eq!(bellwether::Budget::new(10).unwrap().max_bytes(), 10);
    /// ```
    pub fn max_bytes(&self) -> usize {
        self.shared.max_bytes
    }

    /// What all buffers together retain: never more than [`max_bytes`](Self::max_bytes).
    ///
    /// Exact while nobody publishes. Otherwise it may be off by what is published and
    /// evicted while it is called, since it adds up several counters one by one.
    ///
    /// ```
    /// assert_eq!(bellwether::Budget::new(10).unwrap().used(), 0);
    /// ```
    pub fn used(&self) -> usize {
        self.shared.max_bytes.saturating_sub(self.shared.credit.free())
    }

    /// How many buffers share it at this moment.
    ///
    /// ```
    /// assert_eq!(bellwether::Budget::new(10).unwrap().buffers(), 0);
    /// ```
    pub fn buffers(&self) -> usize {
        self.shared.registry.with(|registry| registry.slots.members())
    }
}

/// No code of a user's runs while it changes.
impl UnwindSafe for Budget {}
impl RefUnwindSafe for Budget {}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("max_bytes", &self.max_bytes())
            .field("used", &self.used())
            .field("buffers", &self.buffers())
            .finish()
    }
}
