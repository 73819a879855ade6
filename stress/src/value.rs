//! Values that tell if they are torn, gone, or there twice; and words that are not
//! atomic, by which a sanitizer sees whether the library orders those who use them.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What is published or initialised.
pub(crate) trait Value: Clone + Send + Sync {
    /// A value that has this number.
    fn new(number: u64) -> Self;

    /// Its number, if it is whole.
    fn check(&self) -> u64;
}

/// How many [`Owned`] there are.
pub(crate) static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Words on the heap, none of them atomic. Whoever creates, clones or drops one touches
/// all of them.
pub(crate) struct Owned(Box<[u64]>);

fn mixed(number: u64, n: u64) -> u64 {
    (number ^ n << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Value for Owned {
    fn new(number: u64) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        let rest = (1..2 + number % 7).map(|n| mixed(number, n));
        Self(core::iter::once(number).chain(rest).collect())
    }

    fn check(&self) -> u64 {
        let number = self.0[0];
        for (n, &word) in (0..).zip(&self.0).skip(1) {
            assert_eq!(word, mixed(number, n), "torn");
        }
        number
    }
}

impl Clone for Owned {
    fn clone(&self) -> Self {
        Self::new(self.check())
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.check();
        // A second drop of the same memory finds no value there.
        self.0[1] = !self.0[1];
        ALIVE.fetch_sub(1, Relaxed);
    }
}

/// A few plain words.
pub(crate) type Words = [u64; 4];

impl Value for Words {
    fn new(number: u64) -> Self {
        [number, mixed(number, 1), mixed(number, 2), mixed(number, 3)]
    }

    fn check(&self) -> u64 {
        assert_eq!(*self, Self::new(self[0]), "torn");
        self[0]
    }
}

/// A count that is not atomic: those who add must come one after another, by the doing of
/// what is stressed. It is too small if they did not; and that is a data race.
#[derive(Default)]
pub(crate) struct Witness(UnsafeCell<u64>);

// SAFETY: both methods ask their callers for the order that this needs.
unsafe impl Sync for Witness {}

impl Witness {
    /// Adds one; what it is then.
    ///
    /// # Safety
    ///
    /// Nobody else uses it meanwhile, and whoever did so before, or will, is ordered.
    pub(crate) unsafe fn add(&self) -> u64 {
        // SAFETY: as the caller promises.
        let count = unsafe { &mut *self.0.get() };
        *count += 1;
        *count
    }

    pub(crate) fn into_inner(self) -> u64 {
        self.0.into_inner()
    }
}
