//! The kinds of payload that a type is asked about, each without one property.

use core::cell::Cell;
use core::marker::{PhantomData, PhantomPinned};
use std::rc::Rc;
use std::sync::MutexGuard;

use bellwether::replay::Plain;
use bellwether::{EvictReason, InitOutcome, OnceHooks, ReplayHooks, ShardKey, WaitOutcome};

/// As good as a `T` to the compiler, and also whatever a type asks of its parameter.
pub(crate) struct Of<T>(PhantomData<T>);

pub(crate) type All = Of<u32>;
pub(crate) type NotSync = Of<Cell<u8>>;
pub(crate) type NotSend = Of<MutexGuard<'static, u8>>;
pub(crate) type Neither = Of<Rc<u8>>;
pub(crate) type Pinned = Of<PhantomPinned>;
/// As a panic may leave what is mutably borrowed.
pub(crate) type Torn = Of<&'static mut u8>;

/// The answers for each kind as `X`.
macro_rules! each {
    (<$ty:ty>) => { $crate::kinds::each!(@ $crate::answers::Asks::<$ty>::NEW) };
    ($closure:expr) => { $crate::kinds::each!(@ $crate::answers::Asks::returned($closure)) };
    (@ $asks:expr) => {
        vec![
            $crate::kinds::each!(@ All, $asks),
            $crate::kinds::each!(@ NotSync, $asks),
            $crate::kinds::each!(@ NotSend, $asks),
            $crate::kinds::each!(@ Neither, $asks),
            $crate::kinds::each!(@ Pinned, $asks),
            $crate::kinds::each!(@ Torn, $asks),
        ]
    };
    (@ $kind:ident, $asks:expr) => {{
        #[allow(dead_code, reason = "not every type has a payload")]
        type X = $crate::kinds::$kind;
        $crate::answers::answers!($asks)
    }};
}

pub(crate) use each;

impl<T> Clone for Of<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Of<T> {}

impl<T> Plain for Of<T> {
    type Words = usize;
    fn to_words(self) -> usize {
        0
    }
    fn from_words(_: usize) -> Self {
        Self(PhantomData)
    }
}

impl<T> ShardKey for Of<T> {
    fn shard(&self) -> usize {
        0
    }
}

/// Hooks of a kind, which keep spans of a kind.
pub(crate) struct Hooks<H, S>(H, PhantomData<fn() -> S>);

impl<H, T> OnceHooks for Hooks<H, Of<T>> {
    type Span = Of<T>;
    type Site = ();
    fn wait_begin(&self, (): ()) -> Of<T> {
        Of(PhantomData)
    }
    fn wait_end(&self, _: Of<T>, _: WaitOutcome) {}
    fn init_begin(&self) -> Of<T> {
        Of(PhantomData)
    }
    fn init_end(&self, _: Of<T>, _: InitOutcome, _: usize) {}
}

impl<H, T> ReplayHooks for Hooks<H, Of<T>> {
    type Span = Of<T>;
    type Site = ();
    fn published(&self, _: u64, _: u64) {}
    fn evicted(&self, _: u64, _: EvictReason) {}
    fn missed(&self, _: u64) {}
    fn delivered(&self, _: u64, _: u64) {}
    fn wait_begin(&self, (): ()) -> Of<T> {
        Of(PhantomData)
    }
    fn wait_end(&self, _: Of<T>, _: WaitOutcome) {}
}

/// Observed by hooks of that kind.
pub(crate) type By<T> = Hooks<T, All>;
/// Observed by hooks that keep that kind while somebody waits.
pub(crate) type Keeps<T> = Hooks<All, T>;
