//! Threads and tasks fail, panic, leave and take over at random on one cell; one
//! succeeds, each value is dropped once, and every waker is given back.

use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::panic::catch_unwind;
use std::sync::{Arc, Barrier};
use std::task::Wake;
use std::thread::{self, Thread};

use bellwether::{Lead, OnceCell, Status, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Random, Token, yields};

/// A thread's own waker; its strong count tells who keeps it.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What all threads of a round share.
#[derive(Default)]
struct Round {
    cell: OnceCell<Token>,
    drops: Arc<AtomicUsize>,
    made: AtomicUsize,
    running: AtomicUsize,
    succeeded: AtomicUsize,
}

/// An initialiser at work.
struct Working<'a>(&'a Round);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        assert_eq!(self.0.running.fetch_sub(1, Relaxed), 1);
    }
}

impl Round {
    /// Fails, panics or succeeds, as the number says.
    fn outcome(&self, number: usize) -> Result<Token, ()> {
        match number {
            0..4 => Err(()),
            4..6 => std::panic::resume_unwind(Box::new("as asked")),
            _ => {
                assert_eq!(self.succeeded.fetch_add(1, Relaxed), 0, "a second success");
                self.made.fetch_add(1, Relaxed);
                Ok(Token::new(&self.drops))
            }
        }
    }

    fn start(&self) -> Working<'_> {
        // Relaxed, on purpose: the cell itself must order one after the other.
        assert_eq!(self.running.fetch_add(1, Relaxed), 0, "two initialisers at once");
        Working(self)
    }

    async fn init(&self, number: usize) -> Result<Token, ()> {
        let _working = self.start();
        yields(number % 3).await;
        self.outcome(number)
    }
}

type Boxed<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

/// One call at random; its output says whether the cell is ready.
fn call<'a>(round: &'a Round, random: &mut Random) -> Boxed<'a> {
    let (kind, number) = (random.below(5), random.below(8));
    let cell = &round.cell;
    match kind {
        0 => Box::pin(async { cell.wait().await.is_whole() }),
        1 => Box::pin(async move {
            match cell.lead().await {
                Lead::Ready(_) => true,
                Lead::Leader(guard) => match round.init(number).await {
                    Ok(token) => guard.set(token).is_whole(),
                    Err(()) => false,
                },
            }
        }),
        _ => Box::pin(async move { cell.get_or_try_init(|| round.init(number)).await.is_ok() }),
    }
}

/// Makes calls until the cell is ready; drops some after a few polls.
fn caller(round: &Round, seed: u64, waker: &Waker) {
    let mut random = Random::new(seed);
    while round.cell.status() != Status::Ready {
        if random.below(8) == 0 {
            leads_at_once(round, random.below(8));
            continue;
        }
        let mut future = call(round, &mut random);
        // A third are patient; these sleep, unless nobody is left to wake them.
        let patience = if random.below(3) == 0 { 1_000 } else { random.below(4) };
        for _ in 0..patience {
            let poll = || future.as_mut().poll(&mut Context::from_waker(waker));
            match catch_unwind(AssertUnwindSafe(poll)) {
                Ok(Poll::Pending) => thread::yield_now(),
                Ok(Poll::Ready(_)) | Err(_) => break,
            }
        }
    }
}

/// As an interrupt, or a blocking thread.
fn leads_at_once(round: &Round, number: usize) {
    let attempt = || {
        let _ = blocking(round, number);
        if let TryLead::Leader(guard) = round.cell.try_lead() {
            let working = round.start();
            let outcome = round.outcome(number);
            drop(working);
            if let Ok(token) = outcome {
                guard.set(token);
            }
        }
    };
    let _ = catch_unwind(AssertUnwindSafe(attempt));
}

#[cfg(feature = "std")]
fn blocking(round: &Round, number: usize) -> bool {
    let init = || {
        let _working = round.start();
        round.outcome(number)
    };
    round.cell.get_or_try_init_blocking(init).is_ok()
}

#[cfg(not(feature = "std"))]
fn blocking(_: &Round, _: usize) -> bool {
    false
}

fn play(threads: u64, seed: u64) {
    let round = Round::default();
    let start = Barrier::new(threads.try_into().unwrap());
    let wakers: Vec<Arc<Unpark>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| {
                let (round, start) = (&round, &start);
                scope.spawn(move || {
                    let unpark = Arc::new(Unpark(thread::current()));
                    start.wait();
                    caller(round, seed * 100 + thread, &Waker::from(unpark.clone()));
                    unpark
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wakers.iter().all(|waker| Arc::strong_count(waker) == 1), "a waker is kept");
    assert_eq!(round.cell.status(), Status::Ready);
    assert_eq!(round.succeeded.load(Relaxed), 1);
    assert_eq!((round.made.load(Relaxed), round.drops.load(Relaxed)), (1, 0));
    let Round { cell, drops, .. } = round;
    drop(cell);
    assert_eq!(drops.load(Relaxed), 1);
}

#[test]
fn one_success_whatever_happens() {
    for seed in 1..=500 {
        play(2 + seed % 7, seed);
    }
}

/// Each waiter sleeps until it is woken: a lost wake-up hangs the test.
#[test]
fn no_wake_up_is_lost() {
    for seed in 1..=500 {
        let mut random = Random::new(seed);
        let cell = OnceCell::<usize>::new();
        let failures = AtomicUsize::new(random.below(12));
        let attempts: Vec<_> = (0..6).map(|_| random.below(4)).collect();
        thread::scope(|scope| {
            for (id, &steps) in attempts.iter().enumerate() {
                let (cell, failures) = (&cell, &failures);
                scope.spawn(move || {
                    futures::executor::block_on(async {
                        let init = || async {
                            yields(steps).await;
                            let left = failures.load(Relaxed);
                            failures.store(left.saturating_sub(1), Relaxed);
                            if left > 0 { Err(()) } else { Ok(id) }
                        };
                        while cell.get_or_try_init(init).await.is_err() {}
                        assert_eq!(cell.wait().await, cell.get().unwrap());
                    });
                });
            }
            scope.spawn(|| futures::executor::block_on(cell.wait()));
        });
        assert_eq!(failures.into_inner(), 0, "initialisers saw each other's effects");
    }
}
