//! A value goes in once, is read, changed, taken, compared, cloned and shown, and
//! is dropped exactly once.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

use bellwether::{Lead, OnceCell, SetError, Status, TryLead};

#[path = "support/support.rs"]
mod support;
use support::{Task, Token};

fn guard_of<T>(cell: &OnceCell<T>) -> bellwether::InitGuard<'_, T> {
    match cell.try_lead() {
        TryLead::Leader(guard) => guard,
        other => panic!("{:?}", core::mem::discriminant(&other)),
    }
}

#[test]
fn an_empty_cell_has_nothing() {
    let mut cell = OnceCell::<u32>::new();
    assert_eq!(cell.status(), Status::Empty);
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_mut(), None);
    assert_eq!(cell.take(), None);
    assert_eq!(cell.into_inner(), None);
}

#[test]
fn a_cell_with_a_value_is_ready() {
    let mut cell = OnceCell::with_value(7);
    assert_eq!(cell.status(), Status::Ready);
    assert_eq!(cell.get(), Some(&7));
    *cell.get_mut().unwrap() += 1;
    assert_eq!(cell.get(), Some(&8));
    assert_eq!(cell.into_inner(), Some(8));
}

#[test]
fn taking_empties_the_cell_for_another_value() {
    let mut cell = OnceCell::with_value("first".to_string());
    assert_eq!(cell.take().as_deref(), Some("first"));
    assert_eq!((cell.status(), cell.get()), (Status::Empty, None));
    assert_eq!(cell.take(), None);
    assert_eq!(cell.set("second".to_string()).unwrap(), "second");
    assert_eq!(cell.into_inner().as_deref(), Some("second"));
}

#[test]
fn get_mut_finds_nothing_while_a_leaked_guard_leads() {
    let mut cell = OnceCell::<u32>::new();
    core::mem::forget(guard_of(&cell));
    assert_eq!(cell.get_mut(), None);
    assert_eq!(cell.status(), Status::Initializing);
}

#[test]
fn taking_recovers_a_cell_whose_guard_was_leaked() {
    let mut cell = OnceCell::<u32>::new();
    core::mem::forget(guard_of(&cell));
    assert!(matches!(cell.try_lead(), TryLead::Busy));
    assert_eq!(cell.take(), None);
    assert_eq!(cell.status(), Status::Empty);
    assert_eq!(cell.set(3), Ok(&3));
}

#[test]
fn a_leaked_waiter_is_forgotten_by_take() {
    let mut cell = OnceCell::<u32>::new();
    {
        let guard = guard_of(&cell);
        let mut waiter = Task::new(cell.wait());
        assert!(waiter.poll().is_pending());
        core::mem::forget(waiter);
        core::mem::forget(guard);
    }
    assert_eq!(cell.take(), None);
    assert_eq!(cell.set(3), Ok(&3));
    assert_eq!(cell.get(), Some(&3));
}

#[test]
fn set_gives_the_value_back_when_it_does_not_take_it() {
    let cell = OnceCell::new();
    let guard = guard_of(&cell);
    let error = cell.set("second".to_string()).unwrap_err();
    assert!(matches!(&error, SetError::Initializing(value) if value == "second"));
    assert_eq!(error.into_inner(), "second");
    assert_eq!(guard.set("first".to_string()), "first");

    let error = cell.set("third".to_string()).unwrap_err();
    assert!(matches!(&error, SetError::AlreadySet(value) if value == "third"));
    assert_eq!(error.into_inner(), "third");
    assert_eq!(cell.get().map(String::as_str), Some("first"));
}

#[test]
fn set_errors_say_what_to_do_and_never_show_the_value() {
    struct Opaque;
    let errors = [SetError::AlreadySet(Opaque), SetError::Initializing(Opaque)];
    assert_eq!(format!("{errors:?}"), "[AlreadySet(..), Initializing(..)]");
    assert_eq!(errors[0].to_string(), "the cell already has a value: use `get`");
    assert!(errors[1].to_string().contains("`wait` for it, or try again"));

    let error: Box<dyn core::error::Error + Send + Sync> = Box::new(SetError::AlreadySet(7));
    assert!(error.source().is_none());
    assert_eq!(SetError::AlreadySet(7), SetError::AlreadySet(7));
    assert_ne!(SetError::AlreadySet(7), SetError::Initializing(7));
}

#[test]
fn guards_set_the_value_or_hand_the_lead_over() {
    let cell = OnceCell::new();
    let guard = guard_of(&cell);
    assert_eq!(cell.status(), Status::Initializing);
    assert!(matches!(cell.try_lead(), TryLead::Busy));
    drop(guard);
    assert_eq!(cell.status(), Status::Empty);

    assert_eq!(guard_of(&cell).set(7), &7);
    assert!(matches!(cell.try_lead(), TryLead::Ready(7)));
    assert!(matches!(Task::new(cell.lead()).finish(), Lead::Ready(7)));
}

#[test]
fn cells_are_shown_as_what_they_are_at() {
    let cell = OnceCell::new();
    assert_eq!(format!("{cell:?}"), "OnceCell(<empty>)");
    let guard = guard_of(&cell);
    assert_eq!(format!("{cell:?}"), "OnceCell(<initializing>)");
    assert_eq!(format!("{guard:?}"), "InitGuard { .. }");
    guard.set(7);
    assert_eq!(format!("{cell:?}"), "OnceCell(7)");
    assert_eq!(format!("{:?}", Status::Ready), "Ready");
}

#[test]
fn futures_and_leads_can_be_shown() {
    let cell = OnceCell::with_value(7);
    assert_eq!(format!("{:?}", cell.wait()), "Wait { .. }");
    assert_eq!(format!("{:?}", cell.lead()), "LeadFuture { .. }");
    let init = cell.get_or_init(|| async { 8 });
    assert_eq!(format!("{init:?}"), "GetOrInit { .. }");
    let init = cell.get_or_try_init(|| async { Err(()) });
    assert_eq!(format!("{init:?}"), "GetOrTryInit { .. }");
    assert_eq!(format!("{:?}", cell.try_lead()), "Ready(7)");
    assert_eq!(format!("{:?}", Task::new(cell.lead()).finish()), "Ready(7)");
}

#[test]
fn cells_are_made_as_std_makes_its_own() {
    assert_eq!(OnceCell::<u32>::default().get(), None);
    assert_eq!(OnceCell::from(7).get(), Some(&7));
    assert_eq!(OnceCell::from(7), OnceCell::with_value(7));
    assert_ne!(OnceCell::from(7), OnceCell::from(8));
    assert_ne!(OnceCell::from(7), OnceCell::new());
    assert_eq!(OnceCell::<u32>::new(), OnceCell::new());
}

#[test]
fn a_clone_has_a_value_of_its_own_and_nobody_who_waits() {
    let cell = OnceCell::from("first".to_string());
    let mut clone = cell.clone();
    clone.get_mut().unwrap().push_str(" and more");
    assert_eq!(cell.get().unwrap(), "first");
    assert_eq!(clone.get().unwrap(), "first and more");

    let empty = OnceCell::<u32>::new();
    let guard = guard_of(&empty);
    let mut waiter = Task::new(empty.wait());
    assert!(waiter.poll().is_pending());
    let clone = empty.clone();
    assert_eq!(clone.status(), Status::Empty);
    clone.set(1).unwrap();
    assert_eq!((waiter.wakes(), empty.status()), (0, Status::Initializing));
    drop(guard);
}

#[test]
fn each_value_is_dropped_once_wherever_it_goes() {
    let drops = Arc::new(AtomicUsize::new(0));
    let token = || Token::new(&drops);
    let dropped = || drops.swap(0, Relaxed);

    drop(OnceCell::with_value(token()));
    assert_eq!(dropped(), 1, "with its cell");
    drop(OnceCell::<Token>::new());
    assert_eq!(dropped(), 0, "an empty cell drops nothing");

    let mut cell = OnceCell::with_value(token());
    let taken = cell.take();
    drop(cell);
    assert_eq!(dropped(), 0, "taken out");
    drop(taken);
    assert_eq!(dropped(), 1);

    let inner = OnceCell::with_value(token()).into_inner();
    assert_eq!(dropped(), 0, "moved out");
    drop(inner);
    assert_eq!(dropped(), 1);

    let cell = OnceCell::with_value(token());
    assert!(cell.set(token()).is_err());
    assert_eq!(dropped(), 1, "the value that was given back");
    drop(cell);
    assert_eq!(dropped(), 1);

    let cell = OnceCell::<Token>::new();
    drop(guard_of(&cell));
    drop(cell);
    assert_eq!(dropped(), 0, "a guard without a value");
}

#[test]
fn values_of_every_shape_fit() {
    #[derive(Debug, PartialEq)]
    #[repr(align(64))]
    struct Wide(u8);
    let cell = OnceCell::from(Wide(7));
    assert_eq!(cell.get(), Some(&Wide(7)));
    assert_eq!(core::ptr::from_ref(cell.get().unwrap()).addr() % 64, 0);

    let cell = OnceCell::from([7_u8; 10_000]);
    assert_eq!(cell.into_inner().unwrap()[9_999], 7);
    assert_eq!(OnceCell::from(()).get(), Some(&()));
    assert_eq!(OnceCell::from(Some(false)).get(), Some(&Some(false)));
}
