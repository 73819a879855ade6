//! [`OnceCell`]: the first caller initialises, everybody else suspends (tasks)
//! or blocks (threads), and nobody hangs when the first one fails.
//!
//! | file | what it is |
//! |---|---|
//! | `once/calls.rs` | the calls that initialise or wait |
//! | `once/state.rs` | the states and their transitions, in one word |
//! | `once/wait.rs` | a waiter; the futures [`Wait`] and [`LeadFuture`] |
//! | `once/guard.rs` | the lead: [`InitGuard`] |
//! | `once/init.rs` | the futures [`GetOrInit`] and [`GetOrTryInit`] |
//! | `once/blocking.rs` | the same for threads |
//! | `once/reentry.rs` | certain deadlocks, found |
//!
//! The value is written by the leader alone, before `READY`; it is read through
//! `&T` by anyone after `READY`; it is dropped or taken by who owns the cell.

use core::mem::MaybeUninit;
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::sync::{UnsafeCell, const_fn, in_order};

#[cfg(feature = "std")]
mod blocking;
mod calls;
mod guard;
mod init;
mod reentry;
mod state;
mod traits;
mod wait;

pub use guard::{InitGuard, Lead, TryLead};
pub use init::{GetOrInit, GetOrTryInit};
pub use wait::{LeadFuture, Wait};

use state::{READY, State};

/// A cell that is written once, by the first of many who ask for its value.
///
/// The size of one machine word beside `T`, and no allocation ever. Async tasks,
/// blocking threads (feature `std`) and interrupt handlers (by
/// [`try_lead`](Self::try_lead) and [`set`](Self::set)) may share one cell.
///
/// # What happens if the leader ...
///
/// - **fails** (`get_or_try_init`): its caller gets the error, and every other
///   caller of `get_or_*` may take over with its own initialiser. All of them
///   are woken, not one chosen: a future that is never polled again cannot keep
///   the others waiting. They keep their places in the queue.
/// - **panics**: the same; its caller gets the panic. There is no poisoning.
/// - **is dropped** (a time-out, `select!`, an aborted task): the same.
/// - **is never polled again**, but not dropped: everybody waits, as nothing can
///   tell it from a slow one. Spawn the initialiser, or use [`lead`](Self::lead)
///   and give the guard to a task, if callers may abandon their futures so.
///
/// What a failed leader did, and what it dropped, happens before the next
/// initialiser starts.
///
/// # Memory
///
/// The cell: one word, and `T`. A waiter: part of its future, which takes 48
/// bytes on 64-bit targets ([`Wait`]) or 64 (`get_or_init` with a small
/// initialiser). Dropping a waiting future removes it in amortised constant time
/// and leaves nothing behind.
///
/// # When to use something else
///
/// With synchronous initialisers and threads only, use `std::sync::OnceLock`. In a
/// Tokio service that already has `tokio::sync::OnceCell` and no trouble with
/// it, stay; it hands the lead to one chosen waiter after a failure, takes a
/// mutex for each waiter, and cannot be waited for without initialising.
///
/// ```
/// use bellwether::OnceCell;
///
/// static CONFIG: OnceCell<String> = OnceCell::new();
///
/// async fn config() -> &'static str {
///     CONFIG.get_or_init(|| async { "read from somewhere slow".to_string() }).await
/// }
/// # futures::executor::block_on(async { assert!(config().await.starts_with("read")) });
/// ```
// The state comes first, whatever the hooks are: the acquiring load of 64-bit Arm takes no
// offset, and `get` would have to add one.
#[repr(C)]
pub struct OnceCell<T, H = ()> {
    state: State,
    hooks: H,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: `&OnceCell` gives out `&T` (so `T: Sync`) and `&H` (so `H: Sync`), and
// a value set on one thread may be dropped on another (so `T: Send`): it is
// moved through the cell. The state orders the write before every read.
unsafe impl<T: Send + Sync, H: Sync> Sync for OnceCell<T, H> {}
// The `UnsafeCell` hides that the cell keeps no broken value: a panic leaves it empty.
impl<T: UnwindSafe + RefUnwindSafe, H: RefUnwindSafe> RefUnwindSafe for OnceCell<T, H> {}
impl<T: UnwindSafe, H: UnwindSafe> UnwindSafe for OnceCell<T, H> {}

/// What a [`OnceCell`] is at, at this moment.
///
/// `Ready` stays true as long as the cell is borrowed; the others may be old as
/// soon as they are seen.
///
/// ```
/// use bellwether::{OnceCell, Status};
///
/// let cell: OnceCell<u32> = OnceCell::new();
/// let lead = cell.try_lead();
/// assert_eq!(cell.status(), Status::Initializing);
/// drop(lead);
/// assert_eq!(cell.status(), Status::Empty);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// No value, and nobody provides one.
    Empty,
    /// Somebody leads.
    Initializing,
    /// The value is there.
    Ready,
}

impl<T> OnceCell<T> {
    const_fn! {
        /// An empty cell. In a `static` it lies in zeroed memory.
        ///
        /// ```
        /// static CELL: bellwether::OnceCell<String> = bellwether::OnceCell::new();
        /// assert_eq!(CELL.get(), None);
        /// ```
        #[inline]
        #[must_use]
        pub const fn new() -> Self {
            Self::with(0, MaybeUninit::uninit(), ())
        }
    }

    const_fn! {
        /// A cell that has its value.
        ///
        /// ```
        /// static CELL: bellwether::OnceCell<u32> = bellwether::OnceCell::with_value(7);
        /// assert_eq!(CELL.get(), Some(&7));
        /// ```
        #[inline]
        #[must_use]
        pub const fn with_value(value: T) -> Self {
            Self::with(READY, MaybeUninit::new(value), ())
        }
    }
}

impl<T, H> OnceCell<T, H> {
    const_fn! {
        const fn with(bits: usize, value: MaybeUninit<T>, hooks: H) -> Self {
            Self { state: State::new(bits), value: UnsafeCell::new(value), hooks }
        }
    }

    /// The value, if it is there: one Acquire load and one test.
    ///
    /// ```
    /// let cell = bellwether::OnceCell::new();
    /// assert_eq!(cell.get(), None);
    /// cell.set(7).unwrap();
    /// assert_eq!(cell.get(), Some(&7));
    /// ```
    #[inline]
    pub fn get(&self) -> Option<&T> {
        if !self.state.is_ready() {
            return None;
        }
        // SAFETY: ready, and it stays so while the cell is borrowed.
        Some(unsafe { self.value() })
    }

    /// The value, if it is there, to change it: whoever has `&mut` is alone.
    ///
    /// ```
    /// let mut cell = bellwether::OnceCell::with_value(7);
    /// *cell.get_mut().unwrap() += 1;
    /// assert_eq!(cell.get(), Some(&8));
    /// ```
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        if !self.state.is_ready_mut() {
            return None;
        }
        let place = self.value.with_mut(|value| value);
        // SAFETY: ready; `&mut self` is exclusive.
        let value = unsafe { &mut *place };
        // SAFETY: ready means initialised.
        Some(unsafe { value.assume_init_mut() })
    }

    /// Takes the value out and leaves the cell empty. Also recovers a cell whose
    /// [`InitGuard`] was leaked.
    ///
    /// ```
    /// let mut cell = bellwether::OnceCell::with_value("once".to_string());
    /// assert_eq!(cell.take().as_deref(), Some("once"));
    /// assert_eq!(cell.set("again".to_string()).unwrap(), "again");
    /// ```
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        if !self.state.reset() {
            return None;
        }
        // SAFETY: it was ready, and is empty now: the value is read out once.
        self.value.with(|value| Some(unsafe { value.cast::<T>().read() }))
    }

    /// The value, if it is there.
    ///
    /// ```
    /// assert_eq!(bellwether::OnceCell::with_value(7).into_inner(), Some(7));
    /// ```
    #[inline]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }

    /// What the cell is at.
    ///
    /// ```
    /// use bellwether::{OnceCell, Status};
    ///
    /// let cell = OnceCell::new();
    /// assert_eq!(cell.status(), Status::Empty);
    /// cell.set(7).unwrap();
    /// assert_eq!(cell.status(), Status::Ready);
    /// ```
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// The observer given to [`with_hooks`](Self::with_hooks).
    ///
    /// ```
    /// let cell = bellwether::OnceCell::with_value(7);
    /// assert_eq!(cell.hooks(), &()); // none
    /// ```
    #[inline]
    pub fn hooks(&self) -> &H {
        &self.hooks
    }

    /// # Safety
    ///
    /// The cell is ready, and this thread has seen so.
    #[inline(always)]
    unsafe fn value(&self) -> &T {
        // SAFETY: ready: nobody writes while the cell is borrowed.
        self.value.with(|value| unsafe { &*value.cast::<T>() })
    }

    /// Writes the value, and then says so. Returns how many waiters that released.
    ///
    /// # Safety
    ///
    /// The caller leads, and has not written yet.
    #[inline(always)]
    unsafe fn publish(&self, value: T) -> usize {
        let ((), released) = in_order!(
            // SAFETY: until it is ready, the leader alone touches the value.
            self.value.with_mut(|place| unsafe { place.cast::<T>().write(value) }),
            self.state.complete()
        );
        released
    }
}
