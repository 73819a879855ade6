//! Sizes: one word beside the value; hooks, guards and futures as documented.
#![cfg(not(bellwether_no_u64))]

use core::future::Ready;
use core::mem::{align_of, size_of};

use bellwether::{
    Clock, GetOrInit, GetOrTryInit, Grid, Histogram, InitGuard, InitOutcome, LeadFuture, Nanos,
    OnceCell, OnceHooks, OnceMetrics, ReplayArray, ReplayMetrics, ShardedHistogram, SingleWriter,
    Wait, WaitOutcome,
};
use core::panic::Location;
use static_assertions::{assert_eq_size, const_assert, const_assert_eq};

const WORD: usize = size_of::<usize>();

/// The figures of the documentation are those of 64-bit targets; others need no more.
const fn documented(size: usize, figure: usize) -> bool {
    if WORD == 8 { size == figure } else { size <= figure }
}

/// Hooks that remember nothing between begin and end.
struct Silent;

impl OnceHooks for Silent {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    fn init_begin(&self) {}
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

/// The word, and what aligns a value after it.
const fn before<T>() -> usize {
    WORD.next_multiple_of(align_of::<T>())
}

const_assert_eq!(size_of::<OnceCell<()>>(), WORD);
const_assert_eq!(size_of::<OnceCell<u64>>(), before::<u64>() + 8);
const_assert_eq!(size_of::<OnceCell<u8>>(), 2 * WORD);
const_assert_eq!(size_of::<OnceCell<String>>(), WORD + size_of::<String>());
const_assert_eq!(size_of::<OnceCell<[u64; 100]>>(), before::<u64>() + 800);
const_assert_eq!(align_of::<OnceCell<u8>>(), align_of::<usize>());

// Hooks without state cost nothing; a reference costs a reference.
assert_eq_size!(OnceCell<u64>, OnceCell<u64, ()>, OnceCell<u64, Silent>);
assert_eq_size!(Wait<'_, u64>, Wait<'_, u64, Silent>, Wait<'_, u64, &Silent>);
const_assert_eq!(size_of::<OnceCell<u64, &Silent>>(), size_of::<OnceCell<u64>>() + WORD);

/// Hooks that want to know the place, and remember nothing.
struct Asks;

impl OnceHooks for Asks {
    type Span = ();
    type Site = &'static Location<'static>;
    fn wait_begin(&self, _: Self::Site) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    fn init_begin(&self) {}
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

// The place lies where the waiter will be, and is gone by then.
assert_eq_size!(Wait<'_, u64>, Wait<'_, u64, Asks>);
const_assert_eq!(size_of::<Init<u64, Asks>>(), size_of::<Init<u64>>());
assert_eq_size!(InitGuard<'_, u64>, InitGuard<'_, u64, Asks>);

/// A clock without state, as that of `std`.
struct Ticks;

impl Clock for Ticks {
    fn now(&self) -> u64 {
        0
    }
}

// As the documentation of the metrics has it.
type Metrics<G = Nanos> = OnceMetrics<Ticks, G>;
type Small = Nanos<0>;
const_assert_eq!(size_of::<OnceCell<u64, &Metrics>>(), size_of::<OnceCell<u64>>() + WORD);
const_assert!(documented(size_of::<Wait<'_, u64, &Metrics>>(), 80));
const_assert!(documented(size_of::<LeadFuture<'_, u64, &Metrics>>(), 80));
const_assert!(documented(size_of::<Init<u64, &Metrics>>(), 96));
const_assert!(documented(size_of::<TryInit<u64, &Metrics>>(), 96));
const_assert!(documented(size_of::<InitGuard<'_, u64, &Metrics>>(), 32));
const_assert!(documented(size_of::<Metrics>(), 16_736));
const_assert!(documented(size_of::<Metrics<Small>>(), 2_624));
const_assert!(documented(size_of::<OnceMetrics<fn() -> u64, Small>>(), 2_624 + WORD));
const_assert!(documented(size_of::<ReplayMetrics<Ticks, ()>>(), 25_728));
const_assert!(documented(size_of::<ReplayMetrics<Ticks, (), Small, 1>>(), 1_152));
const_assert!(documented(size_of::<bellwether::Histogram<<Nanos as Grid>::Plain>>(), 2_736));
#[cfg(feature = "std")]
assert_eq_size!(OnceMetrics, Metrics);
#[cfg(feature = "std")]
assert_eq_size!(ReplayMetrics, ReplayMetrics<Ticks, ()>);

const_assert_eq!(size_of::<InitGuard<'_, u64>>(), WORD);
const_assert_eq!(size_of::<Option<InitGuard<'_, u64>>>(), WORD);

// A waiter's size depends on neither the value nor the role.
const_assert!(size_of::<Wait<'_, u64>>() <= 48);
const_assert!(size_of::<LeadFuture<'_, u64>>() <= 48);
assert_eq_size!(Wait<'_, ()>, Wait<'_, [u64; 100]>, LeadFuture<'_, String>);

type Init<T, H = ()> = GetOrInit<'static, T, H, fn() -> Ready<T>, Ready<T>>;
type TryInit<T, H = ()> =
    GetOrTryInit<'static, T, H, fn() -> Ready<Result<T, u32>>, Ready<Result<T, u32>>>;
const_assert!(size_of::<Init<u64>>() <= 64);
const_assert!(size_of::<TryInit<u64>>() <= 64);

// Histograms, as their documentation says.
const_assert!(documented(size_of::<Histogram>(), 2728));
const_assert!(documented(size_of::<SingleWriter>(), 2816));
const_assert_eq!(align_of::<SingleWriter>(), 128);
const_assert!(documented(size_of::<ShardedHistogram<Nanos, fn() -> usize>>(), 22_528 + 128));
#[cfg(feature = "std")]
const_assert!(documented(size_of::<ShardedHistogram>(), 22_528));

const_assert!(documented(size_of::<ReplayArray<u32, 8>>(), 896));

/// As documented: the slots, what leads to them and what they weigh, and not much else.
const fn array_most<T, const N: usize, const SPARE: usize>() -> usize {
    let slot = size_of::<(usize, T)>();
    (N + SPARE) * slot + (2 * N + SPARE) * WORD + 640
}
const_assert!(size_of::<ReplayArray<u8, 1, (), 0>>() <= array_most::<u8, 1, 0>());
const_assert!(size_of::<ReplayArray<u32, 8>>() <= array_most::<u32, 8, 2>());
const_assert!(size_of::<ReplayArray<[u8; 100], 1_000>>() <= array_most::<[u8; 100], 1_000, 2>());
const_assert!(size_of::<ReplayArray<u64, 99, (), 7>>() <= array_most::<u64, 99, 7>());

#[test]
fn the_future_of_a_small_initialiser_takes_a_cache_line() {
    let cell = OnceCell::new();
    let key = 7_u64;
    let init = cell.get_or_init(|| async {
        futures::pending!();
        key
    });
    assert!(size_of_val(&init) <= 64, "{}", size_of_val(&init));
    let init = cell.get_or_try_init(|| async move {
        futures::pending!();
        u8::try_from(key).map(u64::from)
    });
    assert!(size_of_val(&init) <= 64, "{}", size_of_val(&init));
}

#[test]
fn a_large_initialiser_pays_for_itself_alone() {
    let cell = OnceCell::<u64>::new();
    let large = async || {
        let buffer = [1_u8; 1_000];
        futures::pending!();
        u64::from(buffer[999])
    };
    let future = size_of_val(&large());
    let init = size_of_val(&cell.get_or_init(large));
    assert!(init <= future + 32, "{init} for {future}: the stages do not share their memory");
}
