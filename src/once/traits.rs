//! What `std::sync::OnceLock` implements, the cell implements.

use core::fmt;

use super::{GetOrInit, GetOrTryInit, LeadFuture, OnceCell, Status, Wait};
use crate::hooks::OnceHooks;

impl<T, H> Drop for OnceCell<T, H> {
    #[inline]
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T, H: OnceHooks + Default> Default for OnceCell<T, H> {
    /// An empty cell.
    fn default() -> Self {
        Self::with_hooks(H::default())
    }
}

impl<T> From<T> for OnceCell<T> {
    /// A cell that has its value.
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

impl<T: Clone, H: OnceHooks + Clone> Clone for OnceCell<T, H> {
    /// A cell with a clone of the value, if there is one; waiters and leaders
    /// stay with the original.
    fn clone(&self) -> Self {
        let clone = Self::with_hooks(self.hooks().clone());
        if let Some(value) = self.get() {
            // Nobody else has the clone: it is empty, and nobody waits.
            let _ = clone.set(value.clone());
        }
        clone
    }
}

impl<T: PartialEq, H> PartialEq for OnceCell<T, H> {
    /// Compares the values; an empty cell equals an empty cell.
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq, H> Eq for OnceCell<T, H> {}

impl<T: fmt::Debug, H> fmt::Debug for OnceCell<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_tuple("OnceCell");
        match (self.get(), self.status()) {
            (Some(value), _) => out.field(value),
            (None, Status::Initializing) => out.field(&format_args!("<initializing>")),
            (None, _) => out.field(&format_args!("<empty>")),
        };
        out.finish()
    }
}

macro_rules! opaque {
    ($name:ident $(, $parameter:ident)*) => {
        impl<T, H: OnceHooks $(, $parameter)*> fmt::Debug for $name<'_, T, H $(, $parameter)*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

opaque!(Wait);
opaque!(LeadFuture);
opaque!(GetOrInit, F, Fut);
opaque!(GetOrTryInit, F, Fut);
