//! Blocking methods: as the futures, polled by [`block_on`].

use core::convert::Infallible;

use super::guard::{InitGuard, Lead, TryLead};
use super::{LeadFuture, OnceCell, Wait, reentry};
use crate::block_on::block_on;
use crate::hooks::{CallSite, InitOutcome, OnceHooks};

/// Runs a blocking initialiser; its panic hands the lead over.
struct Attempt<'a, T, H: OnceHooks>(Option<InitGuard<'a, T, H>>);

impl<T, H: OnceHooks> Drop for Attempt<'_, T, H> {
    fn drop(&mut self) {
        if let Some(guard) = self.0.take() {
            guard.fail(InitOutcome::Panicked);
        }
    }
}

impl<T, H: OnceHooks> OnceCell<T, H> {
    /// The value, initialised by this thread if need be; blocks while another
    /// thread or task initialises it.
    ///
    /// If the leader fails, panics or is dropped, a waiting thread takes over
    /// with its own `init`.
    ///
    /// # Panics
    ///
    /// If `init` panics: the cell stays empty, and the next caller initialises.
    /// In a certain deadlock, see below. With a waker's or a hook's panic, see
    /// [`InitGuard::set`].
    ///
    /// # Deadlocks
    ///
    /// If `init` waits for this cell, directly or by waiting for another thread
    /// that does. Where it is certain, because a blocking method of the cell is
    /// called on the very thread that is running its initialiser, the inner call
    /// panics. On a runtime's worker it blocks the worker, as any blocking call
    /// does; if the leader is a task that needs this very worker, for ever. Tasks
    /// should use [`get_or_init`](Self::get_or_init).
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// static CONFIG: OnceCell<String> = OnceCell::new();
    /// let config = CONFIG.get_or_init_blocking(|| "loaded".to_string());
    /// assert_eq!(config, "loaded");
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_or_init_blocking<F>(&self, init: F) -> &T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_or_try_init_blocking(|| Ok::<T, Infallible>(init()));
        value
    }

    /// As [`get_or_init_blocking`](Self::get_or_init_blocking), with an
    /// initialiser that may fail.
    ///
    /// # Errors
    ///
    /// The error of `init`, if this thread was the one to run it. The cell stays
    /// empty, and waiting callers try their own.
    ///
    /// # Panics
    ///
    /// As for [`get_or_init_blocking`](Self::get_or_init_blocking).
    ///
    /// # Deadlocks
    ///
    /// As for [`get_or_init_blocking`](Self::get_or_init_blocking).
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// let cell = OnceCell::new();
    /// assert!(cell.get_or_try_init_blocking(|| "four".parse::<u32>()).is_err());
    /// assert_eq!(cell.get_or_try_init_blocking(|| "4".parse::<u32>()), Ok(&4));
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_or_try_init_blocking<E, F>(&self, init: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        match self.get() {
            Some(value) => Ok(value),
            None => self.init_blocking(H::Site::here(), init),
        }
    }

    #[cold]
    fn init_blocking<E, F>(&self, site: H::Site, init: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        let guard = match self.lead_blocking(site) {
            Lead::Ready(value) => return Ok(value),
            Lead::Leader(guard) => guard,
        };
        let mut attempt = Attempt(Some(guard));
        let result = {
            let _entered = reentry::enter(self);
            init()
        };
        let guard = attempt.0.take().expect("taken here only");
        match result {
            Ok(value) => Ok(guard.set(value)),
            Err(error) => {
                guard.fail(InitOutcome::Failed);
                Err(error)
            }
        }
    }

    /// Blocks until the cell has a value; never initialises.
    ///
    /// # Panics
    ///
    /// In a certain deadlock, as for
    /// [`get_or_init_blocking`](Self::get_or_init_blocking).
    ///
    /// # Deadlocks
    ///
    /// If nobody ever initialises the cell, and as for
    /// [`get_or_init_blocking`](Self::get_or_init_blocking).
    ///
    /// ```
    /// use bellwether::OnceCell;
    ///
    /// let cell = OnceCell::new();
    /// std::thread::scope(|threads| {
    ///     let reader = threads.spawn(|| *cell.wait_blocking());
    ///     cell.set(7).unwrap();
    ///     assert_eq!(reader.join().unwrap(), 7);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn wait_blocking(&self) -> &T {
        match self.get() {
            Some(value) => value,
            None => self.await_blocking(H::Site::here()),
        }
    }

    #[cold]
    fn await_blocking(&self, site: H::Site) -> &T {
        self.refuse_deadlock();
        block_on(Wait::new(self, site))
    }

    fn lead_blocking(&self, site: H::Site) -> Lead<'_, T, H> {
        match self.try_lead() {
            TryLead::Ready(value) => Lead::Ready(value),
            TryLead::Leader(guard) => Lead::Leader(guard),
            TryLead::Busy => {
                self.refuse_deadlock();
                block_on(LeadFuture::new(self, site))
            }
        }
    }

    fn refuse_deadlock(&self) {
        assert!(
            !reentry::is_entered(self),
            "deadlock: this thread is running the initialiser of the OnceCell that it would wait for"
        );
    }
}
