//! "Cold start, 10,000 callers": a service starts, everybody wants the
//! configuration at once, and the initialiser takes its time.
//!
//! Tasks are spawned and wait at a door. When it opens, all call; the first
//! initialises. Times count from the opening, so that a call which had no worker
//! to run on is not taken for a quick one.
//!
//! Meanwhile a thread outside the runtime sends to four unrelated tasks, the
//! *bystanders*, every millisecond; how late they receive it is what the cell
//! costs everybody else. The thread sends on whether or not they have received.

use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::peer::{AsyncPeer, SyncPeer};

const BYSTANDERS: usize = 4;
const PERIOD: Duration = Duration::from_millis(1);

/// A cell that is called from a task.
pub trait Called: Default + Send + Sync + 'static {
    /// As the table calls it.
    const NAME: &'static str;

    /// How many initialisers must have run.
    const INITS: usize = 1;

    /// The value; `init` notes that the initialiser ran, and when it ended.
    fn call(&self, init: &Init) -> impl Future<Output = u64> + Send;
}

/// What the initialiser leaves behind.
#[derive(Debug)]
pub struct Init {
    takes: Duration,
    runs: AtomicUsize,
    start: Instant,
    ended: AtomicU64,
}

impl Init {
    fn end(&self) -> u64 {
        self.runs.fetch_add(1, Relaxed);
        self.ended.store(self.start.elapsed().as_nanos() as u64, Relaxed);
        1
    }

    async fn asleep(&self) -> u64 {
        tokio::time::sleep(self.takes).await;
        self.end()
    }
}

/// An async cell: the initialiser sleeps, its worker does not.
#[derive(Debug)]
pub struct Suspends<P>(P);

impl<P: AsyncPeer> Default for Suspends<P> {
    fn default() -> Self {
        Self(P::new())
    }
}

impl<P: AsyncPeer> Called for Suspends<P> {
    const NAME: &'static str = P::NAME;

    async fn call(&self, init: &Init) -> u64 {
        *self.0.get_or_init(|| init.asleep()).await
    }
}

/// A blocking cell called from tasks, as the incident had it.
#[derive(Debug)]
pub struct Blocks<P>(P);

impl<P: SyncPeer> Default for Blocks<P> {
    fn default() -> Self {
        Self(P::new())
    }
}

impl<P: SyncPeer> Called for Blocks<P> {
    const NAME: &'static str = P::NAME;

    async fn call(&self, init: &Init) -> u64 {
        *self.0.get_or_init(|| {
            thread::sleep(init.takes);
            init.end()
        })
    }
}

/// The harness: the callers get through the door, and want nothing.
#[derive(Debug, Default)]
pub struct Nothing;

impl Called for Nothing {
    const NAME: &'static str = "no cell";
    const INITS: usize = 0;

    async fn call(&self, _: &Init) -> u64 {
        1
    }
}

/// What one or several runs measured, in microseconds.
#[derive(Debug, Default)]
pub struct Measured {
    /// From the door's opening to the value, for each call.
    pub calls: Vec<f64>,
    /// From the end of the initialiser to the last value, for each run.
    pub releases: Vec<f64>,
    /// How late the bystanders were.
    pub bystanders: Vec<f64>,
    /// How many had called before the value was there, for each run.
    pub waiting: Vec<f64>,
}

impl Measured {
    /// Takes another's samples.
    pub fn add(&mut self, other: Self) {
        self.calls.extend(other.calls);
        self.releases.extend(other.releases);
        self.bystanders.extend(other.bystanders);
        self.waiting.extend(other.waiting);
    }
}

/// A runtime with so many workers.
///
/// # Panics
///
/// If it cannot be built.
#[must_use]
pub fn runtime(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).enable_time().build().expect("a runtime")
}

/// One cold start, with an initialiser that takes so long.
///
/// # Panics
///
/// If not exactly one initialiser ran.
pub fn run<C: Called>(runtime: &Runtime, callers: usize, takes: Duration) -> Measured {
    let cell = Arc::new(C::default());
    // Counted from the opening, which is later by `opened`.
    let init = Arc::new(Init {
        takes,
        runs: AtomicUsize::new(0),
        start: Instant::now(),
        ended: AtomicU64::new(0),
    });
    let (door, at_door) = watch::channel(false);
    let calls = spawn_callers(runtime, &cell, &init, &at_door, callers);
    let bystanders = Bystanders::start(runtime);
    // Everybody is at the door.
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(5)).await });

    bystanders.is_on.store(true, Relaxed);
    let opened = init.start.elapsed().as_nanos() as u64;
    door.send_replace(true);
    let times = runtime.block_on(async {
        let mut times = Vec::with_capacity(callers);
        for call in calls {
            times.push(call.await.expect("no caller panics"));
        }
        times
    });
    let late = bystanders.stop(runtime);

    assert_eq!(init.runs.load(Relaxed), C::INITS, "{}: exactly one init", C::NAME);
    let micros = |nanos: u64| nanos as f64 / 1e3;
    let mut measured = Measured {
        calls: times.iter().map(|(_, end)| micros(end - opened)).collect(),
        bystanders: late,
        ..Measured::default()
    };
    if C::INITS > 0 {
        let ended = init.ended.load(Relaxed);
        let last = times.iter().map(|(_, end)| *end).max().unwrap_or(ended);
        let waiting = times.iter().filter(|(begin, _)| *begin < ended).count();
        measured.releases.push(micros(last.saturating_sub(ended)));
        measured.waiting.push(waiting as f64);
    }
    measured
}

/// When each call began and ended.
fn spawn_callers<C: Called>(
    runtime: &Runtime,
    cell: &Arc<C>,
    init: &Arc<Init>,
    door: &watch::Receiver<bool>,
    callers: usize,
) -> Vec<JoinHandle<(u64, u64)>> {
    let one = |_| {
        let (cell, init, mut door) = (cell.clone(), init.clone(), door.clone());
        runtime.spawn(async move {
            door.wait_for(|is_open| *is_open).await.expect("the door is kept");
            let now = || init.start.elapsed().as_nanos() as u64;
            let begin = now();
            assert_eq!(cell.call(&init).await, 1);
            (begin, now())
        })
    };
    (0..callers).map(one).collect()
}

struct Bystanders {
    is_on: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    clock: thread::JoinHandle<()>,
    tasks: Vec<JoinHandle<Vec<f64>>>,
}

impl Bystanders {
    fn start(runtime: &Runtime) -> Self {
        let mut ends = Vec::new();
        let mut tasks = Vec::new();
        for _ in 0..BYSTANDERS {
            let (send, mut receive) = mpsc::unbounded_channel::<Instant>();
            ends.push(send);
            tasks.push(runtime.spawn(async move {
                let mut late = Vec::new();
                while let Some(sent) = receive.recv().await {
                    late.push(sent.elapsed().as_secs_f64() * 1e6);
                }
                late
            }));
        }
        let is_on = Arc::new(AtomicBool::new(false));
        let is_over = Arc::new(AtomicBool::new(false));
        let (on, over) = (is_on.clone(), is_over.clone());
        let clock = thread::spawn(move || {
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
        Self { is_on, is_over, clock, tasks }
    }

    fn stop(self, runtime: &Runtime) -> Vec<f64> {
        self.is_over.store(true, Relaxed);
        self.clock.join().expect("the clock does not panic");
        let mut late = Vec::new();
        for task in self.tasks {
            late.extend(runtime.block_on(task).expect("no bystander panics"));
        }
        late
    }
}

/// Does the same with each contestant: `each_called!(C => work::<C>());`.
#[macro_export]
macro_rules! each_called {
    ($called:ident => $work:expr) => {{
        use $crate::cold_start::{Blocks, Nothing, Suspends};
        $crate::each_of!(
            $called => $work,
            Nothing,
            Blocks<::std::sync::OnceLock<u64>>,
            Suspends<::tokio::sync::OnceCell<u64>>,
            Suspends<::async_once_cell::OnceCell<u64>>,
            Suspends<::async_lock::OnceCell<u64>>,
            Suspends<::bellwether::OnceCell<u64>>
        );
    }};
}
