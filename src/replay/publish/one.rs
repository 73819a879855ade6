//! Publishing one event: in place, if it needs no drop and there is room, otherwise by
//! the long way.

use core::mem::{MaybeUninit, needs_drop};
use core::task::Waker;

use super::{After, Told};
use crate::hooks::{EvictReason, ReplayHooks};
use crate::replay::batch::Batch;
use crate::replay::error::PublishError;
use crate::replay::parked::Parked;
use crate::replay::shared::Shared;
use crate::replay::store::Store;
use crate::sync::{shielded, wakes};

impl<S: Store, H: ReplayHooks> Shared<S, H> {
    /// # Safety
    ///
    /// As for [`After::new`].
    #[inline(always)]
    pub(in crate::replay) unsafe fn publish_sized<const ALONE: bool>(
        &self,
        event: S::Event,
        bytes: usize,
    ) -> Result<u64, PublishError<S::Event>> {
        if bytes > self.log.max_bytes() {
            return Err(PublishError::TooLarge(event));
        }
        let event = S::pack(event);
        if needs_drop::<S::Event>() {
            // SAFETY: as the caller promises.
            return unsafe { After::<S, H, ALONE>::new(self) }.publish_one(event, bytes);
        }
        // Written only if somebody waits.
        let mut waited = MaybeUninit::uninit();
        // SAFETY: as the caller promises.
        match unsafe { self.in_place::<ALONE>(event, bytes, &mut waited) } {
            Placed::Alone(at, evicted) => {
                let _evicted = Told(&self.hooks, u64::from(evicted), EvictReason::Count);
                shielded(|| self.hooks.published(1, bytes as u64));
                Ok(at + 1)
            }
            Placed::Waited(at, evicted) => {
                // SAFETY: written by `in_place`, which says so.
                let waited = unsafe { waited.assume_init() };
                // SAFETY: as the caller promises.
                let after = unsafe { After::<S, H, ALONE>::new(self) };
                after.settle_in_place(waited, at, bytes, evicted);
                Ok(at + 1)
            }
            Placed::Not(event) => {
                // SAFETY: as the caller promises.
                unsafe { After::<S, H, ALONE>::new(self) }.publish_one(event, bytes)
            }
        }
    }

    /// # Safety
    ///
    /// As for [`After::new`].
    #[inline(always)]
    unsafe fn in_place<const ALONE: bool>(
        &self,
        event: S::Packed,
        bytes: usize,
        waited: &mut MaybeUninit<Waited>,
    ) -> Placed<S::Packed> {
        let log = &self.log;
        if !ALONE {
            return log.with_all(|inner, parked| match log.append_in_place(inner, event, bytes) {
                Ok((at, evicted)) if parked.is_empty() => Placed::Alone(at, evicted),
                Ok((at, evicted)) => {
                    waited.write(Waited::collect(parked, inner.tail));
                    Placed::Waited(at, evicted)
                }
                Err(event) => Placed::Not(event),
            });
        }
        // SAFETY: as the caller promises.
        match unsafe { log.with_inner(|inner| log.append_in_place(inner, event, bytes)) } {
            Ok((at, evicted)) if !log.somebody_waits() => Placed::Alone(at, evicted),
            Ok((at, evicted)) => {
                waited.write(Waited { wakers: Batch::new(), more: true });
                Placed::Waited(at, evicted)
            }
            Err(event) => Placed::Not(event),
        }
    }
}

/// What became of an event that was to be published in place: its position, and whether
/// another was evicted for it.
enum Placed<T> {
    Alone(u64, bool),
    /// And somebody waited for it: `in_place` has written who.
    Waited(u64, bool),
    Not(T),
}

/// Somebody waited for what was published in place.
struct Waited {
    wakers: Batch<Waker>,
    /// There are more than these.
    more: bool,
}

impl Waited {
    #[cold]
    #[inline(never)]
    fn collect(parked: &mut Parked, tail: u64) -> Self {
        let mut wakers = Batch::new();
        let more = wakes!(parked.wake(tail, &mut wakers));
        Self { wakers, more }
    }
}

impl<S: Store, H: ReplayHooks, const ALONE: bool> After<'_, S, H, ALONE> {
    /// Does what is left after an event was published in place.
    #[cold]
    fn settle_in_place(mut self, waited: Waited, at: u64, bytes: usize, evicted: bool) {
        (self.wakers, self.more, self.wake) = (waited.wakers, waited.more, at + 1);
        self.published = Some((1, bytes as u64));
        self.evicted.by_count = u64::from(evicted);
        self.run();
    }
}
