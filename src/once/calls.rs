//! The calls that initialise or wait, for tasks and interrupts.

use core::mem::MaybeUninit;

use super::guard::Claim;
use super::state::Found;
use super::{GetOrInit, GetOrTryInit, InitGuard, LeadFuture, OnceCell, TryLead, Wait};
use crate::error::SetError;
use crate::hooks::{CallSite, OnceHooks};
use crate::sync::const_fn;

impl<T, H: OnceHooks> OnceCell<T, H> {
    const_fn! {
        /// An empty cell that tells `hooks` what happens to it.
        ///
        /// See [`hooks`](crate::hooks) for a real observer.
        ///
        /// ```
        /// let cell: bellwether::OnceCell<u32, ()> = bellwether::OnceCell::with_hooks(());
        /// assert_eq!(cell.get(), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn with_hooks(hooks: H) -> Self {
            Self::with(0, MaybeUninit::uninit(), hooks)
        }
    }

    /// Sets the value, if the cell is empty. Never waits, so that an interrupt
    /// may call it; wakes everybody who waits. Reports nothing to the hooks but
    /// the waits that it ends.
    ///
    /// # Errors
    ///
    /// [`SetError::AlreadySet`] or [`SetError::Initializing`], with the value.
    ///
    /// # Panics
    ///
    /// With a waker's panic, after the value was set and every other waiter was
    /// woken.
    ///
    /// ```
    /// use bellwether::{OnceCell, SetError};
    ///
    /// let cell = OnceCell::new();
    /// assert_eq!(cell.set("first").unwrap(), &"first");
    /// assert!(matches!(cell.set("second"), Err(SetError::AlreadySet("second"))));
    /// ```
    pub fn set(&self, value: T) -> Result<&T, SetError<T>> {
        match self.state.begin() {
            Found::Ready => Err(SetError::AlreadySet(value)),
            Found::Busy => Err(SetError::Initializing(value)),
            Found::Led => {
                // SAFETY: this call leads, and has not written.
                unsafe { self.publish(value) };
                // SAFETY: complete, and it stays so while the cell is borrowed.
                Ok(unsafe { self.value() })
            }
        }
    }

    /// The value, initialised by this caller's `init` if nobody else did or does.
    ///
    /// The first caller runs its initialiser inside its own future; the others
    /// wait. If the leader panics or is dropped, any of them that is polled
    /// takes over, with its own `init`.
    ///
    /// The future is `Send` if `T: Send + Sync` and `init` and its future are `Send`. It
    /// takes 64 bytes for a small initialiser, on 64-bit targets.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future of the leader drops its initialiser where it stands,
    /// and then hands the lead over; work that it had done is done again by the
    /// next. Dropping the future of a waiter loses its place in the queue, and
    /// nothing else. Nothing stays registered.
    ///
    /// # Panics
    ///
    /// With the panic of `init` or of its future: the cell stays empty, and the
    /// lead is handed over. With the panic of another caller's waker, or of a
    /// hook, after all other wakers were woken. If polled again after this very
    /// future initialised the cell.
    ///
    /// # Deadlocks
    ///
    /// If `init` awaits this cell. It is left alone, since it may do so beside
    /// a time-out; blocking on the cell from inside is refused with a panic.
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// # futures::executor::block_on(async {
    /// let cell = OnceCell::new();
    /// assert_eq!(cell.get_or_init(|| async { 7 }).await, &7);
    /// assert_eq!(cell.get_or_init(|| async { unreachable!() }).await, &7);
    /// # });
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_or_init<F, Fut>(&self, init: F) -> GetOrInit<'_, T, H, F, Fut>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        GetOrInit::new(self, H::Site::here(), init)
    }

    /// As [`get_or_init`](Self::get_or_init), with an initialiser that may fail.
    ///
    /// # Errors
    ///
    /// The error of this caller's `init`, if it was the one to run. Nobody else
    /// sees it: the lead is handed over, and others run theirs. Callers that
    /// fail one after the other each wake all who still wait, so that a thousand
    /// callers of a failing backend cost a million wake-ups; bound retries.
    ///
    /// # Cancel safety
    ///
    /// As for [`get_or_init`](Self::get_or_init).
    ///
    /// # Panics
    ///
    /// As for [`get_or_init`](Self::get_or_init), and if polled again after an error.
    ///
    /// # Deadlocks
    ///
    /// As for [`get_or_init`](Self::get_or_init).
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// # futures::executor::block_on(async {
    /// let cell = OnceCell::new();
    /// assert!(cell.get_or_try_init(|| async { "x".parse::<u32>() }).await.is_err());
    /// assert_eq!(cell.get_or_try_init(|| async { "7".parse::<u32>() }).await, Ok(&7));
    /// # });
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_or_try_init<E, F, Fut>(&self, init: F) -> GetOrTryInit<'_, T, H, F, Fut>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        GetOrTryInit::new(self, H::Site::here(), init)
    }

    /// Waits until the cell has a value, and never initialises. Is not woken by
    /// a leader that fails.
    ///
    /// The future takes 48 bytes on 64-bit targets.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses its place in the queue, and nothing else.
    /// Nothing stays registered.
    ///
    /// # Panics
    ///
    /// With the panic of another caller's waker, or of a hook, after all other
    /// wakers were woken.
    ///
    /// # Deadlocks
    ///
    /// If nobody ever initialises the cell.
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// # futures::executor::block_on(async {
    /// let cell = OnceCell::new();
    /// let (value, _) = futures::join!(cell.wait(), async { cell.set(7) });
    /// assert_eq!(value, &7);
    /// # });
    /// ```
    #[inline]
    #[track_caller]
    pub fn wait(&self) -> Wait<'_, T, H> {
        Wait::new(self, H::Site::here())
    }

    /// Waits for the value or for the lead, whichever comes first. With the lead,
    /// the value may be provided by another function, task or thread.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses its place in the queue, and nothing else.
    /// Dropping the guard that it returned hands the lead over.
    ///
    /// # Panics
    ///
    /// As for [`wait`](Self::wait).
    ///
    /// # Deadlocks
    ///
    /// As for [`get_or_init`](Self::get_or_init).
    ///
    /// ```
    /// use bellwether::{Lead, OnceCell};
    ///
    /// # futures::executor::block_on(async {
    /// let cell = OnceCell::new();
    /// let value = match cell.lead().await {
    ///     Lead::Ready(value) => value,
    ///     Lead::Leader(guard) => guard.set("led"),
    /// };
    /// assert_eq!(value, &"led");
    /// # });
    /// ```
    #[inline]
    #[track_caller]
    pub fn lead(&self) -> LeadFuture<'_, T, H> {
        LeadFuture::new(self, H::Site::here())
    }

    /// The value, the lead, or neither; never waits, so that an interrupt may
    /// call it.
    ///
    /// # Panics
    ///
    /// With a hook's panic; the lead is handed over.
    ///
    /// ```
    /// use bellwether::{OnceCell, TryLead};
    ///
    /// static LATEST: OnceCell<u16> = OnceCell::new();
    ///
    /// fn on_interrupt(reading: u16) {
    ///     if let TryLead::Leader(guard) = LATEST.try_lead() {
    ///         guard.set(reading);
    ///     }
    /// }
    /// on_interrupt(512);
    /// on_interrupt(513);
    /// assert_eq!(LATEST.get(), Some(&512));
    /// ```
    pub fn try_lead(&self) -> TryLead<'_, T, H> {
        match self.state.begin() {
            // SAFETY: found ready, and it stays so while the cell is borrowed.
            Found::Ready => TryLead::Ready(unsafe { self.value() }),
            Found::Busy => TryLead::Busy,
            Found::Led => TryLead::Leader(InitGuard::new(self, Claim::new(&self.state))),
        }
    }
}
