//! `Send`, `Sync`, `Unpin`, `UnwindSafe` and `RefUnwindSafe` of every public type, for
//! payloads that have all of these and for payloads that lack some: each is asked of the
//! compiler, and compared with a table.
//!
//! | file | what |
//! |---|---|
//! | `answers.rs` | how the compiler is asked; what a row of a table is |
//! | `kinds.rs` | the payloads |
//! | `once.rs`, `histogram.rs`, `metrics.rs`, `replay.rs`, `heap.rs` | the tables |

use core::cell::{Cell, UnsafeCell};
use core::marker::PhantomPinned;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{MutexGuard, OnceLock};

use answers::{Asks, Row, Table, answers};
use bellwether::{Lead, OnceCell};

mod answers;
mod heap;
mod histogram;
mod kinds;
mod metrics;
mod once;
mod replay;

/// Each public item on a line: see the package `api`.
const API: &str = include_str!("../../docs/api.txt");

fn tables() -> Vec<Table> {
    vec![once::table(), histogram::table(), metrics::table(), replay::table(), heap::table()]
}

/// Five traits of each kind.
fn asked(row: &Row) -> usize {
    5 * row.found.len()
}

#[test]
fn every_answer_is_as_in_the_table() {
    let mut wrong = String::new();
    for row in tables().iter().flat_map(|table| &table.rows) {
        let mut found = row.found.clone();
        found.dedup();
        if found.len() > 1 {
            found = row.found.clone();
        }
        if found.join(" ") != row.expected {
            wrong += &format!("{:?} {}\n", found.join(" "), row.about);
        }
    }
    let answers: usize = tables().iter().flat_map(|table| &table.rows).map(asked).sum();
    println!("figure answers {answers}");
    assert!(wrong.is_empty(), "the compiler says otherwise:\n{wrong}");
}

/// Types, and functions that return a type without a name.
fn declared() -> BTreeSet<String> {
    let types = API.lines().filter_map(|line| {
        let (kind, rest) = line.split_once("pub ")?.1.split_once(' ')?;
        let path = path(rest);
        // What belongs to a trait or to an implementation is not a type of its own.
        let module = path.strip_prefix("bellwether::")?.rsplit_once("::");
        let own = !module.is_some_and(|(module, _)| module.contains(char::is_uppercase));
        (["struct", "enum", "union", "type"].contains(&kind) && own).then_some(path)
    });
    let functions = API.lines().filter_map(|line| {
        let (function, returned) = line.split_once("pub fn ")?.1.split_once(" -> ")?;
        returned.contains("impl ").then(|| path(function))
    });
    types.chain(functions).collect()
}

/// Without what stands in `<>`.
fn path(item: &str) -> String {
    let mut depth = 0;
    let mut path = String::new();
    for c in item.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth > 0 => {}
            _ if c.is_alphanumeric() || c == '_' || c == ':' => path.push(c),
            _ => break,
        }
    }
    path.trim_end_matches(':').to_string()
}

#[test]
fn the_table_is_about_every_public_type_and_future() {
    let declared = declared();
    assert!(declared.len() > 60, "docs/api.txt is not understood: {declared:?}");
    let told: BTreeSet<String> =
        tables().iter().flat_map(|table| &table.names).map(|name| name.to_string()).collect();
    let differ: Vec<_> = declared.symmetric_difference(&told).collect();
    assert!(differ.is_empty(), "in docs/api.txt or in the table, not in both: {differ:?}");
}

#[test]
fn payloads_are_what_they_are_called() {
    let kinds = kinds::each!(<X>);
    assert_eq!(kinds, ["SYPUR", "S-PU-", "-YPUR", "--PUR", "SY-UR", "SYP-R"]);
    assert_eq!(answers!(Asks::<*mut UnsafeCell<u8>>::NEW), "--P--");
}

macro_rules! agrees_with_std {
    ($($value:ty),* $(,)?) => {$(
        assert_eq!(
            answers!(Asks::<OnceCell<$value>>::NEW),
            answers!(Asks::<OnceLock<$value>>::NEW),
            stringify!($value),
        );
    )*};
}

#[test]
fn the_cell_is_what_std_makes_of_its_own() {
    agrees_with_std!(
        u32,
        Cell<u8>,
        MutexGuard<'static, u8>,
        Rc<u8>,
        PhantomPinned,
        UnsafeCell<u8>,
        &'static mut u8,
        std::sync::Mutex<u8>,
        std::sync::Mutex<Rc<u8>>,
        Box<dyn core::any::Any>,
        Box<dyn core::any::Any + Send>,
        *const u8,
    );
}

#[test]
fn futures_of_async_blocks_are_send_when_they_can_be() {
    fn is_send(future: impl Future + Send) -> impl Future {
        future
    }
    static CELL: OnceCell<String> = OnceCell::new();
    let _unpolled = (
        is_send(async { CELL.get_or_init(|| async { String::new() }).await.len() }),
        is_send(async { CELL.get_or_try_init(|| async { Err(()) }).await.is_ok() }),
        is_send(async { CELL.wait().await.len() }),
        is_send(async {
            if let Lead::Leader(guard) = CELL.lead().await {
                CELL.wait().await;
                guard.set(String::new());
            }
        }),
    );
}
