//! Wakers that panic, in any method, at any call: everybody else is woken, the
//! panic reaches a caller, the cell stays usable, and no waker is kept.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use bellwether::{OnceCell, TryLead};

#[path = "support/bell.rs"]
mod bell;
use bell::{Bell, Event, Ringer, caught, run};

/// The calls of one method, over all wakers of a scenario, that panic.
struct Fuse {
    event: Event,
    at: Vec<usize>,
    seen: Cell<usize>,
    blown: RefCell<Vec<usize>>,
}

impl Fuse {
    fn new(event: Event, at: &[usize]) -> Rc<Self> {
        Rc::new(Self { event, at: at.to_vec(), seen: Cell::new(0), blown: RefCell::default() })
    }

    fn bell(self: &Rc<Self>) -> Rc<Bell> {
        let fuse = self.clone();
        Bell::new(move |event| {
            if event != fuse.event {
                return;
            }
            let index = fuse.seen.replace(fuse.seen.get() + 1);
            if fuse.at.contains(&index) {
                fuse.blown.borrow_mut().push(index);
                panic!("the waker's {event:?} {index}");
            }
        })
    }

    fn blown(&self) -> usize {
        self.blown.borrow().len()
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Sets,
    Fails,
}

/// Six waiters come, move to other tasks, one leaves, and the leader ends.
/// Returns how many panics were caught.
fn play(fuse: &Rc<Fuse>, end: End) -> usize {
    let cell = OnceCell::new();
    let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
    let mut panics = 0;
    let mut ringers: Vec<_> = (0..6)
        .map(|id| match id {
            1 | 4 => Ringer::new(fuse.bell(), async { *cell.wait().await }),
            _ => Ringer::new(fuse.bell(), async { *cell.get_or_init(|| async { 1 }).await }),
        })
        .collect();
    for ringer in &mut ringers {
        ringer.poll(&mut panics);
    }
    for ringer in &mut ringers {
        ringer.change_bell(fuse.bell());
        ringer.poll(&mut panics);
    }
    ringers[2].cancel(&mut panics);
    caught(&mut panics, || match end {
        End::Sets => _ = guard.set(0),
        End::Fails => drop(guard),
    });
    run(&mut ringers, &mut panics);
    // If each candidate panicked, observers are left, who never lead.
    if cell.get().is_none() {
        assert!([0, 2, 3, 5].iter().all(|&candidate| ringers[candidate].is_done()));
        caught(&mut panics, || cell.set(2).map(drop)).map(Result::unwrap);
        run(&mut ringers, &mut panics);
    }

    assert!(ringers.iter().all(Ringer::is_done), "somebody hangs");
    assert_eq!(ringers.iter().map(Ringer::retained).sum::<usize>(), 0, "wakers are kept");
    assert_eq!(cell.set(9).unwrap_err().into_inner(), 9, "the cell is usable, and ready");
    panics
}

#[test]
fn one_call_of_any_waker_method_may_panic() {
    for event in [Event::Clone, Event::Wake, Event::Drop] {
        for end in [End::Sets, End::Fails] {
            let mut index = 0;
            loop {
                let fuse = Fuse::new(event, &[index]);
                let panics = play(&fuse, end);
                assert_eq!(panics, fuse.blown(), "each panic reaches a caller once");
                if panics == 0 {
                    break;
                }
                index += 1;
            }
            assert!(index >= 5, "{event:?} {end:?}: only {index} calls");
        }
    }
}

#[cfg(feature = "std")]
#[test]
fn any_two_wake_ups_may_panic() {
    for end in [End::Sets, End::Fails] {
        for (first, second) in
            (0..12).flat_map(|first| (0..first).map(move |second| (first, second)))
        {
            let fuse = Fuse::new(Event::Wake, &[first, second]);
            let panics = play(&fuse, end);
            assert!(panics <= fuse.blown());
            assert_eq!(panics > 0, fuse.blown() > 0, "at least one reaches a caller");
        }
    }
}

#[cfg(feature = "std")]
#[test]
fn every_wake_up_may_panic() {
    for end in [End::Sets, End::Fails] {
        let fuse = Fuse::new(Event::Wake, &Vec::from_iter(0..100));
        assert!(play(&fuse, end) > 0);
        assert!(fuse.blown() >= 5);
    }
}

/// Eighty waiters, more than are woken in one turn; each third wake-up panics.
#[cfg(feature = "std")]
#[test]
fn panicking_wakers_among_many_cost_nobody_a_wake_up() {
    for end in [End::Sets, End::Fails] {
        let cell = OnceCell::new();
        let TryLead::Leader(guard) = cell.try_lead() else { panic!("empty") };
        let mut panics = 0;
        let fuse = Fuse::new(Event::Wake, &Vec::from_iter((0..80).step_by(3)));
        let mut ringers: Vec<_> = (0..80)
            .map(|_| Ringer::new(fuse.bell(), async { *cell.get_or_init(|| async { 1 }).await }))
            .collect();
        for ringer in &mut ringers {
            ringer.poll(&mut panics);
        }
        caught(&mut panics, || match end {
            End::Sets => _ = guard.set(0),
            End::Fails => drop(guard),
        });
        assert!(ringers.iter().all(Ringer::is_woken));
        assert_eq!((panics, fuse.blown()), (1, 27));
        run(&mut ringers, &mut panics);
        assert!(ringers.iter().all(Ringer::is_done));
        assert_eq!(ringers.iter().map(Ringer::retained).sum::<usize>(), 0);
    }
}

#[cfg(feature = "std")]
#[test]
fn wakers_may_panic_while_an_initialiser_unwinds() {
    let cell = OnceCell::<u32>::new();
    let mut panics = 0;
    let fuse = Fuse::new(Event::Wake, &Vec::from_iter(0..80));
    let quiet = Bell::new(drop);
    let mut leader = Ringer::new(quiet, async {
        let init = || async {
            futures::pending!();
            panic!("the initialiser")
        };
        *cell.get_or_init(init).await
    });
    leader.poll(&mut panics);
    let mut ringers: Vec<_> = (0..40)
        .map(|_| Ringer::new(fuse.bell(), async { *cell.get_or_init(|| async { 1 }).await }))
        .collect();
    for ringer in &mut ringers {
        ringer.poll(&mut panics);
    }
    leader.poll(&mut panics);
    assert_eq!((panics, fuse.blown()), (1, 40), "the initialiser's panic reaches the caller");
    assert!(leader.is_done() && ringers.iter().all(Ringer::is_woken));
    run(&mut ringers, &mut panics);
    assert!(ringers.iter().all(Ringer::is_done));
    assert_eq!(cell.get(), Some(&1));
}

#[cfg(feature = "std")]
#[test]
fn wakers_may_panic_while_a_blocking_initialiser_unwinds() {
    let cell = OnceCell::<u32>::new();
    let mut panics = 0;
    let fuse = Fuse::new(Event::Wake, &[0, 1]);
    let mut ringers = Vec::new();
    let result = caught(&mut panics, || {
        *cell.get_or_init_blocking(|| {
            for _ in 0..3 {
                let mut ringer = Ringer::new(fuse.bell(), cell.lead());
                assert!(ringer.poll(&mut 0).is_none());
                ringers.push(ringer);
            }
            panic!("the initialiser")
        })
    });
    assert_eq!((result, panics, fuse.blown()), (None, 1, 2));
    assert!(ringers.iter().all(Ringer::is_woken));
    assert_eq!(cell.get_or_init_blocking(|| 4), &4);
}
