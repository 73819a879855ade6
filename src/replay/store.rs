//! What a log needs of the place where its events are.
//!
//! | store | events | memory | a read |
//! |---|---|---|---|
//! | [`Heap`](super::heap::Heap) | any | allocated when it is first needed | pins a chunk: two read-modify-writes |
//! | [`Inline`](super::inline::Inline) | any | in the buffer itself | pins a slot: the same |
//! | [`Ring`](super::ring::Ring) | plain | allocated when it is made | loads, and looks at `head` again |
//!
//! A position is `tail` before its event is appended, and is evicted once `head` has
//! passed it: see `log.rs`. What takes the shelf is for whoever holds the log's lock, or
//! is the only producer, and runs no code of a user's; the rest is for anybody.

use super::batch::Batch;

/// Where a buffer's events are. Sealed: the crate's own forms are all there are.
pub trait Store: sealed::Sealed + Sized {
    /// What is published.
    type Event;

    /// An event as it is stored.
    #[doc(hidden)]
    type Packed;

    /// The part that only the holder of the lock looks at.
    #[doc(hidden)]
    type Shelf;

    /// Somebody reads.
    #[doc(hidden)]
    type Visit<'a>
    where
        Self: 'a;

    /// Memory for more events.
    #[doc(hidden)]
    type Spare;

    /// How many events are retained at most, if the type says so; otherwise 0.
    #[doc(hidden)]
    const CAPACITY: usize = 0;

    /// Whether one event takes the place of one that is evicted for it. Otherwise its
    /// place is there before, and nothing is evicted for an event that is then refused.
    #[doc(hidden)]
    const IN_PLACE_OF: bool;

    /// Begins to read at `at`, which was seen to be before `tail`. Only then is `head`
    /// looked at.
    #[doc(hidden)]
    fn visit(&self, at: u64) -> Self::Visit<'_>;

    /// Up to how many events from `at` on one visit may read.
    #[doc(hidden)]
    fn reach(&self, at: u64) -> usize;

    /// Lends the event at `at`, unless it is evicted before it was read.
    ///
    /// # Safety
    ///
    /// The visit began at `at` or before, within its reach, and after the event was
    /// published; after that `head` was seen not to have passed where it began.
    #[doc(hidden)]
    unsafe fn read<R>(
        &self,
        visit: &Self::Visit<'_>,
        at: u64,
        head: impl FnOnce() -> u64,
        f: impl FnOnce(&Self::Event) -> R,
    ) -> Option<R>;

    /// What the event at `at`, the oldest, weighs.
    #[doc(hidden)]
    fn weight(&self, shelf: &Self::Shelf, at: u64) -> usize;

    /// `head` passes `at`.
    #[doc(hidden)]
    fn evict(&self, shelf: &mut Self::Shelf, at: u64);

    /// Carries evicted events out, as many as `out` takes, where no reader is inside.
    #[doc(hidden)]
    fn sweep(&self, shelf: &mut Self::Shelf, head: u64, out: &mut Batch<Self::Event>);

    /// Whether a full batch may have left something behind.
    #[doc(hidden)]
    fn is_left_over(&self, shelf: &Self::Shelf, head: u64, out: &Batch<Self::Event>) -> bool;

    /// Whether there is room for `events` from `tail` on.
    #[doc(hidden)]
    fn room(
        &self,
        shelf: &Self::Shelf,
        watermarks: (u64, u64),
        events: usize,
        out: &Batch<Self::Event>,
    ) -> Room;

    /// Where events need no drop: whether one can be appended at `tail` with nothing
    /// else to do, but perhaps to evict the oldest before. Sweeps.
    #[doc(hidden)]
    fn is_ready(&self, shelf: &mut Self::Shelf, watermarks: (u64, u64)) -> bool;

    /// What is stored of an event. These two run code of a user's, and so no lock is held.
    #[doc(hidden)]
    fn pack(event: Self::Event) -> Self::Packed;

    /// The event, for whoever is given it back.
    #[doc(hidden)]
    fn unpack(packed: Self::Packed) -> Self::Event;

    /// Puts an event where there is room. Nobody sees it before `tail` has passed it.
    #[doc(hidden)]
    fn append(&self, shelf: &mut Self::Shelf, at: u64, event: Self::Packed, bytes: usize);

    /// Allocates, outside the lock; `None` if this store does not grow.
    #[doc(hidden)]
    fn spare(&self) -> Option<Self::Spare>;

    #[doc(hidden)]
    fn grow(&self, shelf: &mut Self::Shelf, spare: Self::Spare);

    /// Drops all events, when the log goes.
    #[doc(hidden)]
    fn clear(&self, shelf: &mut Self::Shelf);
}

/// Whether events can be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Enough,
    /// Evicted events are in the way: carry more of them out.
    Sweep,
    /// Everything is full or has a reader inside.
    Grow,
}

pub(super) mod sealed {
    pub trait Sealed {}
}
