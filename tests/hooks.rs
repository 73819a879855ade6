//! Hooks are told each wait and each leadership, its outcome and its waiters,
//! once; and nothing on the ready path.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use bellwether::{InitGuard, InitOutcome, Lead, OnceCell, OnceHooks, TryLead, WaitOutcome};

#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use recorder::Call::{InitBegin, InitEnd, WaitBegin, WaitEnd};
use recorder::Recorder;
use support::{Random, Task, yields};

type Recorded = OnceCell<u32, Recorder>;

fn recorded() -> Recorded {
    OnceCell::with_hooks(Recorder::default())
}

fn guard_of<H: OnceHooks>(cell: &OnceCell<u32, H>) -> InitGuard<'_, u32, H> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

#[test]
fn nothing_is_told_on_the_ready_path_and_by_set() {
    let mut cell = recorded();
    assert_eq!((cell.get(), cell.status()), (None, bellwether::Status::Empty));
    cell.set(7).unwrap();
    cell.set(8).unwrap_err();
    assert_eq!(cell.get(), Some(&7));
    assert_eq!(Task::new(cell.wait()).finish(), &7);
    assert_eq!(Task::new(cell.get_or_init(|| async { 8 })).finish(), &7);
    assert_eq!(Task::new(cell.get_or_try_init(|| async { Err(()) })).finish(), Ok(&7));
    assert!(matches!(Task::new(cell.lead()).finish(), Lead::Ready(7)));
    assert!(matches!(cell.try_lead(), TryLead::Ready(7)));
    #[cfg(feature = "std")]
    assert_eq!((cell.get_or_init_blocking(|| 8), cell.wait_blocking()), (&7, &7));
    assert_eq!((format!("{cell:?}"), cell.get_mut()), ("OnceCell(7)".into(), Some(&mut 7)));
    assert_eq!(cell.take(), Some(7));
    assert_eq!(cell.hooks().made(), 0);
}

#[test]
fn an_attempt_to_lead_that_fails_tells_nothing() {
    let cell = recorded();
    let guard = guard_of(&cell);
    assert_eq!(cell.hooks().calls(), [InitBegin]);
    assert!(matches!(cell.try_lead(), TryLead::Busy));
    cell.set(1).unwrap_err();
    drop((cell.wait(), cell.lead(), cell.get_or_init(|| async { 1 })));
    assert_eq!(cell.hooks().calls(), [], "never polled");
    drop(guard);
}

#[test]
fn a_leader_that_succeeds() {
    let cell = recorded();
    Task::new(cell.get_or_init(|| async { 7 })).finish();
    assert_eq!(cell.hooks().calls(), [InitBegin, InitEnd(InitOutcome::Ok, 0)]);

    let cell = recorded();
    guard_of(&cell).set(7);
    assert_eq!(cell.hooks().calls(), [InitBegin, InitEnd(InitOutcome::Ok, 0)]);

    let cell = recorded();
    let mut task = Task::new(cell.get_or_try_init(|| async {
        yields(3).await;
        Ok::<_, ()>(7)
    }));
    assert!((0..3).all(|_| task.poll().is_pending()));
    assert_eq!(task.finish(), Ok(&7));
    assert_eq!(cell.hooks().calls(), [InitBegin, InitEnd(InitOutcome::Ok, 0)]);
}

#[test]
fn a_leader_that_fails() {
    let cell = recorded();
    assert_eq!(Task::new(cell.get_or_try_init(|| async { Err(1) })).finish(), Err(1));
    assert_eq!(cell.hooks().calls(), [InitBegin, InitEnd(InitOutcome::Failed, 0)]);
}

#[test]
fn a_leader_that_panics() {
    let told = [InitBegin, InitEnd(InitOutcome::Panicked, 0)];
    let cell = recorded();
    let in_closure = || -> core::future::Ready<u32> { panic!("in the closure") };
    let mut task = Task::new(cell.get_or_init(in_closure));
    assert!(catch_unwind(AssertUnwindSafe(|| task.poll())).is_err());
    assert_eq!(cell.hooks().calls(), told);

    let mut task = Task::new(cell.get_or_init(|| async { panic!("in the future") }));
    assert!(catch_unwind(AssertUnwindSafe(|| task.poll())).is_err());
    assert_eq!(cell.hooks().calls(), told);
}

#[cfg(feature = "std")]
#[test]
fn a_guard_that_is_dropped_by_a_panic_says_so() {
    let cell = recorded();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let _guard = guard_of(&cell);
        panic!("while it leads");
    }));
    assert!(result.is_err());
    assert_eq!(cell.hooks().calls(), [InitBegin, InitEnd(InitOutcome::Panicked, 0)]);
}

#[test]
fn a_leader_that_is_dropped() {
    let told = [InitBegin, InitEnd(InitOutcome::Cancelled, 0)];
    let cell = recorded();
    drop(guard_of(&cell));
    assert_eq!(cell.hooks().calls(), told);

    let mut task = Task::new(cell.get_or_init(|| async {
        yields(1).await;
        7
    }));
    assert!(task.poll().is_pending());
    task.cancel();
    assert_eq!(cell.hooks().calls(), told);

    let mut task = Task::new(cell.lead());
    drop(task.finish());
    assert_eq!(cell.hooks().calls(), told);
}

#[test]
fn waiters_that_get_the_value() {
    for observers in 0..=3 {
        let cell = recorded();
        let guard = guard_of(&cell);
        let mut tasks: Vec<_> = (0..3)
            .map(|id| match id < observers {
                true => Task::new(async { *cell.wait().await }),
                false => Task::new(async { *cell.get_or_init(|| async { 1 }).await }),
            })
            .collect();
        for task in &mut tasks {
            assert!(task.poll().is_pending() && task.poll().is_pending());
        }
        assert_eq!(cell.hooks().calls(), [InitBegin, WaitBegin, WaitBegin, WaitBegin]);
        assert_eq!(cell.hooks().open(), 4);
        guard.set(7);
        assert_eq!(cell.hooks().calls(), [InitEnd(InitOutcome::Ok, 3)]);
        for task in &mut tasks {
            assert_eq!(task.finish(), 7);
            assert_eq!(cell.hooks().calls(), [WaitEnd(WaitOutcome::Ready)]);
        }
        assert_eq!(cell.hooks().open(), 0);
    }
}

#[test]
fn a_failure_counts_the_candidates_alone() {
    for observers in 0..=40 {
        let cell = recorded();
        let guard = guard_of(&cell);
        let mut waits: Vec<_> = (0..observers).map(|_| Task::new(cell.wait())).collect();
        let mut leads: Vec<_> = (observers..40).map(|_| Task::new(cell.lead())).collect();
        waits.iter_mut().for_each(|task| assert!(task.poll().is_pending()));
        leads.iter_mut().for_each(|task| assert!(task.poll().is_pending()));
        cell.hooks().calls();
        drop(guard);
        assert_eq!(cell.hooks().calls(), [InitEnd(InitOutcome::Cancelled, 40 - observers)]);
    }
}

#[test]
fn a_waiter_that_takes_over() {
    let cell = recorded();
    let mut leader = Task::new(cell.get_or_try_init(|| async {
        yields(1).await;
        Err(())
    }));
    let mut second = Task::new(cell.get_or_init(|| async { 2 }));
    let mut third = Task::new(cell.wait());
    assert!(leader.poll().is_pending() && second.poll().is_pending() && third.poll().is_pending());
    assert_eq!(leader.finish(), Err(()));
    let told = [InitBegin, WaitBegin, WaitBegin, InitEnd(InitOutcome::Failed, 1)];
    assert_eq!(cell.hooks().calls(), told);
    assert_eq!(second.finish(), &2);
    let told = [WaitEnd(WaitOutcome::TookOver), InitBegin, InitEnd(InitOutcome::Ok, 1)];
    assert_eq!(cell.hooks().calls(), told);
    assert_eq!(third.finish(), &2);
    assert_eq!(cell.hooks().calls(), [WaitEnd(WaitOutcome::Ready)]);
    assert_eq!(cell.hooks().open(), 0);
}

#[test]
fn a_waiter_that_is_dropped() {
    let cell = recorded();
    let guard = guard_of(&cell);
    let mut tasks = [Task::new(cell.wait()), Task::new(cell.wait()), Task::new(cell.wait())];
    tasks.iter_mut().for_each(|task| assert!(task.poll().is_pending()));
    cell.hooks().calls();
    let [first, second, third] = tasks;
    for task in [second, first] {
        assert_eq!(task.cancel(), 0);
        assert_eq!(cell.hooks().calls(), [WaitEnd(WaitOutcome::Cancelled)]);
    }
    guard.set(7);
    assert_eq!(cell.hooks().calls(), [InitEnd(InitOutcome::Ok, 1)]);
    third.cancel();
    assert_eq!(cell.hooks().calls(), [WaitEnd(WaitOutcome::Cancelled)], "it never saw the value");
}

#[test]
fn set_ends_the_waits_and_tells_nothing_else() {
    let cell = recorded();
    let mut task = Task::new(cell.wait());
    assert!(task.poll().is_pending());
    cell.set(7).unwrap();
    assert_eq!(task.finish(), &7);
    assert_eq!(cell.hooks().calls(), [WaitBegin, WaitEnd(WaitOutcome::Ready)]);
}

#[cfg(feature = "std")]
#[test]
fn threads_are_told_as_tasks_are() {
    let cell = recorded();
    assert_eq!(cell.get_or_try_init_blocking(|| Err(1)), Err(1));
    assert!(
        catch_unwind(AssertUnwindSafe(|| *cell.get_or_init_blocking(|| panic!("here")))).is_err()
    );
    let ends = [InitOutcome::Failed, InitOutcome::Panicked].map(|end| InitEnd(end, 0));
    assert_eq!(cell.hooks().calls(), [InitBegin, ends[0], InitBegin, ends[1]]);

    let guard = guard_of(&cell);
    std::thread::scope(|threads| {
        let waiter = threads.spawn(|| *cell.wait_blocking());
        while cell.hooks().open() < 2 {
            std::thread::yield_now();
        }
        guard.set(7);
        assert_eq!(waiter.join().unwrap(), 7);
    });
    let calls = cell.hooks().calls();
    assert_eq!(calls[..2], [InitBegin, WaitBegin]);
    assert!(calls.contains(&WaitEnd(WaitOutcome::Ready)));
    assert_eq!((calls.len(), cell.hooks().open()), (4, 0));
}

#[test]
fn many_cells_may_share_one_observer() {
    static SHARED: std::sync::LazyLock<Recorder> = std::sync::LazyLock::new(Recorder::default);
    let cells: Vec<OnceCell<u32, &Recorder>> =
        (0..3).map(|_| OnceCell::with_hooks(&*SHARED)).collect();
    for cell in &cells {
        guard_of(cell).set(7);
        assert!(core::ptr::eq(*cell.hooks(), &*SHARED));
    }
    assert_eq!(SHARED.calls(), [InitBegin, InitEnd(InitOutcome::Ok, 0)].repeat(3));

    let clone = cells[0].clone();
    assert_eq!(clone.get(), Some(&7));
    assert_eq!(SHARED.calls(), [], "cloning initialises nothing");
    assert_eq!(Recorded::default().hooks().made(), 0);
}

/// A hook that uses the cell that calls it.
struct Nosy(std::sync::OnceLock<&'static OnceCell<u32, Nosy>>);

impl Nosy {
    fn looks(&self) -> bellwether::Status {
        let cell = self.0.get().expect("told where it is");
        assert!(cell.set(99).is_err(), "somebody leads, or has led");
        cell.status()
    }
}

impl OnceHooks for Nosy {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {
        assert_eq!(self.looks(), bellwether::Status::Initializing);
    }
    fn wait_end(&self, (): (), outcome: WaitOutcome) {
        assert!(outcome == WaitOutcome::Cancelled || self.looks() == bellwether::Status::Ready);
    }
    fn init_begin(&self) {
        assert_eq!(self.looks(), bellwether::Status::Initializing);
    }
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {
        assert_eq!(self.looks(), bellwether::Status::Ready);
    }
}

#[test]
fn a_hook_may_use_its_cell() {
    let cell: &'static OnceCell<u32, Nosy> =
        Box::leak(Box::new(OnceCell::with_hooks(Nosy(std::sync::OnceLock::new()))));
    assert!(cell.hooks().0.set(cell).is_ok());
    let guard = guard_of(cell);
    let mut tasks = [Task::new(cell.wait()), Task::new(cell.wait()), Task::new(cell.wait())];
    tasks.iter_mut().for_each(|task| assert!(task.poll().is_pending()));
    let [first, mut second, mut third] = tasks;
    first.cancel();
    guard.set(7);
    assert_eq!((second.finish(), third.finish()), (&7, &7));
}

#[test]
fn every_begin_has_its_end_whatever_happens() {
    for seed in 1..100 {
        let cell = recorded();
        let mut random = Random::new(seed);
        let mut tasks = Vec::new();
        for _ in 0..60 {
            let (steps, fails) = (random.below(3), random.below(3) > 0);
            tasks.push(Task::new(cell.get_or_try_init(move || async move {
                yields(steps).await;
                if fails { Err(()) } else { Ok(1) }
            })));
            let index = random.below(tasks.len());
            if tasks[index].poll_if_woken().is_ready() || random.below(4) == 0 {
                tasks.swap_remove(index).cancel();
            }
        }
        drop(tasks);
        assert_eq!(cell.hooks().open(), 0);
        let calls = cell.hooks().calls();
        let count = |is: fn(&recorder::Call) -> bool| calls.iter().filter(|call| is(call)).count();
        assert_eq!(count(|c| *c == WaitBegin), count(|c| matches!(c, WaitEnd(_))));
        assert_eq!(count(|c| *c == InitBegin), count(|c| matches!(c, InitEnd(..))));
        assert!(count(|c| matches!(c, InitEnd(InitOutcome::Ok, _))) <= 1);
    }
}
