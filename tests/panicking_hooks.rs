//! Each call of a hook may panic: the caller in whose name it ran gets the panic,
//! everybody else completes, every other begin has its end.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

use bellwether::{OnceCell, TryLead};

#[path = "support/bell.rs"]
mod bell;
#[path = "support/recorder.rs"]
mod recorder;
#[path = "support/support.rs"]
mod support;
use bell::{Bell, Ringer, run};
use recorder::Recorder;
use support::{Token, yields};

type Watched = OnceCell<Token, Recorder>;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Leader {
    Sets,
    Fails,
    IsDropped,
    GuardSets,
    GuardIsDropped,
}

const LEADERS: [Leader; 5] =
    [Leader::Sets, Leader::Fails, Leader::IsDropped, Leader::GuardSets, Leader::GuardIsDropped];

fn ringer<'a>(future: impl Future<Output = ()> + 'a) -> Ringer<'a, ()> {
    Ringer::new(Bell::new(drop), future)
}

fn candidate<'a>(cell: &'a Watched, drops: &'a Arc<AtomicUsize>) -> Ringer<'a, ()> {
    ringer(async move {
        let init = || async {
            yields(1).await;
            Ok::<_, ()>(Token::new(drops))
        };
        cell.get_or_try_init(init).await.unwrap();
    })
}

/// The leader of a scenario, up to where others start to wait.
fn leader<'a>(
    cell: &'a Watched,
    drops: &'a Arc<AtomicUsize>,
    how: Leader,
    panics: &mut usize,
) -> Ringer<'a, ()> {
    let waits = move || async move {
        futures::pending!();
        if how == Leader::Fails { Err(()) } else { Ok(Token::new(drops)) }
    };
    let mut leader = match how {
        Leader::Sets | Leader::Fails | Leader::IsDropped => ringer(async move {
            let _ = cell.get_or_try_init(waits).await;
        }),
        Leader::GuardSets | Leader::GuardIsDropped => ringer(async move {
            let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
            futures::pending!();
            if how == Leader::GuardSets {
                guard.set(Token::new(drops));
            }
        }),
    };
    leader.poll(panics);
    leader
}

/// Returns how many hooks were called, and how many panics were caught.
fn play(how: Leader, hooks: Recorder) -> (usize, usize) {
    let drops = Arc::new(AtomicUsize::new(0));
    let cell = Watched::with_hooks(hooks);
    let mut panics = 0;
    {
        let mut leader = leader(&cell, &drops, how, &mut panics);
        let mut others: Vec<_> = (0..5)
            .map(|id| match id {
                0 | 3 => {
                    ringer(async { assert!(core::ptr::eq(cell.wait().await, cell.get().unwrap())) })
                }
                _ => candidate(&cell, &drops),
            })
            .collect();
        for other in &mut others {
            other.poll(&mut panics);
        }
        others[1].cancel(&mut panics);
        if how == Leader::IsDropped {
            leader.cancel(&mut panics);
        } else {
            leader.poll(&mut panics);
        }
        assert!(leader.is_done());
        run(&mut others, &mut panics);
        // Those who panicked are gone: newcomers must be able to lead. The first
        // of them may be the one who panics.
        let mut last = [candidate(&cell, &drops), candidate(&cell, &drops)];
        run(&mut last, &mut panics);
        run(&mut others, &mut panics);
        assert!(others.iter().chain(&last).all(Ringer::is_done), "{how:?}: somebody hangs");
        assert_eq!(others.iter().chain(&last).map(Ringer::retained).sum::<usize>(), 0);
    }
    assert!(cell.get().is_some(), "{how:?}: the cell is not usable");
    assert_eq!(cell.hooks().open(), 0, "{how:?}: a begin without an end");
    assert_eq!(drops.load(Relaxed), 0);
    let made = cell.hooks().made();
    drop(cell);
    assert_eq!(drops.load(Relaxed), 1, "{how:?}: the value is dropped once");
    (made, panics)
}

#[test]
fn any_call_of_any_hook_may_panic() {
    for how in LEADERS {
        let (calls, panics) = play(how, Recorder::default());
        assert_eq!(panics, 0);
        assert!(calls >= 10, "{how:?} is too small a scenario: {calls}");
        for call in 0..calls {
            let (_, panics) = play(how, Recorder::panicking_at(call));
            assert_eq!(panics, 1, "{how:?}, hook {call}: the panic reaches one caller");
        }
    }
}

#[cfg(feature = "std")]
#[test]
fn a_panicking_hook_leaves_blocking_callers_a_usable_cell() {
    for call in 0..2 {
        let cell = OnceCell::<u32, _>::with_hooks(Recorder::panicking_at(call));
        let mut panics = 0;
        assert_eq!(bell::caught(&mut panics, || *cell.get_or_init_blocking(|| 7)), None);
        let told_too_late = call == 1;
        assert_eq!(cell.get().is_some(), told_too_late, "the value is set, or the lead is free");
        assert_eq!(*cell.get_or_init_blocking(|| 8), if told_too_late { 7 } else { 8 });
        assert_eq!((panics, cell.hooks().open()), (1, 0));
    }
}
