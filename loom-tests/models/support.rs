//! What models share: a way to run and count them, values that notice races and
//! leaks, and an executor that adds no ordering of its own.

use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize as Counter, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Wake;
use std::time::Instant;
#[cfg(test)]
use std::{fs, path::Path};

use bellwether_loom::{OnceCell, probe};
use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicBool;
use loom::thread::ThreadId;

/// A model, and how it is explored.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    /// Preemptions explored an execution; all, if `None`.
    pub(crate) bound: Option<usize>,
    /// Fewer executions than this mean that the model has lost its point.
    pub(crate) floor: usize,
    pub(crate) run: fn(),
}

std::thread_local! {
    // loom runs the threads of a model on one thread of the system.
    static EXPLORED: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// Is told of each execution before it runs.
static TELL: OnceLock<fn(&str, usize)> = OnceLock::new();

/// Some executions end the process: this is told how many there were.
pub(crate) fn tell(tell: fn(&str, usize)) {
    TELL.get_or_init(|| tell);
}

/// How many executions this thread's last exploration had, also if it failed.
pub(crate) fn explored() -> usize {
    EXPLORED.get()
}

impl Model {
    /// Explores the model, checks its floor, and keeps the count in a file.
    #[cfg(test)]
    pub(crate) fn test(&self) {
        let executions = self.explore();
        let floor = self.floor;
        if let Some(folder) = option_env!("CARGO_TARGET_TMPDIR") {
            let folder = Path::new(folder).join("models");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(self.name), format!("{executions}\t{floor}\n")).unwrap();
        }
        // Whoever changes the library on purpose asks whether a model fails: fewer steps do
        // not count.
        let judged = std::env::var_os("BELLWETHER_WITHOUT_FLOORS").is_none();
        assert!(
            !judged || executions >= floor,
            "{executions} executions, below the floor of {floor}"
        );
    }

    /// Explores the model; panics with the first execution that fails. Returns
    /// how many there were.
    pub(crate) fn explore(&self) -> usize {
        let started = Instant::now();
        let executions = self.count(None);
        let seconds = started.elapsed().as_secs_f32();
        let bound = self.bound.map_or("all".into(), |bound| bound.to_string());
        println!(
            "model {}: {executions} executions (floor {}), {bound} preemptions, {seconds:.1} s",
            self.name, self.floor
        );
        executions
    }

    /// Explores it with this many preemptions at most: none reach nearly all sites.
    pub(crate) fn scout(&self, bound: usize) {
        Self { bound: Some(bound), ..*self }.count(None);
    }

    /// Explores `most` executions, or all if there are fewer; returns how many, and
    /// whether these were all.
    pub(crate) fn explore_up_to(&self, most: usize) -> (usize, bool) {
        let executions = self.count(Some(most));
        (executions, executions < most)
    }

    /// As [`Self::explore`], while in each execution one weak compare-exchange after the
    /// other fails spuriously. Returns how many there are, and how many executions that
    /// took.
    pub(crate) fn explore_spurious(&self, most: Option<usize>) -> (usize, usize) {
        // One preemption, and fewer than the model has: some were bounded since they spin.
        let bound = self.bound.map_or(1, |bound| bound.saturating_sub(1).min(1));
        let model = Self { bound: Some(bound), ..*self };
        let mut executions = 0;
        for index in 0.. {
            probe::fail_weak(Some(index));
            let weak = model.count_weak(most);
            probe::fail_weak(None);
            executions += explored();
            if index >= weak {
                return (weak, executions);
            }
        }
        unreachable!()
    }

    fn count(&self, most: Option<usize>) -> usize {
        let name = self.name;
        probe::begin_model(name);
        self.check(most, move || {
            probe::begin_execution();
            TELL.get().inspect(|tell| tell(name, explored()));
        });
        explored()
    }

    /// The most weak compare-exchanges that an execution had.
    fn count_weak(&self, most: Option<usize>) -> usize {
        let seen = Arc::new(Counter::new(0));
        let weak = seen.clone();
        self.check(most, move || {
            weak.fetch_max(probe::begin_execution(), Relaxed);
        });
        seen.load(Relaxed).max(probe::begin_execution())
    }

    fn check(&self, most: Option<usize>, before: impl Fn() + Send + Sync + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = self.bound;
        builder.max_branches = 2_000;
        if let Some(most) = most {
            // loom looks before an execution, and at these intervals only.
            builder.checkpoint_interval = most + 1;
            builder.max_permutations = Some(most + 1);
        }
        EXPLORED.set(0);
        let run = self.run;
        if std::env::var_os("TRACE").is_some() {
            probe::record();
        }
        let checked = catch_unwind(AssertUnwindSafe(|| {
            builder.check(move || {
                EXPLORED.set(EXPLORED.get() + 1);
                before();
                run();
            });
        }));
        if let Err(panic) = checked {
            eprintln!("model {} failed; TRACE=1 shows how", self.name);
            probe::trace().iter().for_each(|step| eprintln!("    {step}"));
            resume_unwind(panic);
        }
    }
}

/// Each weak compare-exchange of each model fails in turn; `least` of them there are.
#[cfg(test)]
pub(crate) fn fail_each_weak(models: &[Model], least: usize) {
    let mut all = 0;
    for model in models {
        let (weak, executions) = model.explore_spurious(None);
        println!("model {}: {weak} weak to fail, {executions} executions", model.name);
        all += weak;
    }
    println!("{all} places to fail");
    assert!(all >= least, "{all} places, below the floor of {least}");
    assert_eq!(all == 0, least == 0, "{all} places, and no floor");
}

/// A value whose reads must be ordered after its making, and which must be
/// dropped: loom tells of a race, and of a leaked `Arc`.
pub(crate) struct Value {
    number: UnsafeCell<u32>,
    _dropped: loom::sync::Arc<()>,
}

impl Value {
    pub(crate) fn new(number: u32) -> Self {
        Self { number: UnsafeCell::new(number), _dropped: loom::sync::Arc::new(()) }
    }

    pub(crate) fn get(&self) -> u32 {
        // SAFETY: written before it was shared: this is what the models check.
        self.number.with(|number| unsafe { *number })
    }
}

pub(crate) type Cell = OnceCell<Value>;

/// What initialisers do besides: each must see what the one before it did.
pub(crate) struct Effects(UnsafeCell<u32>);

// SAFETY: only leaders touch it, one at a time: this is what the models check.
unsafe impl Send for Effects {}
// SAFETY: as above.
unsafe impl Sync for Effects {}

impl Effects {
    pub(crate) fn new() -> Self {
        Self(UnsafeCell::new(0))
    }

    /// Called by leaders only.
    pub(crate) fn leave(&self) -> u32 {
        self.0.with_mut(|count| {
            // SAFETY: a leader is alone; loom fails the model otherwise.
            unsafe { *count += 1 };
            // SAFETY: as above.
            unsafe { *count }
        })
    }
}

/// A waker that sets a flag, and orders nothing: a primitive that relies on its
/// waker for ordering fails here. Waiting for it is a loop, which is dear with
/// three threads; [`Bell`] is for those.
pub(crate) struct Flag(AtomicBool);

/// A waker that loom knows how to wait for. It orders what the wake-up orders, and
/// knows who rang.
pub(crate) struct Bell {
    notify: loom::sync::Notify,
    rung_by: Mutex<Vec<ThreadId>>,
}

impl Bell {
    /// How often a thread rang.
    pub(crate) fn rung_by(&self, thread: ThreadId) -> usize {
        self.rung_by.lock().unwrap().iter().filter(|&&by| by == thread).count()
    }
}

/// What a model polls with.
pub(crate) trait Signal: Wake + Send + Sync + 'static {
    fn new() -> Arc<Self>;
    fn wait(&self);
}

impl Signal for Flag {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(false)))
    }
    fn wait(&self) {
        while !self.0.swap(false, Relaxed) {
            loom::thread::yield_now();
        }
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        // As all accesses: loom may order a plain store before a swap that ran earlier.
        self.0.swap(true, Relaxed);
    }
}

impl Signal for Bell {
    fn new() -> Arc<Self> {
        Arc::new(Self { notify: loom::sync::Notify::new(), rung_by: Mutex::default() })
    }
    fn wait(&self) {
        self.notify.wait();
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung_by.lock().unwrap().push(loom::thread::current().id());
        self.notify.notify();
    }
}

/// Polls once, with this signal as the waker.
pub(crate) fn poll_once<F: Future + ?Sized>(
    future: Pin<&mut F>,
    signal: &Arc<impl Signal>,
) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(signal.clone())))
}

/// Polls when woken. A lost wake-up never ends, which loom reports.
pub(crate) fn block_on_with<S: Signal, F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let signal = S::new();
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut(), &signal) {
            return output;
        }
        signal.wait();
    }
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    block_on_with::<Flag, F>(future)
}

/// Runs to its first `Pending`, and is dropped there.
pub(crate) fn poll_and_drop<F: Future>(future: F) -> Option<F::Output> {
    match poll_once(pin!(future), &Flag::new()) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// The panic of an initialiser, without a message on the terminal.
pub(crate) struct Expected;

pub(crate) fn panic_quietly() -> ! {
    resume_unwind(Box::new(Expected))
}

/// Whether `user` panicked with [`Expected`]; other panics go on.
pub(crate) fn panics(user: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(user)) {
        Ok(()) => false,
        Err(payload) if payload.is::<Expected>() => true,
        Err(payload) => resume_unwind(payload),
    }
}
