//! `Send`, `Sync`, `Unpin` and unwind safety of every public type, for values
//! that are `Send`, `Sync`, both or neither: checked by the compiler.

use core::cell::{Cell, UnsafeCell};
use core::future::Ready;
use core::marker::PhantomPinned;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::{MutexGuard, OnceLock};

use bellwether::{
    GetOrInit, GetOrTryInit, Histogram, InitGuard, InitOutcome, Lead, LeadFuture, Nanos, OnceCell,
    OnceHooks, Plain, Recorder, SetError, ShardKey, ShardedHistogram, SingleWriter, Status,
    TryLead, Wait, WaitOutcome,
};
use static_assertions::{assert_impl_all as holds, assert_not_impl_any as fails};

type Both = u32;
type SendOnly = Cell<u8>;
type SyncOnly = MutexGuard<'static, u8>;
type Neither = Rc<u8>;

type Init<T, F = fn() -> Ready<T>> = GetOrInit<'static, T, (), F, Ready<T>>;
type TryInit<T, F = fn() -> Ready<Result<T, u8>>> =
    GetOrTryInit<'static, T, (), F, Ready<Result<T, u8>>>;

// The cell is `Send` with its value.
holds!(OnceCell<Both>: Send, Sync);
holds!(OnceCell<SendOnly>: Send);
fails!(OnceCell<SendOnly>: Sync);
// A value that is set on one thread may be dropped on another.
fails!(OnceCell<SyncOnly>: Send, Sync);
fails!(OnceCell<Neither>: Send, Sync);
holds!(OnceCell<Both>: Unpin);
fails!(OnceCell<PhantomPinned>: Unpin);
holds!(OnceCell<Both>: UnwindSafe, RefUnwindSafe);
holds!(OnceCell<UnsafeCell<u8>>: UnwindSafe);
fails!(OnceCell<UnsafeCell<u8>>: RefUnwindSafe);
fails!(OnceCell<&'static mut u8>: UnwindSafe, RefUnwindSafe);

// Whoever holds a reference to the cell needs it to be `Sync`.
holds!(InitGuard<'_, Both>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
fails!(InitGuard<'_, SendOnly>: Send, Sync);
fails!(InitGuard<'_, SyncOnly>: Send, Sync);
fails!(InitGuard<'_, Neither>: Send, Sync);
fails!(InitGuard<'_, UnsafeCell<u8>>: UnwindSafe, RefUnwindSafe);
holds!(Lead<'_, Both>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
holds!(TryLead<'_, Both>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
fails!(Lead<'_, SendOnly>: Send, Sync);
fails!(TryLead<'_, Neither>: Send, Sync);

// Futures are pinned once they are polled, so never `Unpin`.
holds!(Wait<'_, Both>: Send, Sync);
fails!(Wait<'_, Both>: Unpin);
fails!(Wait<'_, SendOnly>: Send, Sync);
fails!(Wait<'_, SyncOnly>: Send, Sync);
fails!(Wait<'_, Neither>: Send, Sync);
holds!(LeadFuture<'_, Both>: Send, Sync);
fails!(LeadFuture<'_, Both>: Unpin);
fails!(LeadFuture<'_, SendOnly>: Send, Sync);
fails!(LeadFuture<'_, SyncOnly>: Send, Sync);
fails!(LeadFuture<'_, Neither>: Send, Sync);
holds!(Init<Both>: Send);
fails!(Init<Both>: Unpin);
fails!(Init<SendOnly>: Send, Sync);
fails!(Init<SyncOnly>: Send, Sync);
fails!(Init<Neither>: Send, Sync);
holds!(TryInit<Both>: Send);
fails!(TryInit<Both>: Unpin);
fails!(TryInit<SendOnly>: Send, Sync);
fails!(TryInit<SyncOnly>: Send, Sync);
fails!(TryInit<Neither>: Send, Sync);

// An initialiser that must stay on its thread keeps the future there.
struct Stays(#[expect(dead_code, reason = "makes it so")] Rc<u8>);
type Local<T> = Box<dyn FnOnce() -> Ready<T>>;
fails!(Init<Both, Local<Both>>: Send);
fails!(TryInit<Both, Local<Result<Both, u8>>>: Send);
fails!(GetOrInit<'_, Both, (), fn() -> Ready<Stays>, Ready<Stays>>: Send);

// Hooks, and what they keep between begin and end, count as well.
struct Hooks<H, S>(H, fn() -> S);

impl<H, S> OnceHooks for Hooks<H, S> {
    type Span = S;
    type Site = ();
    fn wait_begin(&self, (): ()) -> S {
        (self.1)()
    }
    fn wait_end(&self, _: S, _: WaitOutcome) {}
    fn init_begin(&self) -> S {
        (self.1)()
    }
    fn init_end(&self, _: S, _: InitOutcome, _: usize) {}
}

holds!(OnceCell<Both, Hooks<Both, Neither>>: Send, Sync);
holds!(OnceCell<Both, Hooks<SendOnly, Both>>: Send);
fails!(OnceCell<Both, Hooks<SendOnly, Both>>: Sync);
fails!(OnceCell<Both, Hooks<Neither, Both>>: Send, Sync);
holds!(Wait<'_, Both, Hooks<Both, Both>>: Send, Sync);
fails!(Wait<'_, Both, Hooks<Both, Neither>>: Send, Sync);
fails!(InitGuard<'_, Both, Hooks<Both, Neither>>: Send, Sync);
fails!(Wait<'_, Both, Hooks<SendOnly, Both>>: Send, Sync);

holds!(SetError<Both>: Send, Sync, Copy, UnwindSafe, RefUnwindSafe);
fails!(SetError<Neither>: Send, Sync);
holds!(Status: Send, Sync, Copy, Eq, core::hash::Hash);
holds!(WaitOutcome: Send, Sync, Copy, Eq, core::hash::Hash);
holds!(InitOutcome: Send, Sync, Copy, Eq, core::hash::Hash);

// A histogram is shared by all who record; the right to record alone moves, and is
// not doubled.
holds!(Histogram: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
holds!(SingleWriter: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
holds!(Recorder<'static>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
holds!(Recorder<'static, Plain>: Send);
fails!(Recorder<'static>: Clone, Copy);

// A sharded histogram is what its key is.
struct Key<T>(T);
impl<T> ShardKey for Key<T> {
    fn shard(&self) -> usize {
        size_of_val(&self.0)
    }
}
holds!(ShardedHistogram<Nanos, fn() -> usize>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
holds!(ShardedHistogram<Nanos, Key<SendOnly>>: Send);
fails!(ShardedHistogram<Nanos, Key<SendOnly>>: Sync);
holds!(ShardedHistogram<Nanos, Key<SyncOnly>>: Sync);
fails!(ShardedHistogram<Nanos, Key<SyncOnly>>: Send);
fails!(ShardedHistogram<Nanos, Key<Neither>>: Send, Sync);
#[cfg(feature = "std")]
holds!(ShardedHistogram: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
#[cfg(feature = "std")]
holds!(bellwether::ThreadShard: Send, Sync, Copy, Default, Eq);

/// Whether the bound holds: an inherent constant is found before a trait's.
macro_rules! implements {
    ($ty:ty: $bound:path) => {{
        struct Asks<T>(core::marker::PhantomData<T>);
        #[allow(dead_code, reason = "not found where the bound holds")]
        trait Otherwise {
            const ANSWER: bool = false;
        }
        impl<T> Otherwise for Asks<T> {}
        #[allow(dead_code, reason = "not found where the bound does not hold")]
        impl<T: $bound> Asks<T> {
            const ANSWER: bool = true;
        }
        Asks::<$ty>::ANSWER
    }};
}

macro_rules! agrees_with_std {
    ($($value:ty),* $(,)?) => {$(
        assert_eq!(agrees_with_std!(@ OnceCell<$value>), agrees_with_std!(@ OnceLock<$value>));
    )*};
    (@ $cell:ty) => {[
        implements!($cell: Send),
        implements!($cell: Sync),
        implements!($cell: Unpin),
        implements!($cell: UnwindSafe),
        implements!($cell: RefUnwindSafe),
        implements!($cell: Clone),
        implements!($cell: core::fmt::Debug),
        implements!($cell: Eq),
    ]};
}

#[test]
fn the_cell_is_what_std_makes_of_its_own() {
    assert!(implements!(u8: Send) && !implements!(Neither: Send));
    agrees_with_std!(
        Both,
        SendOnly,
        SyncOnly,
        Neither,
        PhantomPinned,
        UnsafeCell<u8>,
        &'static mut u8,
        std::sync::Mutex<u8>,
        std::sync::Mutex<Neither>,
        Box<dyn core::any::Any>,
        Box<dyn core::any::Any + Send>,
        *const u8,
    );
}

#[test]
fn futures_of_async_blocks_are_send_when_they_can_be() {
    fn is_send(future: impl Future + Send) -> impl Future {
        future
    }
    static CELL: OnceCell<String> = OnceCell::new();
    let _unpolled = (
        is_send(async { CELL.get_or_init(|| async { String::new() }).await.len() }),
        is_send(async { CELL.get_or_try_init(|| async { Err(()) }).await.is_ok() }),
        is_send(async { CELL.wait().await.len() }),
        is_send(async {
            if let Lead::Leader(guard) = CELL.lead().await {
                CELL.wait().await;
                guard.set(String::new());
            }
        }),
    );
}
