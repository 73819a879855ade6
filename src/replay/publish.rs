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

use core::mem::take;
use core::task::Waker;

use super::batch::Batch;
#[cfg(feature = "alloc")]
use super::budget;
use super::error::PublishError;
use super::log::{Evicted, Inner, Log};
use super::shared::Shared;
use super::store::{Room, Store};
use crate::hooks::{EvictReason, ReplayHooks};
use crate::sync::{in_order, shielded, wakes};

#[cfg(feature = "alloc")]
mod all;
mod one;

impl<S: Store, H> Shared<S, H> {
    #[inline]
    pub(super) fn weight(&self, event: &S::Event) -> usize {
        self.weigh.map_or(size_of::<S::Event>(), |weigh| weigh(event))
    }
}

/// What is left to be done once the lock is let go; done by `run`, or by unwinding.
pub(super) struct After<'a, S: Store, H: ReplayHooks, const ALONE: bool> {
    log: &'a Log<S>,
    hooks: &'a H,
    removed: Batch<S::Event>,
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
    Grow,
    /// The budget is used up: make room somewhere.
    Poor,
}

/// Why nothing was published.
pub(super) enum Refused {
    Closed,
    /// Readers are inside of all that could make room, and the store does not grow.
    Busy,
}

impl Refused {
    pub(super) fn with<T>(self, event: T) -> PublishError<T> {
        match self {
            Self::Closed => PublishError::Closed(event),
            Self::Busy => PublishError::Busy(event),
        }
    }
}

impl<'a, S: Store, H: ReplayHooks, const ALONE: bool> After<'a, S, H, ALONE> {
    /// # Safety
    ///
    /// If `ALONE`, no other value of this type for this log lives; otherwise no such
    /// value that is alone does.
    #[inline(always)]
    pub(super) unsafe fn new(shared: &'a Shared<S, H>) -> Self {
        Self {
            log: &shared.log,
            hooks: &shared.hooks,
            removed: Batch::new(),
            wakers: Batch::new(),
            wake: 0,
            more: false,
            published: None,
            evicted: Evicted::default(),
        }
    }

    /// Works on what is published, and then collects what is left to do.
    #[inline(always)]
    fn visit<R>(&mut self, f: impl FnOnce(&mut Self, &mut Inner<S::Shelf>) -> R) -> R {
        let log = self.log;
        let work = |this: &mut Self, inner: &mut Inner<S::Shelf>| {
            let result = f(this, inner);
            this.more = log.is_left_over(inner, &this.removed);
            result
        };
        if !ALONE {
            return log.with_all(|inner, parked| {
                let result = work(self, inner);
                self.more |= wakes!(parked.wake(self.wake, &mut self.wakers));
                result
            });
        }
        let (result, waits) = in_order!(
            // SAFETY: `new` was promised that this is the only producer.
            unsafe { log.with_inner(|inner| work(self, inner)) },
            log.somebody_waits()
        );
        if waits {
            self.more |= log.parked(|parked| wakes!(parked.wake(self.wake, &mut self.wakers)));
        }
        result
    }

    /// Publishes one event, and does all that is left.
    #[inline(never)]
    fn publish_one(
        mut self,
        event: S::Packed,
        bytes: usize,
    ) -> Result<u64, PublishError<S::Event>> {
        let mut event = Some((event, bytes));
        let published = self.publish(1, bytes, || event.take());
        self.run();
        match (published, event) {
            (Ok(at), _) => Ok(at + 1),
            (Err(refused), Some((event, _))) => Err(refused.with(S::unpack(event))),
            (Err(_), None) => unreachable!("what is refused is not taken"),
        }
    }

    /// Publishes `events` events with `bytes` in all, which `next` gives, and which are
    /// within the bounds by themselves: all of them at once. `next` runs under the lock.
    #[inline(always)]
    pub(super) fn publish(
        &mut self,
        events: usize,
        bytes: usize,
        mut next: impl FnMut() -> Option<(S::Packed, usize)>,
    ) -> Result<u64, Refused> {
        let mut spare = None;
        #[cfg(feature = "alloc")]
        let mut somewhere = self.log.budget.as_ref().map(|budget| budget::Room::new(budget, bytes));
        loop {
            let visit = self
                .visit(|this, inner| this.append_all(inner, events, bytes, &mut next, &mut spare));
            match visit {
                Visit::Published(at) => {
                    let (events_before, bytes_before) = self.published.unwrap_or_default();
                    // Of all pieces: each fits, their sum need not.
                    let bytes = bytes_before.saturating_add(bytes as u64);
                    let published = (events_before + events as u64, bytes);
                    self.published = Some(published);
                    return Ok(at);
                }
                Visit::Closed => return Err(Refused::Closed),
                Visit::Sweep => self.drop_removed(),
                Visit::Poor => {
                    self.drop_removed();
                    #[cfg(feature = "alloc")]
                    if !somewhere.iter_mut().all(budget::Room::make) {
                        return Err(Refused::Busy);
                    }
                }
                Visit::Grow => {
                    spare = self.log.spare();
                    if spare.is_none() {
                        return Err(Refused::Busy);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn append_all(
        &mut self,
        inner: &mut Inner<S::Shelf>,
        events: usize,
        bytes: usize,
        next: &mut impl FnMut() -> Option<(S::Packed, usize)>,
        spare: &mut Option<S::Spare>,
    ) -> Visit {
        if inner.closed {
            return Visit::Closed;
        }
        let before = inner.bytes;
        // One event goes into a chunk that is there before anything is evicted for it, so
        // that nothing is if the buffer is closed meanwhile. Many take what they evict.
        if events > 1 || S::IN_PLACE_OF {
            self.log.make_room(inner, events, bytes, &mut self.evicted);
        }
        let mut swept = false;
        loop {
            match self.log.room(inner, events, &self.removed) {
                Room::Enough => break,
                _ if !swept => {
                    self.log.sweep(inner, &mut self.removed);
                    swept = true;
                }
                Room::Grow if spare.is_some() => {
                    if let Some(spare) = spare.take() {
                        self.log.grow(inner, spare);
                    }
                }
                lacking => {
                    inner.exchange(before - inner.bytes, 0);
                    return if lacking == Room::Sweep { Visit::Sweep } else { Visit::Grow };
                }
            }
        }
        self.log.make_room(inner, events, bytes, &mut self.evicted);
        self.log.sweep(inner, &mut self.removed);
        if !inner.exchange(before - inner.bytes, bytes) {
            return Visit::Poor;
        }
        let at = inner.tail;
        for _ in 0..events {
            let Some((event, bytes)) = next() else { break };
            self.log.append(inner, event, bytes);
        }
        self.log.publish_appended(inner, at);
        self.wake = inner.tail;
        Visit::Published(at)
    }

    /// Closes the buffer; whether it was open.
    pub(super) fn close(&mut self) -> bool {
        self.visit(|this, inner| {
            let was_open = !inner.closed;
            this.log.close(inner);
            this.wake = u64::MAX;
            this.log.sweep(inner, &mut this.removed);
            was_open
        })
    }

    /// Evicts until `bytes` or more went; returns how much.
    #[cfg(feature = "alloc")]
    pub(super) fn shed(&mut self, bytes: usize) -> usize {
        self.visit(|this, inner| {
            let gone = this.log.shed(inner, bytes, &mut this.evicted);
            this.log.sweep(inner, &mut this.removed);
            gone
        })
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
                shielded(|| wakes!(waker.wake()));
            }
            if !wakes!(take(&mut self.more)) {
                return;
            }
            self.visit(|this, inner| this.log.sweep(inner, &mut this.removed));
        }
    }
}

impl<S: Store, H: ReplayHooks, const ALONE: bool> Drop for After<'_, S, H, ALONE> {
    #[inline(always)]
    fn drop(&mut self) {
        wakes!(self.run());
    }
}

/// Each also if one before it panics.
#[inline(always)]
fn tell<H: ReplayHooks>(hooks: &H, Evicted { by_count, by_bytes, by_budget }: Evicted) {
    let _third = Told(hooks, by_budget, EvictReason::Budget);
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
