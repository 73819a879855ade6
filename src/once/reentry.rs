//! Which cells this thread is initialising at this moment: whoever blocks the
//! thread until one of them is ready would wait for itself.
//!
//! A small stack of addresses a thread, written around each call of an
//! initialiser (of an async one: around each poll). Only *certain* deadlocks are
//! found: an initialiser that *awaits* its own cell may do so beside a time-out,
//! and is left alone. What the initialiser's future does when it is dropped is not
//! watched. Nesting deeper than eight is not remembered.

use super::OnceCell;

/// The user's initialiser runs while this lives.
pub(super) struct Entered {
    #[cfg(feature = "std")]
    depth: usize,
}

#[cfg(not(feature = "std"))]
#[inline(always)]
pub(super) fn enter<T, H>(_: &OnceCell<T, H>) -> Entered {
    Entered {}
}

#[cfg(feature = "std")]
pub(super) use with_std::{enter, is_entered};

#[cfg(feature = "std")]
mod with_std {
    use core::cell::Cell;
    use core::ptr;

    use super::{Entered, OnceCell};
    use crate::sync::thread_local;

    const DEPTH: usize = 8;

    struct Stack {
        depth: Cell<usize>,
        cells: [Cell<*const ()>; DEPTH],
    }

    thread_local! {
        static LEADING: Stack = const {
            Stack { depth: Cell::new(0), cells: [const { Cell::new(ptr::null()) }; DEPTH] }
        };
    }

    #[inline]
    pub(in crate::once) fn enter<T, H>(cell: &OnceCell<T, H>) -> Entered {
        LEADING.with(|stack| {
            let depth = stack.depth.get();
            if let Some(slot) = stack.cells.get(depth) {
                slot.set(address(cell));
            }
            stack.depth.set(depth + 1);
            Entered { depth }
        })
    }

    /// Of the state, not of the cell: hooks may be a cell that begins where this one does.
    fn address<T, H>(cell: &OnceCell<T, H>) -> *const () {
        ptr::from_ref(&cell.state).cast()
    }

    impl Drop for Entered {
        #[inline]
        fn drop(&mut self) {
            LEADING.with(|stack| stack.depth.set(self.depth));
        }
    }

    pub(in crate::once) fn is_entered<T, H>(cell: &OnceCell<T, H>) -> bool {
        LEADING.with(|stack| {
            let known = stack.depth.get().min(DEPTH);
            stack.cells[..known].iter().any(|slot| slot.get() == address(cell))
        })
    }
}
