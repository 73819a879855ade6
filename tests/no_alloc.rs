//! No path of a cell allocates: counted by an allocator, thread by thread.

use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use bellwether::{InitGuard, Lead, OnceCell, OnceHooks, TryLead};

#[path = "support/allocator.rs"]
mod allocator;
#[cfg(feature = "std")]
#[path = "support/crowd.rs"]
mod crowd;
use allocator::allocations;

struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn waker() -> Waker {
    Waker::from(Arc::new(Counter(AtomicUsize::new(0))))
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

fn guard_of<T, H: OnceHooks>(cell: &OnceCell<T, H>) -> InitGuard<'_, T, H> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(core::hint::black_box(Box::new(1_u8)))), 1);
    let before = allocator::live_bytes();
    let kept = core::hint::black_box(Vec::<u8>::with_capacity(100));
    assert_eq!(allocator::live_bytes() - before, 100);
    drop(kept);
    assert_eq!(allocator::live_bytes(), before);
}

#[test]
fn initialising() {
    let waker = waker();
    let count = allocations(|| {
        let mut cell = OnceCell::new();
        {
            let mut failing = pin!(cell.get_or_try_init(|| async { Err(1) }));
            assert!(matches!(poll(failing.as_mut(), &waker), Poll::Ready(Err(1))));
            let mut init = pin!(cell.get_or_init(|| async {
                futures::pending!();
                7
            }));
            assert!(poll(init.as_mut(), &waker).is_pending());
            assert_eq!(poll(init.as_mut(), &waker), Poll::Ready(&7));
            assert_eq!(poll(pin!(cell.wait()), &waker), Poll::Ready(&7));
            assert_eq!(poll(pin!(cell.get_or_init(|| async { 8 })), &waker), Poll::Ready(&7));
            assert!(matches!(poll(pin!(cell.lead()), &waker), Poll::Ready(Lead::Ready(7))));
            assert!(cell.set(8).is_err());
        }
        cell.take();
        assert_eq!(cell.set(9), Ok(&9));
        assert_eq!(cell.clone(), cell);
        drop(cell);
    });
    assert_eq!(count, 0);
}

#[test]
fn parking_and_waking() {
    let (first, second) = (waker(), waker());
    let count = allocations(|| {
        let cell = OnceCell::new();
        let guard = guard_of(&cell);
        let mut waits: [_; 100] = core::array::from_fn(|_| cell.wait());
        // SAFETY: the array is shadowed, so that it stays until it is dropped in place.
        let mut waits = waits.each_mut().map(|wait| unsafe { Pin::new_unchecked(wait) });
        for waker in [&first, &first, &second] {
            assert!(waits.iter_mut().all(|wait| poll(wait.as_mut(), waker).is_pending()));
        }
        guard.set(7);
        assert!(waits.iter_mut().all(|wait| poll(wait.as_mut(), &first) == Poll::Ready(&7)));
    });
    assert_eq!(count, 0);
}

#[test]
fn cancelling_and_taking_over() {
    let waker = waker();
    let count = allocations(|| {
        let cell = OnceCell::<u32>::new();
        let guard = guard_of(&cell);
        {
            let mut leaves = pin!(cell.get_or_init(|| async { 1 }));
            assert!(poll(leaves.as_mut(), &waker).is_pending());
        }
        let mut first = pin!(cell.lead());
        let mut second = pin!(cell.get_or_try_init(|| async { Ok::<_, ()>(2) }));
        let mut third = pin!(cell.wait());
        assert!(poll(first.as_mut(), &waker).is_pending());
        assert!(poll(second.as_mut(), &waker).is_pending());
        assert!(poll(third.as_mut(), &waker).is_pending());
        drop(guard);
        assert!(matches!(poll(first.as_mut(), &waker), Poll::Ready(Lead::Leader(_))));
        assert_eq!(poll(second.as_mut(), &waker), Poll::Ready(Ok(&2)));
        assert_eq!(poll(third.as_mut(), &waker), Poll::Ready(&2));
    });
    assert_eq!(count, 0);
}

#[cfg(feature = "std")]
#[test]
fn blocking_alone() {
    let count = std::thread::spawn(|| {
        allocations(|| {
            let cell = OnceCell::new();
            assert_eq!(cell.get_or_try_init_blocking(|| Err(1)), Err(1));
            assert_eq!(cell.get_or_init_blocking(|| 7), &7);
            assert_eq!(cell.wait_blocking(), &7);
        })
    });
    assert_eq!(count.join().unwrap(), 0);
}

#[cfg(feature = "std")]
#[test]
fn blocked_threads() {
    for fails in [false, true] {
        let cell = OnceCell::with_hooks(crowd::Crowd::default());
        let guard = guard_of(&cell);
        std::thread::scope(|threads| {
            let waiters: Vec<_> = (0..6)
                .map(|id| {
                    let cell = &cell;
                    threads.spawn(move || {
                        allocations(|| match id % 3 {
                            0 => assert!(*cell.wait_blocking() < 9),
                            1 => assert!(*cell.get_or_init_blocking(|| 2) < 9),
                            _ => assert!(cell.get_or_try_init_blocking(|| Ok::<_, ()>(3)).is_ok()),
                        })
                    })
                })
                .collect();
            cell.hooks().gather(6);
            let waking = allocations(|| match fails {
                true => drop(guard),
                false => _ = guard.set(1),
            });
            assert_eq!(waking, 0, "by the thread that wakes them");
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), 0, "by a blocked thread");
            }
        });
    }
}

#[cfg(feature = "std")]
#[test]
fn refusing_a_deadlock_is_looked_up_without_allocating() {
    let outer = OnceCell::new();
    let inner = OnceCell::new();
    let count = allocations(|| {
        outer.get_or_init_blocking(|| *inner.get_or_init_blocking(|| 7));
    });
    assert_eq!((count, outer.get()), (0, Some(&7)));
}
