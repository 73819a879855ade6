//! Shared by the tests: tasks that are polled by hand, values that count their
//! drops, and a small deterministic generator.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex};
use std::task::Wake;

/// Who was woken, in order.
pub(crate) type Log = Arc<Mutex<Vec<usize>>>;

/// What a task's waker points to. Each handle is one strong count.
pub(crate) struct Flag {
    id: usize,
    log: Log,
    wakes: AtomicUsize,
    woken: AtomicBool,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.log.lock().unwrap().push(self.id);
        self.wakes.fetch_add(1, Relaxed);
        self.woken.store(true, Relaxed);
    }
}

/// A future, and a waker of its own that counts.
pub(crate) struct Task<'a, O> {
    future: Pin<Box<dyn Future<Output = O> + 'a>>,
    flag: Arc<Flag>,
    polls: usize,
}

impl<'a, O> Task<'a, O> {
    pub(crate) fn new(future: impl Future<Output = O> + 'a) -> Self {
        Self::logged(0, &Log::default(), future)
    }

    /// Each wake-up adds `id` to the log.
    pub(crate) fn logged(id: usize, log: &Log, future: impl Future<Output = O> + 'a) -> Self {
        let log = log.clone();
        let flag = Flag { id, log, wakes: AtomicUsize::new(0), woken: AtomicBool::new(true) };
        Self { future: Box::pin(future), flag: Arc::new(flag), polls: 0 }
    }

    pub(crate) fn poll(&mut self) -> Poll<O> {
        self.polls += 1;
        self.flag.woken.store(false, Relaxed);
        let waker = Waker::from(self.flag.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls a task that is ready.
    pub(crate) fn finish(&mut self) -> O {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("still pending"),
        }
    }

    /// Polls it only if it was woken since the last poll, or never polled.
    pub(crate) fn poll_if_woken(&mut self) -> Poll<O> {
        if self.flag.woken.load(Relaxed) { self.poll() } else { Poll::Pending }
    }

    /// The next poll brings another waker, as after a move to another task.
    pub(crate) fn change_waker(&mut self) -> Arc<Flag> {
        let Flag { id, log, .. } = &*self.flag;
        let (wakes, woken) = (AtomicUsize::new(0), AtomicBool::new(self.is_woken()));
        let flag = Flag { id: *id, log: log.clone(), wakes, woken };
        core::mem::replace(&mut self.flag, Arc::new(flag))
    }

    pub(crate) fn polls(&self) -> usize {
        self.polls
    }

    pub(crate) fn wakes(&self) -> usize {
        self.flag.wakes.load(Relaxed)
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.flag.woken.load(Relaxed)
    }

    /// How many wakers somebody keeps.
    pub(crate) fn retained(&self) -> usize {
        Arc::strong_count(&self.flag) - 1
    }

    /// Drops the future; returns how many wakers somebody still keeps.
    pub(crate) fn cancel(self) -> usize {
        drop(self.future);
        Arc::strong_count(&self.flag) - 1
    }
}

/// Polls woken tasks, in order, until none is woken. Finished ones are taken
/// out; what they returned goes to `done`.
pub(crate) fn run<O>(tasks: &mut [Option<Task<'_, O>>], mut done: impl FnMut(usize, O)) {
    let mut progress = true;
    while progress {
        progress = false;
        for (index, slot) in tasks.iter_mut().enumerate() {
            let Some(task) = slot else { continue };
            if !task.is_woken() {
                continue;
            }
            progress = true;
            if let Poll::Ready(output) = task.poll() {
                let task = slot.take().expect("just seen");
                assert_eq!(task.cancel(), 0, "a finished task's waker is kept");
                done(index, output);
            }
        }
    }
}

/// Pending so many times; wakes itself, as a task that yields does.
pub(crate) async fn yields(times: usize) {
    for _ in 0..times {
        let mut polled = false;
        core::future::poll_fn(|cx| {
            if core::mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Counts drops, and fails if one of them is a second.
#[derive(Debug)]
pub(crate) struct Token {
    drops: Arc<AtomicUsize>,
    dropped: bool,
}

impl Token {
    pub(crate) fn new(drops: &Arc<AtomicUsize>) -> Self {
        Self { drops: drops.clone(), dropped: false }
    }

    pub(crate) fn is_whole(&self) -> bool {
        !self.dropped
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        assert!(!core::mem::replace(&mut self.dropped, true), "dropped twice");
        self.drops.fetch_add(1, Relaxed);
    }
}

/// Marsaglia's xorshift: the same numbers in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn shuffle<X>(&mut self, items: &mut [X]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The message of a panic.
pub(crate) fn panic_message(payload: &(dyn core::any::Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("?")
}
