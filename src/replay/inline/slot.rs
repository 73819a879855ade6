//! Room for one event, with a count of the readers that are inside.

use core::mem::{MaybeUninit, needs_drop};

use crate::replay::batch::Batch;
use crate::replay::pins::Pins;
use crate::sync::{UnsafeCell, const_fn};

/// Room for an event.
pub(super) struct Slot<T> {
    pins: Pins,
    event: UnsafeCell<MaybeUninit<T>>,
}

impl<T> Slot<T> {
    const_fn! {
        pub(super) const fn new() -> Self {
            Self { pins: Pins::new(), event: UnsafeCell::new(MaybeUninit::uninit()) }
        }
    }

    /// Counts a reader in, until the result is dropped.
    #[inline(always)]
    pub(super) fn pin(&self) -> Pin<'_, T> {
        self.pins.enter();
        Pin(self)
    }

    /// As [`Pins::is_left`].
    #[inline(always)]
    pub(super) fn is_left(&self) -> bool {
        self.pins.is_left()
    }

    /// # Safety
    ///
    /// The caller holds the lock, the slot has no event, and [`Self::is_left`] was true
    /// since it had one.
    #[inline(always)]
    pub(super) unsafe fn put(&self, event: T) {
        self.event.with_mut(|slot| {
            // SAFETY: alone with the slot: nobody reads what is not published.
            unsafe { &mut *slot }.write(event);
        });
    }

    /// # Safety
    ///
    /// The caller holds the lock, or is alone with the log; the slot has an event, which
    /// is evicted, or the log is gone, and which counts as gone after this; and
    /// [`Self::is_left`] was true since it was evicted.
    #[inline(always)]
    pub(super) unsafe fn take(&self) -> T {
        self.event.with_mut(|slot| {
            // SAFETY: alone with the slot, as the caller promises.
            let slot = unsafe { &*slot };
            // SAFETY: it has an event, which counts as gone.
            unsafe { slot.assume_init_read() }
        })
    }

    /// Takes the event, if it is one that must be dropped.
    ///
    /// # Safety
    ///
    /// As for [`Self::take`]. The batch is not full.
    #[inline(always)]
    pub(super) unsafe fn carry_out(&self, out: &mut Batch<T>) {
        if needs_drop::<T>() {
            // SAFETY: as the caller promises.
            out.push(unsafe { self.take() });
        }
    }
}

/// A reader is inside of a slot: what is retained when it comes in stays as long.
pub struct Pin<'a, T>(&'a Slot<T>);

impl<T> Pin<'_, T> {
    /// # Safety
    ///
    /// The slot's event was published before the pin was taken, and evicted after that
    /// or not at all.
    #[inline(always)]
    pub(super) unsafe fn read<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        self.0.event.with(|slot| {
            // SAFETY: nobody writes to the slot before the pin is gone.
            let slot = unsafe { &*slot };
            // SAFETY: published, so written.
            f(unsafe { slot.assume_init_ref() })
        })
    }
}

impl<T> Drop for Pin<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.pins.leave();
    }
}
