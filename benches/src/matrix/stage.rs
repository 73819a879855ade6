//! What all workloads have in common: a runtime, callers that wait at a door, and
//! bystanders.
//!
//! Callers are spawned and wait. When the door opens, all begin; times count from there,
//! so that a call which had no worker to run on is not taken for a quick one.
//!
//! Meanwhile a thread outside the runtime sends to four unrelated tasks, the *bystanders*,
//! every millisecond; how late they receive it is what the workload costs everybody else.
//! The thread sends on whether or not they have received.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

const BYSTANDERS: usize = 4;
const PERIOD: Duration = Duration::from_millis(1);
/// How long bystanders are looked at before the door opens, and after the last caller.
const SETTLE: Duration = Duration::from_millis(5);

/// A runtime with so many workers.
///
/// # Panics
///
/// If it cannot be built.
#[must_use]
pub fn runtime(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).enable_time().build().expect("a runtime")
}

/// Nanoseconds since the door was opened.
#[derive(Debug, Clone)]
pub struct Clock(Arc<(Instant, AtomicU64)>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new((Instant::now(), AtomicU64::new(0))))
    }

    fn since_start(&self) -> u64 {
        self.0.0.elapsed().as_nanos() as u64
    }

    /// Now; 0 before the opening.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.since_start().saturating_sub(self.0.1.load(Relaxed))
    }
}

/// What happened on the stage.
#[derive(Debug)]
pub struct Played<T> {
    /// What each caller returned.
    pub callers: Vec<T>,
    /// How late each message was received, in nanoseconds.
    pub bystanders: Vec<u64>,
}

/// Spawns `callers` tasks, opens the door once all wait there, and waits for all of them.
///
/// # Panics
///
/// If a caller does.
pub fn play<T, Fut>(
    runtime: &Runtime,
    callers: usize,
    mut caller: impl FnMut(usize, Clock) -> Fut,
) -> Played<T>
where
    T: Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let clock = Clock::new();
    let (door, at_door) = watch::channel(false);
    let all: Vec<_> = (0..callers)
        .map(|place| {
            let (mut door, calls) = (at_door.clone(), caller(place, clock.clone()));
            runtime.spawn(async move {
                door.wait_for(|is_open| *is_open).await.expect("the door is kept");
                calls.await
            })
        })
        .collect();
    let bystanders = Bystanders::start(runtime);
    runtime.block_on(async { tokio::time::sleep(SETTLE).await });

    bystanders.is_on.store(true, Relaxed);
    clock.0.1.store(clock.since_start(), Relaxed);
    door.send_replace(true);
    let callers = runtime.block_on(async {
        let mut results = Vec::with_capacity(callers);
        for call in all {
            results.push(call.await.expect("no caller panics"));
        }
        results
    });
    Played { callers, bystanders: bystanders.stop(runtime) }
}

struct Bystanders {
    is_on: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    sender: thread::JoinHandle<()>,
    tasks: Vec<JoinHandle<Vec<u64>>>,
}

impl Bystanders {
    fn start(runtime: &Runtime) -> Self {
        let (mut ends, mut tasks) = (vec![], vec![]);
        for _ in 0..BYSTANDERS {
            let (send, mut receive) = mpsc::unbounded_channel::<Instant>();
            ends.push(send);
            tasks.push(runtime.spawn(async move {
                let mut late = vec![];
                while let Some(sent) = receive.recv().await {
                    late.push(sent.elapsed().as_nanos() as u64);
                }
                late
            }));
        }
        let (is_on, is_over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (on, over) = (is_on.clone(), is_over.clone());
        let sender = thread::spawn(move || {
            while !over.load(Relaxed) {
                if on.load(Relaxed) {
                    // A bystander that is gone has panicked; `stop` will tell.
                    for end in &ends {
                        let _ = end.send(Instant::now());
                    }
                }
                thread::sleep(PERIOD);
            }
        });
        Self { is_on, is_over, sender, tasks }
    }

    fn stop(self, runtime: &Runtime) -> Vec<u64> {
        self.is_over.store(true, Relaxed);
        self.sender.join().expect("the sender does not panic");
        let late =
            |task: JoinHandle<Vec<u64>>| runtime.block_on(task).expect("no bystander panics");
        self.tasks.into_iter().flat_map(late).collect()
    }
}
