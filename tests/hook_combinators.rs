//! Hooks from hooks: both of a pair are told, whatever panics; an option, a
//! reference and an `Arc` pass on; closures get their one event.

use core::cell::RefCell;
use core::panic::{AssertUnwindSafe, Location};
use std::panic::catch_unwind;
use std::sync::Mutex;

use bellwether::hooks::{OnEvicted, OnInitEnd, OnMissed, OnWaitEnd};
use bellwether::{
    EvictReason, InitGuard, InitOutcome, OnceCell, OnceHooks, ReplayHooks, TryLead, WaitOutcome,
};

#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use recorder::Call::{InitBegin, InitEnd, WaitBegin, WaitEnd};
use recorder::Recorder;
use support::Task;

fn lead<H: OnceHooks>(cell: &OnceCell<u32, H>) -> InitGuard<'_, u32, H> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        _ => panic!("not empty"),
    }
}

/// A leader and a waiter that gets the value.
fn run(hooks: impl OnceHooks) {
    let cell = OnceCell::with_hooks(hooks);
    let guard = lead(&cell);
    let mut waiter = Task::new(cell.wait());
    assert!(waiter.poll().is_pending());
    guard.set(7);
    assert_eq!(waiter.finish(), &7);
}

const TOLD: [recorder::Call; 4] =
    [InitBegin, WaitBegin, InitEnd(InitOutcome::Ok, 1), WaitEnd(WaitOutcome::Ready)];

#[test]
fn each_combinator_passes_on_what_it_is_told() {
    let hooks: [Recorder; 2] = Default::default();
    run((&hooks[0], &hooks[1]));
    assert_eq!((hooks[0].calls(), hooks[1].calls()), (TOLD.into(), TOLD.into()));
    run(Some(&hooks[0]));
    run(None::<&Recorder>);
    assert_eq!(hooks[0].calls(), TOLD);
    assert!(hooks.iter().all(|hooks| hooks.open() == 0));
    #[cfg(feature = "alloc")]
    {
        let shared = std::sync::Arc::new(Recorder::default());
        run(shared.clone());
        assert_eq!(shared.calls(), TOLD);
    }
}

/// What one of a pair was told to begin it is told to end, whichever call of
/// whichever of the two panics.
#[test]
fn a_panic_in_one_of_a_pair_is_no_harm_to_the_other() {
    for panics_at in 0..4 {
        for first_panics in [true, false] {
            let healthy = Recorder::default();
            let ill = Recorder::panicking_at(panics_at);
            let hooks = if first_panics { (&ill, &healthy) } else { (&healthy, &ill) };
            let cell = OnceCell::with_hooks(hooks);
            let mut panics = 0;
            let mut shield = |f: &mut dyn FnMut()| {
                panics += usize::from(catch_unwind(AssertUnwindSafe(f)).is_err());
            };
            let mut waiter = Task::new(cell.wait());
            shield(&mut || {
                let guard = lead(&cell);
                shield_wait(&mut waiter);
                guard.set(7);
            });
            shield(&mut || shield_wait(&mut waiter));
            drop(waiter);
            assert_eq!(panics, 1, "call {panics_at}, the first: {first_panics}");
            assert_eq!(healthy.open(), 0, "call {panics_at}, the first: {first_panics}");
            let calls = healthy.calls();
            let begun = calls.iter().filter(|call| matches!(call, InitBegin | WaitBegin)).count();
            assert_eq!(calls.len(), 2 * begun, "{calls:?}");
            assert_eq!(ill.open(), 0);
        }
    }
}

fn shield_wait(waiter: &mut Task<'_, &u32>) {
    let _ = waiter.poll();
}

#[test]
fn a_begin_that_panics_ends_the_first_of_the_pair() {
    let first = Recorder::default();
    let cell = OnceCell::<u32, _>::with_hooks((&first, Recorder::panicking_at(0)));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(cell.try_lead()))).is_err());
    assert_eq!(first.calls(), [InitBegin, InitEnd(InitOutcome::Panicked, 0)]);

    let cell = OnceCell::<u32, _>::with_hooks((&first, Recorder::panicking_at(1)));
    let guard = lead(&cell);
    let mut waiter = Task::new(cell.wait());
    assert!(catch_unwind(AssertUnwindSafe(|| waiter.poll())).is_err());
    let told = [InitBegin, WaitBegin, WaitEnd(WaitOutcome::Cancelled)];
    assert_eq!(first.calls(), told);
    drop(guard);
}

#[cfg(feature = "std")]
#[test]
fn two_panics_at_once_are_one() {
    // Both ends panic: the process lives, and the caller gets the first.
    let hooks = (Recorder::panicking_at(1), Recorder::panicking_at(1));
    let cell = OnceCell::with_hooks(hooks);
    let guard = lead(&cell);
    let result = catch_unwind(AssertUnwindSafe(|| *guard.set(7)));
    assert!(result.is_err());
    assert_eq!(cell.get(), Some(&7));
}

/// Each keeps the place in the source as it likes.
#[test]
fn a_pair_of_two_places() {
    struct Places(RefCell<Vec<u32>>);
    impl OnceHooks for Places {
        type Span = ();
        type Site = &'static Location<'static>;
        fn wait_begin(&self, site: Self::Site) {
            self.0.borrow_mut().push(site.line());
        }
        fn wait_end(&self, (): (), _: WaitOutcome) {}
        fn init_begin(&self) {}
        fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
    }
    let places = Places(RefCell::default());
    let cell = OnceCell::<u32, _>::with_hooks(((&places, Recorder::default()), Some(&places)));
    let _guard = lead(&cell);
    let (mut waiter, line) = (Task::new(cell.wait()), line!());
    assert!(waiter.poll().is_pending());
    assert_eq!(*places.0.borrow(), [line, line]);
}

#[test]
fn closures_get_their_event() {
    let inits = RefCell::new(Vec::new());
    let waits = RefCell::new(Vec::new());
    let hooks = (
        OnInitEnd(|outcome, waiters| inits.borrow_mut().push((outcome, waiters))),
        OnWaitEnd(|outcome| waits.borrow_mut().push(outcome)),
    );
    run(hooks);
    assert_eq!(*inits.borrow(), [(InitOutcome::Ok, 1)]);
    assert_eq!(*waits.borrow(), [WaitOutcome::Ready]);
}

/// All events of a buffer, once each.
fn replay(hooks: &impl ReplayHooks<Site = ()>) {
    hooks.published(3, 96);
    hooks.evicted(2, EvictReason::Budget);
    hooks.missed(2);
    hooks.delivered(1, 5);
    let span = hooks.wait_begin(());
    hooks.wait_end(span, WaitOutcome::Ready);
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn note(&self, what: impl core::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{what:?}"));
    }
}

impl ReplayHooks for Told {
    type Span = u8;
    type Site = ();
    fn published(&self, events: u64, bytes: u64) {
        self.note(("published", events, bytes));
    }
    fn evicted(&self, events: u64, reason: EvictReason) {
        self.note(("evicted", events, reason));
    }
    fn missed(&self, events: u64) {
        self.note(("missed", events));
    }
    fn delivered(&self, events: u64, lag: u64) {
        self.note(("delivered", events, lag));
    }
    fn wait_begin(&self, (): ()) -> u8 {
        self.note("wait_begin");
        9
    }
    fn wait_end(&self, span: u8, outcome: WaitOutcome) {
        self.note(("wait_end", span, outcome));
    }
}

#[test]
fn replay_hooks_combine_likewise() {
    let direct = Told::default();
    replay(&direct);
    assert_eq!(direct.told().len(), 6);

    let told = Told::default();
    replay(&&told);
    replay(&Some(&told));
    replay(&None::<Told>);
    replay(&());
    assert_eq!(told.told(), [direct.told(), direct.told()].concat());

    #[cfg(feature = "alloc")]
    {
        let shared = std::sync::Arc::new(Told::default());
        replay(&shared);
        assert_eq!(shared.told(), direct.told());
    }

    let both = [Told::default(), Told::default()];
    let pair = (&both[0], &both[1]);
    pair.published(3, 96);
    pair.evicted(2, EvictReason::Budget);
    pair.missed(2);
    pair.delivered(1, 5);
    let span = pair.wait_begin(((), ()));
    pair.wait_end(span, WaitOutcome::Ready);
    both.iter().for_each(|told| assert_eq!(told.told(), direct.told()));

    let told = RefCell::new(Vec::new());
    replay(&OnEvicted(|events, reason| told.borrow_mut().push((events, Some(reason)))));
    replay(&OnMissed(|events| told.borrow_mut().push((events, None))));
    assert_eq!(*told.borrow(), [(2, Some(EvictReason::Budget)), (2, None)]);
}
