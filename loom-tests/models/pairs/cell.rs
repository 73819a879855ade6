//! A cell. The second thread of each pair ends with `finish`, so that a waiter is
//! released in any case.

use bellwether_loom::{Lead, SetError, Status, TryLead};

use super::super::support::{
    Bell, Cell, Effects, Value, block_on, block_on_with, panic_quietly, panics, poll_and_drop,
};
use super::Subject;

pub(crate) struct Shared {
    cell: Cell,
    effects: Effects,
}

impl Subject for Shared {
    fn new() -> Self {
        Self { cell: Cell::new(), effects: Effects::new() }
    }

    /// Whatever ran, nobody leads now, and the cell can still be set.
    fn settle(&self) {
        let _ = self.cell.set(Value::new(8));
        assert!(self.cell.get().is_some());
        assert!(matches!(self.cell.try_lead(), TryLead::Ready(_)));
    }
}

fn finish(Shared { cell, .. }: &Shared, _: usize) {
    match cell.set(Value::new(9)) {
        Ok(value) => assert_eq!(value.get(), 9),
        Err(SetError::AlreadySet(value)) => {
            assert_eq!(value.get(), 9);
            assert!(cell.get().expect("already set").get() < 9);
        }
        Err(error) => drop(error.into_inner()),
    }
}

/// Also asks for the status, whose `Ready` is for good.
fn get(Shared { cell, .. }: &Shared, _: usize) {
    let ready = cell.status() == Status::Ready;
    match cell.get() {
        Some(value) => drop(value.get()),
        None => assert!(!ready, "a ready cell has its value"),
    }
}

fn set(Shared { cell, .. }: &Shared, _: usize) {
    match cell.set(Value::new(1)) {
        Ok(value) => assert_eq!(value.get(), 1),
        Err(SetError::AlreadySet(value)) => {
            assert_eq!(value.get(), 1);
            cell.get().expect("it said so").get();
        }
        Err(error) => assert_eq!(error.into_inner().get(), 1),
    }
}

fn init(Shared { cell, effects }: &Shared, _: usize) {
    block_on(cell.get_or_init(|| async {
        effects.leave();
        Value::new(2)
    }))
    .get();
}

fn fail(Shared { cell, effects }: &Shared, _: usize) {
    let result = block_on(cell.get_or_try_init(|| async {
        effects.leave();
        Err::<Value, ()>(())
    }));
    if let Ok(value) = result {
        value.get();
    }
}

fn panic(Shared { cell, effects }: &Shared, _: usize) {
    panics(|| {
        block_on(cell.get_or_init(|| async {
            effects.leave();
            panic_quietly()
        }))
        .get();
    });
}

/// Cancelled as the leader, whose initialiser is pending, or as a waiter.
fn cancel(Shared { cell, effects }: &Shared, _: usize) {
    let value = poll_and_drop(cell.get_or_init(|| {
        effects.leave();
        core::future::pending()
    }));
    if let Some(value) = value {
        value.get();
    }
}

fn wait(Shared { cell, .. }: &Shared, _: usize) {
    block_on(cell.wait()).get();
}

/// As above, by a bell: beside another who waits.
fn ring(Shared { cell, .. }: &Shared, _: usize) {
    block_on_with::<Bell, _>(cell.wait()).get();
}

fn cancel_wait(Shared { cell, .. }: &Shared, _: usize) {
    if let Some(value) = poll_and_drop(cell.wait()) {
        value.get();
    }
}

fn lead(Shared { cell, effects }: &Shared, _: usize) {
    let value = match block_on(cell.lead()) {
        Lead::Ready(value) => value,
        Lead::Leader(guard) => {
            effects.leave();
            guard.set(Value::new(3))
        }
    };
    value.get();
}

fn resign(Shared { cell, effects }: &Shared, _: usize) {
    match block_on(cell.lead()) {
        Lead::Ready(value) => drop(value.get()),
        Lead::Leader(guard) => {
            effects.leave();
            drop(guard);
        }
    }
}

fn try_lead(Shared { cell, effects }: &Shared, _: usize) {
    match cell.try_lead() {
        TryLead::Ready(value) => drop(value.get()),
        TryLead::Busy => {}
        TryLead::Leader(guard) => {
            effects.leave();
            guard.set(Value::new(4)).get();
        }
    }
}

fn init_blocking(Shared { cell, effects }: &Shared, _: usize) {
    cell.get_or_init_blocking(|| {
        effects.leave();
        Value::new(5)
    })
    .get();
}

fn fail_blocking(Shared { cell, effects }: &Shared, _: usize) {
    let result = cell.get_or_try_init_blocking(|| {
        effects.leave();
        Err(())
    });
    if let Ok(value) = result {
        value.get();
    }
}

fn wait_blocking(Shared { cell, .. }: &Shared, _: usize) {
    cell.wait_blocking().get();
}

#[rustfmt::skip]
pairs! {
    Shared, "", 105;
    get_beside_get = get | get finish, 3, 8;
    get_beside_set = get | set finish, 3, 8;
    get_beside_init = get | init finish, 3, 8;
    get_beside_fail = get | fail finish, 3, 30;
    get_beside_panic = get | panic finish, 3, 30;
    get_beside_cancel = get | cancel finish, 3, 30;
    wait_beside_get = wait | get finish, 3, 100;
    get_beside_cancel_wait = get | cancel_wait finish, 3, 80;
    get_beside_lead = get | lead finish, 3, 8;
    get_beside_resign = get | resign finish, 3, 30;
    get_beside_try_lead = get | try_lead finish, 3, 8;
    get_beside_init_blocking = get | init_blocking finish, 3, 8;
    get_beside_fail_blocking = get | fail_blocking finish, 3, 30;
    wait_blocking_beside_get = wait_blocking | get finish, 3, 40;
    set_beside_set = set | set finish, 3, 10;
    set_beside_init = set | init finish, 3, 40;
    set_beside_fail = set | fail finish, 3, 80;
    set_beside_panic = set | panic finish, 3, 80;
    set_beside_cancel = set | cancel finish, 3, 70;
    wait_beside_set = wait | set finish, 3, 100;
    set_beside_cancel_wait = set | cancel_wait finish, 3, 900;
    set_beside_lead = set | lead finish, 3, 40;
    set_beside_resign = set | resign finish, 3, 80;
    set_beside_try_lead = set | try_lead finish, 3, 10;
    set_beside_init_blocking = set | init_blocking finish, 3, 10;
    set_beside_fail_blocking = set | fail_blocking finish, 3, 50;
    wait_blocking_beside_set = wait_blocking | set finish, 3, 50;
    init_beside_init = init | init finish, 3, 100;
    init_beside_fail = init | fail finish, 3, 2000;
    init_beside_panic = init | panic finish, 3, 2000;
    init_beside_cancel = init | cancel finish, 3, 2000;
    wait_beside_init = wait | init finish, 3, 100;
    init_beside_cancel_wait = init | cancel_wait finish, 3, 2000;
    init_beside_lead = init | lead finish, 3, 100;
    init_beside_resign = init | resign finish, 3, 2000;
    init_beside_try_lead = init | try_lead finish, 3, 100;
    init_beside_init_blocking = init | init_blocking finish, 3, 100;
    init_beside_fail_blocking = init | fail_blocking finish, 3, 2000;
    wait_blocking_beside_init = wait_blocking | init finish, 3, 50;
    fail_beside_fail = fail | fail finish, 3, 2000;
    fail_beside_panic = fail | panic finish, 3, 2000;
    fail_beside_cancel = fail | cancel finish, 3, 2000;
    wait_beside_fail = wait | fail finish, 3, 1000;
    fail_beside_cancel_wait = fail | cancel_wait finish, 3, 1000;
    fail_beside_lead = fail | lead finish, 3, 100;
    fail_beside_resign = fail | resign finish, 3, 2000;
    fail_beside_try_lead = fail | try_lead finish, 3, 100;
    fail_beside_init_blocking = fail | init_blocking finish, 3, 100;
    fail_beside_fail_blocking = fail | fail_blocking finish, 3, 2000;
    wait_blocking_beside_fail = wait_blocking | fail finish, 3, 400;
    panic_beside_panic = panic | panic finish, 3, 2000;
    panic_beside_cancel = panic | cancel finish, 3, 2000;
    wait_beside_panic = wait | panic finish, 3, 1000;
    panic_beside_cancel_wait = panic | cancel_wait finish, 3, 1000;
    panic_beside_lead = panic | lead finish, 3, 100;
    panic_beside_resign = panic | resign finish, 3, 2000;
    panic_beside_try_lead = panic | try_lead finish, 3, 100;
    panic_beside_init_blocking = panic | init_blocking finish, 3, 100;
    panic_beside_fail_blocking = panic | fail_blocking finish, 3, 2000;
    wait_blocking_beside_panic = wait_blocking | panic finish, 3, 400;
    cancel_beside_cancel = cancel | cancel finish, 3, 1000;
    wait_beside_cancel = wait | cancel finish, 3, 1000;
    cancel_beside_cancel_wait = cancel | cancel_wait finish, 3, 2000;
    cancel_beside_lead = cancel | lead finish, 3, 200;
    cancel_beside_resign = cancel | resign finish, 3, 1000;
    cancel_beside_try_lead = cancel | try_lead finish, 3, 200;
    cancel_beside_init_blocking = cancel | init_blocking finish, 3, 200;
    cancel_beside_fail_blocking = cancel | fail_blocking finish, 3, 1000;
    wait_blocking_beside_cancel = wait_blocking | cancel finish, 3, 400;
    wait_beside_cancel_wait = wait | cancel_wait finish, 3, 5000;
    wait_beside_lead = wait | lead finish, 3, 100;
    wait_beside_resign = wait | resign finish, 3, 1000;
    wait_beside_try_lead = wait | try_lead finish, 3, 100;
    wait_beside_init_blocking = wait | init_blocking finish, 3, 100;
    wait_beside_fail_blocking = wait | fail_blocking finish, 3, 1000;
    cancel_wait_beside_cancel_wait = cancel_wait | cancel_wait finish, 3, 7000;
    cancel_wait_beside_lead = cancel_wait | lead finish, 3, 300;
    cancel_wait_beside_resign = cancel_wait | resign finish, 3, 2000;
    cancel_wait_beside_try_lead = cancel_wait | try_lead finish, 3, 300;
    cancel_wait_beside_init_blocking = cancel_wait | init_blocking finish, 3, 300;
    cancel_wait_beside_fail_blocking = cancel_wait | fail_blocking finish, 3, 2000;
    wait_blocking_beside_cancel_wait = wait_blocking | cancel_wait finish, 3, 1000;
    lead_beside_lead = lead | lead finish, 3, 100;
    lead_beside_resign = lead | resign finish, 3, 1000;
    lead_beside_try_lead = lead | try_lead finish, 3, 60;
    lead_beside_init_blocking = lead | init_blocking finish, 3, 70;
    lead_beside_fail_blocking = lead | fail_blocking finish, 3, 1000;
    wait_blocking_beside_lead = wait_blocking | lead finish, 3, 50;
    resign_beside_resign = resign | resign finish, 3, 1000;
    resign_beside_try_lead = resign | try_lead finish, 3, 60;
    resign_beside_init_blocking = resign | init_blocking finish, 3, 70;
    resign_beside_fail_blocking = resign | fail_blocking finish, 3, 1000;
    wait_blocking_beside_resign = wait_blocking | resign finish, 3, 400;
    try_lead_beside_try_lead = try_lead | try_lead finish, 3, 10;
    try_lead_beside_init_blocking = try_lead | init_blocking finish, 3, 10;
    try_lead_beside_fail_blocking = try_lead | fail_blocking finish, 3, 50;
    wait_blocking_beside_try_lead = wait_blocking | try_lead finish, 3, 50;
    init_blocking_beside_init_blocking = init_blocking | init_blocking finish, 3, 50;
    init_blocking_beside_fail_blocking = init_blocking | fail_blocking finish, 3, 1000;
    wait_blocking_beside_init_blocking = wait_blocking | init_blocking finish, 3, 50;
    fail_blocking_beside_fail_blocking = fail_blocking | fail_blocking finish, 3, 1000;
    wait_blocking_beside_fail_blocking = wait_blocking | fail_blocking finish, 3, 400;
    wait_beside_wait = ring | ring | finish, 1, 1146;
    wait_beside_wait_blocking = ring | wait_blocking | finish, 1, 1424;
    wait_blocking_beside_wait_blocking = wait_blocking | wait_blocking | finish, 1, 590;
}
