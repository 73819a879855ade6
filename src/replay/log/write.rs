//! What whoever may publish does: making room, appending, closing.

use core::mem::needs_drop;

use super::{Inner, Log};
use crate::hooks::EvictReason;
use crate::replay::batch::Batch;
use crate::replay::store::{Room, Store};
use crate::sync::{Relaxed, Release, in_order};

/// How many events an operation evicted, by reason.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::replay) struct Evicted {
    pub(in crate::replay) by_count: u64,
    pub(in crate::replay) by_bytes: u64,
    pub(in crate::replay) by_budget: u64,
}

impl<F> Inner<F> {
    /// What `head` is to say: see [`Log::head`].
    #[inline(always)]
    fn head_word(&self) -> u64 {
        self.head << 2 | self.reason as u64
    }

    #[inline(always)]
    pub(in crate::replay) fn len(&self) -> u64 {
        self.tail - self.head
    }

    #[inline(always)]
    fn has_share(&self) -> bool {
        #[cfg(feature = "alloc")]
        return self.share.is_some();
        #[cfg(not(feature = "alloc"))]
        return false;
    }

    /// Tells the budget that these bytes went, and whether these may come.
    #[inline(always)]
    pub(in crate::replay) fn exchange(&mut self, gone: usize, come: usize) -> bool {
        #[cfg(feature = "alloc")]
        if let Some(share) = &mut self.share {
            return share.exchange(gone, come);
        }
        let _ = (gone, come);
        true
    }
}

/// These take what is in [`Inner`], so that nobody else publishes.
impl<S: Store> Log<S> {
    /// Evicts, oldest first, until `events` more with `bytes` in all can be retained:
    /// no more than that takes. They are within the bounds by themselves.
    #[inline(always)]
    pub(in crate::replay) fn make_room(
        &self,
        inner: &mut Inner<S::Shelf>,
        events: usize,
        bytes: usize,
        evicted: &mut Evicted,
    ) {
        let before = inner.head;
        let word = inner.head_word();
        loop {
            // Never more than `capacity`, so it fits.
            if inner.len() as usize > self.capacity() - events {
                evicted.by_count += 1;
                inner.reason = EvictReason::Count;
            } else if inner.bytes > self.max_bytes() - bytes {
                evicted.by_bytes += 1;
                inner.reason = EvictReason::Bytes;
            } else {
                break;
            }
            self.pass_oldest(inner);
        }
        if inner.head != before {
            self.publish_evicted(inner, word);
        }
    }

    /// Evicts, oldest first, until `bytes` went, or nothing is left; returns how much.
    #[cfg(feature = "alloc")]
    pub(in crate::replay) fn shed(
        &self,
        inner: &mut Inner<S::Shelf>,
        bytes: usize,
        evicted: &mut Evicted,
    ) -> usize {
        let (before, word) = (inner.bytes, inner.head_word());
        while before - inner.bytes < bytes && inner.len() > 0 {
            evicted.by_budget += 1;
            inner.reason = EvictReason::Budget;
            self.pass_oldest(inner);
        }
        self.publish_evicted(inner, word);
        let gone = before - inner.bytes;
        inner.exchange(gone, 0);
        gone
    }

    /// Makes visible what was evicted since `head` said `before`.
    #[inline(always)]
    fn publish_evicted(&self, inner: &Inner<S::Shelf>, before: u64) {
        self.bytes.store(inner.bytes, Relaxed);
        // ORDERING: Release pairs with `Log::head`: who sees that events went sees a
        // `tail` that is not before them. What readers need comes from the store.
        self.watermarks.head.advance(before, inner.head_word(), Release);
    }

    #[inline(always)]
    fn pass_oldest(&self, inner: &mut Inner<S::Shelf>) {
        inner.bytes -= self.store.weight(&inner.shelf, inner.head);
        self.store.evict(&mut inner.shelf, inner.head);
        inner.head += 1;
    }

    /// The common case of publishing, in few instructions: there is room, at most the
    /// oldest event goes, and nothing is to be dropped. Otherwise the event is given
    /// back.
    ///
    /// Returns the event's position, and whether the oldest event went.
    #[inline(always)]
    pub(in crate::replay) fn append_in_place(
        &self,
        inner: &mut Inner<S::Shelf>,
        event: S::Packed,
        bytes: usize,
    ) -> Result<(u64, bool), S::Packed> {
        if inner.closed
            || inner.has_share()
            || needs_drop::<S::Event>()
            || !self.store.is_ready(&mut inner.shelf, (inner.head, inner.tail))
        {
            return Err(event);
        }
        let evicts = inner.len() == self.capacity() as u64;
        let weight = if evicts { self.store.weight(&inner.shelf, inner.head) } else { 0 };
        if inner.bytes - weight > self.max_bytes() - bytes {
            return Err(event);
        }
        let before = inner.head_word();
        if evicts {
            self.pass_oldest(inner);
            inner.reason = EvictReason::Count;
        }
        // The event takes the place of the one that was evicted.
        let ((), at) = in_order!(
            if evicts {
                self.publish_evicted(inner, before);
            },
            self.append(inner, event, bytes)
        );
        self.publish_appended(inner, at);
        Ok((at, evicts))
    }

    /// Puts an event at the end, for which there is room. Nobody sees it before
    /// [`Self::publish_appended`]; returns its position.
    #[inline(always)]
    pub(in crate::replay) fn append(
        &self,
        inner: &mut Inner<S::Shelf>,
        event: S::Packed,
        bytes: usize,
    ) -> u64 {
        let at = inner.tail;
        self.store.append(&mut inner.shelf, at, event, bytes);
        inner.tail += 1;
        inner.bytes += bytes;
        at
    }

    /// Makes visible what was appended from `from` on.
    #[inline(always)]
    pub(in crate::replay) fn publish_appended(&self, inner: &Inner<S::Shelf>, from: u64) {
        self.bytes.store(inner.bytes, Relaxed);
        // ORDERING: Release pairs with `Log::tail`: the events, and what leads to them.
        self.watermarks.tail.advance(from, inner.tail, Release);
    }

    /// Carries out what is evicted: see [`Store::sweep`].
    #[inline(always)]
    pub(in crate::replay) fn sweep(&self, inner: &mut Inner<S::Shelf>, out: &mut Batch<S::Event>) {
        self.store.sweep(&mut inner.shelf, inner.head, out);
    }

    #[inline(always)]
    pub(in crate::replay) fn is_left_over(
        &self,
        inner: &Inner<S::Shelf>,
        out: &Batch<S::Event>,
    ) -> bool {
        self.store.is_left_over(&inner.shelf, inner.head, out)
    }

    #[inline(always)]
    pub(in crate::replay) fn room(
        &self,
        inner: &Inner<S::Shelf>,
        events: usize,
        out: &Batch<S::Event>,
    ) -> Room {
        self.store.room(&inner.shelf, (inner.head, inner.tail), events, out)
    }

    pub(in crate::replay) fn spare(&self) -> Option<S::Spare> {
        self.store.spare()
    }

    pub(in crate::replay) fn grow(&self, inner: &mut Inner<S::Shelf>, spare: S::Spare) {
        self.store.grow(&mut inner.shelf, spare);
    }

    /// Nothing is published any more.
    pub(in crate::replay) fn close(&self, inner: &mut Inner<S::Shelf>) {
        inner.closed = true;
        // ORDERING: Release pairs with `Log::is_closed`: `tail` is seen as it stays.
        self.watermarks.closed.store(true, Release);
    }
}
