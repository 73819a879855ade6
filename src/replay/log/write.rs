//! Under the lock: making room, carrying evicted events out, appending, closing.

use alloc::boxed::Box;
use core::mem::needs_drop;

use super::{Inner, Log};
use crate::hooks::EvictReason;
use crate::replay::batch::Batch;
use crate::replay::chunk::{Chunk, Ref};
use crate::sync::Release;

/// How many events an operation evicted.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::replay) struct Evicted {
    pub(in crate::replay) by_count: u64,
    pub(in crate::replay) by_bytes: u64,
}

/// Whether events can be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::replay) enum Room {
    Enough,
    /// Evicted events are in the way: carry more of them out.
    Sweep,
    /// Every chunk is full or has a reader inside.
    Chunk,
}

impl<T> Inner<T> {
    /// What `head` is to say: see [`Log::head`].
    #[inline(always)]
    fn head_word(&self) -> u64 {
        self.head << 1 | u64::from(self.reason == EvictReason::Bytes)
    }
}

/// These take the lock's value, so that the lock is held.
impl<T> Log<T> {
    /// Evicts, oldest first, until `events` more with `bytes` in all can be retained:
    /// no more than that takes. They are within the bounds by themselves.
    #[inline(always)]
    pub(in crate::replay) fn make_room(
        &self,
        inner: &mut Inner<T>,
        events: usize,
        bytes: usize,
    ) -> Evicted {
        let mut evicted = Evicted::default();
        let before = inner.head_word();
        loop {
            // Never more than `capacity`, so it fits.
            let len = (inner.tail - inner.head) as usize;
            if len > self.capacity - events {
                evicted.by_count += 1;
                inner.reason = EvictReason::Count;
            } else if inner.bytes > self.max_bytes - bytes {
                evicted.by_bytes += 1;
                inner.reason = EvictReason::Bytes;
            } else {
                break;
            }
            self.pass_oldest(inner);
        }
        if evicted.by_count + evicted.by_bytes != 0 {
            self.publish_evicted(inner, before);
        }
        evicted
    }

    /// Makes visible what was evicted since `head` was at `before`.
    #[inline(always)]
    fn publish_evicted(&self, inner: &Inner<T>, before: u64) {
        // ORDERING: Release pairs with `Log::head`: who sees that events went sees a
        // `tail` that is not before them. What pins need comes from their words.
        self.shared.head.advance(before, inner.head_word(), Release);
    }

    /// The common case of publishing, in few instructions: the newest chunk has room,
    /// at most the oldest event goes, and not the last of its chunk; nothing is to be
    /// dropped or waited for, and nobody to be woken. Otherwise the event is given back.
    ///
    /// Returns the event's position, and whether the oldest event went.
    #[inline(always)]
    pub(in crate::replay) fn append_in_place(
        &self,
        inner: &mut Inner<T>,
        value: T,
        bytes: usize,
    ) -> Result<(u64, bool), T> {
        let evicts = inner.tail - inner.head == self.capacity as u64;
        let (first, oldest) = (inner.window.first(), self.index(inner.head));
        let weight = match first {
            Some(chunk) if evicts => chunk.weight(oldest),
            _ => 0,
        };
        let last_of_chunk = self.index(inner.head + 1) == 0;
        if inner.closed
            || needs_drop::<T>()
            || self.index(inner.tail) == 0
            || (evicts && last_of_chunk)
            || inner.bytes - weight > self.max_bytes - bytes
            || inner.retiring.len() != 0
            || !inner.parked.is_empty()
        {
            return Err(value);
        }
        if evicts {
            let before = inner.head_word();
            inner.bytes -= weight;
            inner.head += 1;
            inner.reason = EvictReason::Count;
            self.publish_evicted(inner, before);
        }
        let at = self.append(inner, value, bytes);
        self.publish_appended(inner, at);
        Ok((at, evicts))
    }

    fn pass_oldest(&self, inner: &mut Inner<T>) {
        let chunk = inner.window.first().expect("an event is retained");
        let index = self.index(inner.head);
        inner.bytes -= chunk.weight(index);
        inner.head += 1;
        if index + 1 == 1 << self.shift {
            // It is the one at the front.
            inner.window.pop();
            inner.retiring.push(chunk);
        }
    }

    /// Carries evicted events out, as many as `out` takes, where no reader is inside.
    #[inline(always)]
    pub(in crate::replay) fn sweep(&self, inner: &mut Inner<T>, out: &mut Batch<T>) {
        for _ in 0..inner.retiring.len() {
            let Some(chunk) = inner.retiring.pop() else { break };
            if self.empty(chunk, 1 << self.shift, out) {
                inner.free.push(chunk);
            } else {
                inner.retiring.push(chunk);
            }
        }
        if let (true, Some(chunk)) = (needs_drop::<T>(), inner.window.first()) {
            self.empty(chunk, self.index(inner.head), out);
        }
    }

    /// Whether a full batch may have left something behind.
    #[inline(always)]
    pub(in crate::replay) fn is_left_over(&self, inner: &Inner<T>, out: &Batch<T>) -> bool {
        let first = || inner.window.first().map_or(0, |chunk| chunk.book(|book| book.emptied));
        out.is_full() && (inner.retiring.len() > 0 || first() < self.index(inner.head))
    }

    /// Takes out the events below `to`; whether all of them are gone.
    #[inline(always)]
    fn empty(&self, chunk: Ref<T>, to: usize, out: &mut Batch<T>) -> bool {
        let from = chunk.book(|book| book.emptied);
        if from >= to {
            return true;
        }
        if !chunk.is_left() {
            return false;
        }
        let mut at = from;
        if needs_drop::<T>() {
            while at < to && !out.is_full() {
                // SAFETY: evicted, not taken yet, and nobody is inside; counted below,
                // and nothing in between panics.
                out.push(unsafe { chunk.take(at) });
                at += 1;
            }
        } else {
            at = to;
        }
        chunk.book(|book| book.emptied = at);
        at == to
    }

    /// Whether there are chunks for `events` more.
    #[inline(always)]
    pub(in crate::replay) fn room(&self, inner: &Inner<T>, events: usize, out: &Batch<T>) -> Room {
        let size = 1 << self.shift;
        // Slots of the newest chunk that are left.
        let begun = inner.tail.wrapping_neg() as usize & (size - 1);
        let needed = (events.saturating_sub(begun) + size - 1) >> self.shift;
        if needed <= inner.free.len() {
            Room::Enough
        } else if self.is_left_over(inner, out) {
            Room::Sweep
        } else {
            Room::Chunk
        }
    }

    /// One more chunk.
    pub(in crate::replay) fn add_chunk(&self, inner: &mut Inner<T>, chunk: Box<Chunk<T>>) {
        inner.free.push(Ref::new(chunk));
    }

    /// Puts an event at the end, for which there is room. Nobody sees it before
    /// [`Self::publish_appended`]; returns its position.
    #[inline(always)]
    pub(in crate::replay) fn append(&self, inner: &mut Inner<T>, value: T, bytes: usize) -> u64 {
        let at = inner.tail;
        if self.index(at) == 0 {
            self.begin_chunk(inner, at);
        }
        let chunk = inner.window.last().expect("there is room");
        chunk.push(value, bytes);
        inner.tail += 1;
        inner.bytes += bytes;
        at
    }

    #[inline(always)]
    fn begin_chunk(&self, inner: &mut Inner<T>, at: u64) {
        let chunk = inner.free.pop().expect("there is room");
        chunk.book(|book| (book.emptied, book.filled) = (0, 0));
        inner.window.push(chunk);
        // ORDERING: Release pairs with `Log::find`: the chunk as it was made, and that
        // what the entry led to before is evicted.
        self.directory[self.entry(at)].store(chunk.as_ptr(), Release);
    }

    /// Makes visible what was appended from `from` on.
    #[inline(always)]
    pub(in crate::replay) fn publish_appended(&self, inner: &Inner<T>, from: u64) {
        // ORDERING: Release pairs with `Log::tail`: the events, and the entries that
        // lead to them.
        self.shared.tail.advance(from, inner.tail, Release);
    }

    /// Nothing is published any more.
    pub(in crate::replay) fn close(&self, inner: &mut Inner<T>) {
        inner.closed = true;
        // ORDERING: Release pairs with `Log::is_closed`: `tail` is seen as it stays.
        self.shared.closed.store(true, Release);
    }
}
