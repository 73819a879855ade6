//! Every unordered pair of operations, each on a thread of its own. The second
//! thread ends with `set`, so that a waiter is released in any case.

use bellwether_loom::{Lead, SetError, Status, TryLead};
use loom::sync::Arc;
use loom::thread;

use super::support::{Cell, Effects, Value, block_on, panic_quietly, panics, poll_and_drop};

type Op = fn(&Cell, &Effects);

/// Runs `a` beside `b` and checks what holds after any pair.
pub(crate) fn pair(a: Op, b: Op) {
    let shared = Arc::new((Cell::new(), Effects::new()));
    let other = shared.clone();
    let thread = thread::spawn(move || a(&other.0, &other.1));
    b(&shared.0, &shared.1);
    match shared.0.set(Value::new(9)) {
        Ok(value) => assert_eq!(value.get(), 9),
        Err(SetError::AlreadySet(value)) => {
            assert_eq!(value.get(), 9);
            assert!(shared.0.get().expect("already set").get() < 9);
        }
        Err(error) => drop(error.into_inner()),
    }
    thread.join().unwrap();
    // Whatever ran, nobody leads now, and the cell can still be set.
    let _ = shared.0.set(Value::new(8));
    assert!(shared.0.get().is_some());
    assert!(matches!(shared.0.try_lead(), TryLead::Ready(_)));
}

/// Also asks for the status, whose `Ready` is for good.
pub(crate) fn get(cell: &Cell, _: &Effects) {
    let ready = cell.status() == Status::Ready;
    match cell.get() {
        Some(value) => drop(value.get()),
        None => assert!(!ready, "a ready cell has its value"),
    }
}

pub(crate) fn set(cell: &Cell, _: &Effects) {
    match cell.set(Value::new(1)) {
        Ok(value) => assert_eq!(value.get(), 1),
        Err(SetError::AlreadySet(value)) => {
            assert_eq!(value.get(), 1);
            cell.get().expect("it said so").get();
        }
        Err(error) => assert_eq!(error.into_inner().get(), 1),
    }
}

pub(crate) fn init(cell: &Cell, effects: &Effects) {
    block_on(cell.get_or_init(|| async {
        effects.leave();
        Value::new(2)
    }))
    .get();
}

pub(crate) fn fail(cell: &Cell, effects: &Effects) {
    let result = block_on(cell.get_or_try_init(|| async {
        effects.leave();
        Err::<Value, ()>(())
    }));
    if let Ok(value) = result {
        value.get();
    }
}

pub(crate) fn panic(cell: &Cell, effects: &Effects) {
    panics(|| {
        block_on(cell.get_or_init(|| async {
            effects.leave();
            panic_quietly()
        }))
        .get();
    });
}

/// Cancelled as the leader, whose initialiser is pending, or as a waiter.
pub(crate) fn cancel(cell: &Cell, effects: &Effects) {
    let value = poll_and_drop(cell.get_or_init(|| {
        effects.leave();
        core::future::pending()
    }));
    if let Some(value) = value {
        value.get();
    }
}

pub(crate) fn wait(cell: &Cell, _: &Effects) {
    block_on(cell.wait()).get();
}

pub(crate) fn cancel_wait(cell: &Cell, _: &Effects) {
    if let Some(value) = poll_and_drop(cell.wait()) {
        value.get();
    }
}

pub(crate) fn lead(cell: &Cell, effects: &Effects) {
    let value = match block_on(cell.lead()) {
        Lead::Ready(value) => value,
        Lead::Leader(guard) => {
            effects.leave();
            guard.set(Value::new(3))
        }
    };
    value.get();
}

pub(crate) fn resign(cell: &Cell, effects: &Effects) {
    match block_on(cell.lead()) {
        Lead::Ready(value) => drop(value.get()),
        Lead::Leader(guard) => {
            effects.leave();
            drop(guard);
        }
    }
}

pub(crate) fn try_lead(cell: &Cell, effects: &Effects) {
    match cell.try_lead() {
        TryLead::Ready(value) => drop(value.get()),
        TryLead::Busy => {}
        TryLead::Leader(guard) => {
            effects.leave();
            guard.set(Value::new(4)).get();
        }
    }
}

pub(crate) fn init_blocking(cell: &Cell, effects: &Effects) {
    cell.get_or_init_blocking(|| {
        effects.leave();
        Value::new(5)
    })
    .get();
}

pub(crate) fn fail_blocking(cell: &Cell, effects: &Effects) {
    let result = cell.get_or_try_init_blocking(|| {
        effects.leave();
        Err(())
    });
    if let Ok(value) = result {
        value.get();
    }
}

pub(crate) fn wait_blocking(cell: &Cell, _: &Effects) {
    cell.wait_blocking().get();
}
