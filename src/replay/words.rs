//! Words that one thread stores while others load them: every word is an atomic, and
//! each is stored and loaded by itself, Relaxed. What several of them say together is
//! the reader's matter: see `ring.rs`.

use crate::sync::{AtomicUsize, Relaxed};

/// What events are kept as: `usize`, and arrays and tuples of it. Sealed.
///
/// ```
/// fn is_kept<W: bellwether::replay::Words>(_: W) {}
/// is_kept((1, [2, 3], ()));
/// ```
pub trait Words: sealed::Sealed + Copy {
    /// Atomics of the same shape.
    #[doc(hidden)]
    type Cells: Send + Sync;

    /// Cells that hold nothing yet.
    #[doc(hidden)]
    #[cfg(not(bellwether_modelled))]
    #[allow(clippy::declare_interior_mutable_const, reason = "each use is to be a new one")]
    const EMPTY: Self::Cells;

    /// As `EMPTY`: loom has no const constructors.
    #[doc(hidden)]
    #[cfg(bellwether_modelled)]
    fn empty() -> Self::Cells;

    #[doc(hidden)]
    fn store(self, cells: &Self::Cells);

    /// Words that need not have been stored together.
    #[doc(hidden)]
    fn load(cells: &Self::Cells) -> Self;
}

/// New cells, where they need not be const.
#[cfg(any(feature = "alloc", bellwether_modelled))]
#[inline]
pub(super) fn empty<W: Words>() -> W::Cells {
    #[cfg(not(bellwether_modelled))]
    return W::EMPTY;
    #[cfg(bellwether_modelled)]
    return W::empty();
}

/// `EMPTY` and its twin.
macro_rules! empty {
    ($const:expr, $twin:expr) => {
        #[cfg(not(bellwether_modelled))]
        #[allow(clippy::declare_interior_mutable_const, reason = "each use is a new one")]
        const EMPTY: Self::Cells = $const;
        #[cfg(bellwether_modelled)]
        fn empty() -> Self::Cells {
            $twin
        }
    };
}

/// One word.
#[derive(Debug)]
pub struct Cell(AtomicUsize);

impl Words for usize {
    type Cells = Cell;
    empty!(Cell(AtomicUsize::new(0)), Cell(AtomicUsize::new(0)));

    #[inline(always)]
    fn store(self, cell: &Cell) {
        cell.0.store(self, Relaxed);
    }

    #[inline(always)]
    fn load(cell: &Cell) -> Self {
        cell.0.load(Relaxed)
    }
}

impl<W: Words, const N: usize> Words for [W; N] {
    type Cells = [W::Cells; N];
    empty!([const { W::EMPTY }; N], core::array::from_fn(|_| W::empty()));

    #[inline(always)]
    fn store(self, cells: &Self::Cells) {
        for (words, cells) in self.into_iter().zip(cells) {
            words.store(cells);
        }
    }

    #[inline(always)]
    fn load(cells: &Self::Cells) -> Self {
        core::array::from_fn(|n| W::load(&cells[n]))
    }
}

macro_rules! tuples {
    ($(($($part:ident $n:tt),*))*) => {$(
        impl<$($part: Words),*> sealed::Sealed for ($($part,)*) {}

        impl<$($part: Words),*> Words for ($($part,)*) {
            type Cells = ($($part::Cells,)*);
            empty!(($($part::EMPTY,)*), ($($part::empty(),)*));

            #[inline(always)]
            fn store(self, _cells: &Self::Cells) {
                $(self.$n.store(&_cells.$n);)*
            }

            #[inline(always)]
            #[allow(clippy::unused_unit, reason = "of no words")]
            fn load(_cells: &Self::Cells) -> Self {
                ($($part::load(&_cells.$n),)*)
            }
        }
    )*};
}

tuples! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for usize {}
    impl<W: super::Words, const N: usize> Sealed for [W; N] {}
}
