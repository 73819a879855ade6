//! The cell, a replay buffer and a histogram, without std, for `check.mjs`: it calls what
//! is exported here and compares the answers. What is wrong already here is a trap.
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::Pin;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};

use bellwether::{Histogram, OnceCell, ReplayBuffer, Start, Status, TryRecvError};

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Counts how often it was woken.
#[derive(Default)]
struct Bell(AtomicU32);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// A task of its own: a future, and the bell that wakes it.
struct Task<'a> {
    future: Pin<Box<dyn Future<Output = &'a String> + 'a>>,
    bell: Arc<Bell>,
}

impl<'a> Task<'a> {
    fn new(future: impl Future<Output = &'a String> + 'a) -> Self {
        Self { future: Box::pin(future), bell: Arc::default() }
    }

    fn poll(&mut self) -> Poll<&'a String> {
        let waker = Waker::from(self.bell.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn woken(&self) -> u32 {
        self.bell.0.load(Relaxed)
    }
}

/// The first initialiser is dropped half-way, a waiter gives up, the second initialiser
/// takes over. Returns who was woken how often: its digits are the second, the waiter.
#[unsafe(no_mangle)]
pub extern "C" fn cell() -> u32 {
    let cell = OnceCell::new();
    let mut first = Task::new(cell.get_or_init(core::future::pending));
    let mut second = Task::new(cell.get_or_init(async || String::from("from the second")));
    let mut gives_up = Task::new(cell.wait());
    let mut waits = Task::new(cell.wait());
    for task in [&mut first, &mut second, &mut gives_up, &mut waits] {
        assert!(task.poll().is_pending());
    }
    assert_eq!(cell.status(), Status::Initializing);
    drop(gives_up);
    drop(first);
    assert_eq!((second.woken(), waits.woken()), (1, 0));
    assert!(matches!(second.poll(), Poll::Ready(text) if text == "from the second"));
    assert!(matches!(waits.poll(), Poll::Ready(text) if text == "from the second"));
    10 * second.woken() + waits.woken()
}

/// Publishes `events` strings to a slow subscriber, and to one that keeps up. Returns
/// what the slow one received and missed: `1000 * received + missed`.
#[unsafe(no_mangle)]
pub extern "C" fn replay(events: u32) -> u32 {
    let buffer = ReplayBuffer::builder().capacity(16).build().expect("16 is enough");
    let mut slow = buffer.subscribe(Start::Live);
    let mut quick = buffer.subscribe(Start::Live);
    for n in 0..events {
        buffer.publish(alloc::format!("event {n}")).expect("it is open");
        let event = quick.try_recv().expect("just published");
        assert_eq!((event.seq, event.value), (u64::from(n) + 1, alloc::format!("event {n}")));
    }
    loop {
        match slow.try_recv() {
            Ok(_) => {}
            Err(TryRecvError::Missed(missed)) => assert_eq!(missed.from, 1),
            Err(TryRecvError::Empty) => break,
            Err(_) => core::arch::wasm32::unreachable(),
        }
    }
    let [slow, quick] = [slow.receipt(), quick.receipt()];
    for receipt in [slow, quick] {
        assert_eq!(receipt.published, u64::from(events));
        assert_eq!(receipt.published, receipt.received + receipt.missed);
    }
    assert_eq!(quick.missed, 0);
    1_000 * slow.received as u32 + slow.missed as u32
}

static LATENCY: Histogram = Histogram::new();

/// A duration in nanoseconds, as JavaScript's `BigInt`.
#[unsafe(no_mangle)]
pub extern "C" fn record(nanos: u64) {
    LATENCY.record(nanos);
}

#[unsafe(no_mangle)]
pub extern "C" fn count() -> u64 {
    LATENCY.snapshot().count()
}

#[unsafe(no_mangle)]
pub extern "C" fn sum() -> u64 {
    LATENCY.snapshot().sum()
}

/// A quantile, or -1 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn quantile(q: f64) -> f64 {
    match LATENCY.snapshot().quantile(q) {
        Ok(Some(nanos)) => nanos as f64,
        Ok(None) | Err(_) => -1.0,
    }
}
