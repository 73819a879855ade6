//! Publishing: one visit under the lock, and what is to be done after it.
//!
//! | under the lock | after it, whatever panics |
//! |---|---|
//! | evict, carry out up to a batch of events | drop them |
//! | append, make visible | – |
//! | take out up to a batch of wakers | wake them |
//! | – | call the hooks |
//!
//! As long as there is more to carry out, the lock is taken again.

use alloc::boxed::Box;
use core::mem::take;
use core::task::Waker;

use super::ReplayBuffer;
use super::batch::Batch;
use super::chunk::Chunk;
use super::log::{Evicted, Inner, Log, Room};
use crate::hooks::{EvictReason, ReplayHooks};
use crate::sync::shielded;

/// What is left to be done once the lock is let go; done by `run`, or by unwinding.
pub(super) struct After<'a, T, H: ReplayHooks> {
    log: &'a Log<T>,
    hooks: &'a H,
    removed: Batch<T>,
    wakers: Batch<Waker>,
    /// Who waits for an event before this is to be woken.
    wake: u64,
    more: bool,
    published: Option<(u64, u64)>,
    evicted: Evicted,
}

/// How a visit under the lock ended.
enum Visit {
    /// The position of the first event.
    Published(u64),
    Closed,
    Sweep,
    Chunk,
}

/// Nothing was published: the buffer is closed.
pub(super) struct Closed;

impl<'a, T, H: ReplayHooks> After<'a, T, H> {
    #[inline(always)]
    pub(super) fn new(buffer: &'a ReplayBuffer<T, H>) -> Self {
        Self {
            log: &buffer.log,
            hooks: &buffer.hooks,
            removed: Batch::new(),
            wakers: Batch::new(),
            wake: 0,
            more: false,
            published: None,
            evicted: Evicted::default(),
        }
    }

    /// Publishes `events` events with `bytes` in all, which `next` gives, and which are
    /// within the bounds by themselves: all of them at once. `next` runs under the lock.
    #[inline(always)]
    pub(super) fn publish(
        &mut self,
        events: usize,
        bytes: usize,
        mut next: impl FnMut() -> Option<(T, usize)>,
    ) -> Result<u64, Closed> {
        let log = self.log;
        let mut spare = None;
        loop {
            match log.lock(|inner| self.visit(inner, events, bytes, &mut next, &mut spare)) {
                Visit::Published(at) => {
                    let (events_before, bytes_before) = self.published.unwrap_or_default();
                    let published = (events_before + events as u64, bytes_before + bytes as u64);
                    self.published = Some(published);
                    return Ok(at);
                }
                Visit::Closed => return Err(Closed),
                Visit::Sweep => self.drop_removed(),
                Visit::Chunk => spare = Some(self.log.new_chunk()),
            }
        }
    }

    #[inline(always)]
    fn visit(
        &mut self,
        inner: &mut Inner<T>,
        events: usize,
        bytes: usize,
        next: &mut impl FnMut() -> Option<(T, usize)>,
        spare: &mut Option<Box<Chunk<T>>>,
    ) -> Visit {
        if inner.closed {
            return Visit::Closed;
        }
        let evicted = self.log.make_room(inner, events, bytes);
        self.evicted.by_count += evicted.by_count;
        self.evicted.by_bytes += evicted.by_bytes;
        self.log.sweep(inner, &mut self.removed);
        loop {
            match self.log.room(inner, events, &self.removed) {
                Room::Enough => break,
                Room::Sweep => return Visit::Sweep,
                Room::Chunk => match spare.take() {
                    Some(chunk) => self.log.add_chunk(inner, chunk),
                    None => return Visit::Chunk,
                },
            }
        }
        let at = inner.tail;
        for _ in 0..events {
            let Some((value, bytes)) = next() else { break };
            self.log.append(inner, value, bytes);
        }
        self.log.publish_appended(inner, at);
        self.wake = inner.tail;
        self.collect(inner);
        Visit::Published(at)
    }

    /// Closes the buffer; whether it was open.
    pub(super) fn close(&mut self) -> bool {
        let log = self.log;
        log.lock(|inner| {
            let was_open = !inner.closed;
            self.log.close(inner);
            self.wake = u64::MAX;
            self.log.sweep(inner, &mut self.removed);
            self.collect(inner);
            was_open
        })
    }

    /// Takes out the next wakers, and says whether there is more to do.
    #[inline(always)]
    fn collect(&mut self, inner: &mut Inner<T>) {
        let wakers = inner.parked.wake(self.wake, &mut self.wakers);
        self.more = wakers | self.log.is_left_over(inner, &self.removed);
    }

    fn drop_removed(&mut self) {
        while let Some(value) = self.removed.pop() {
            shielded(|| drop(value));
        }
    }

    /// Does all that is left.
    ///
    /// # Panics
    ///
    /// With the first panic of an event's drop, a waker or a hook; unwinding does the
    /// rest.
    #[inline(always)]
    pub(super) fn run(&mut self) {
        if !self.removed.is_empty() | !self.wakers.is_empty() | self.more {
            self.settle();
        }
        if let Some((events, bytes)) = self.published.take() {
            shielded(|| self.hooks.published(events, bytes));
        }
        tell(self.hooks, take(&mut self.evicted));
    }

    fn settle(&mut self) {
        loop {
            self.drop_removed();
            while let Some(waker) = self.wakers.pop() {
                shielded(|| waker.wake());
            }
            if !take(&mut self.more) {
                return;
            }
            let log = self.log;
            log.lock(|inner| {
                log.sweep(inner, &mut self.removed);
                self.collect(inner);
            });
        }
    }
}

impl<T, H: ReplayHooks> Drop for After<'_, T, H> {
    #[inline(always)]
    fn drop(&mut self) {
        self.run();
    }
}

/// Tells of an event that was published in place: the second also if the first panics.
#[inline(always)]
pub(super) fn tell_in_place<H: ReplayHooks>(hooks: &H, bytes: usize, evicted: bool) {
    let _evicted = Told(hooks, u64::from(evicted), EvictReason::Count);
    hooks.published(1, bytes as u64);
}

/// The second also if the first panics.
#[inline(always)]
fn tell<H: ReplayHooks>(hooks: &H, Evicted { by_count, by_bytes }: Evicted) {
    let _second = Told(hooks, by_bytes, EvictReason::Bytes);
    let _first = Told(hooks, by_count, EvictReason::Count);
}

/// Tells of evicted events, when dropped.
struct Told<'a, H: ReplayHooks>(&'a H, u64, EvictReason);

impl<H: ReplayHooks> Drop for Told<'_, H> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.1 != 0 {
            shielded(|| self.0.evicted(self.1, self.2));
        }
    }
}
