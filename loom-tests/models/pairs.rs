//! Every unordered pair of a type's operations, each on a thread of its own.
//!
//! A subject is what the operations share; each operation checks what it is told, and
//! the subject checks at the end that the accounts of all of them agree. A table says
//! for each model the threads, each a sequence of operations, the preemptions that
//! `cargo test` explores, and the floor:
//!
//! ```text
//! publish_beside_close = publish | close, 3, 50;
//! wait_beside_read = wait | read close, 3, 90;        the second thread releases the first
//! wait_beside_wait = wait | wait | close, 2, 40;
//! ```
//!
//! | table | subject |
//! |---|---|
//! | `cell.rs` | a cell |
//! | `replay/heap.rs`, `array.rs`, `plain.rs`, `single.rs` | the forms of a replay buffer |
//! | `budget.rs` | buffers under one budget |
//! | `histogram/*.rs` | the forms of a histogram |
//! | `metrics/*.rs` | the metrics of a cell and of a replay buffer |

use std::sync::Arc;

use loom::thread;

use super::support::Model;

/// What the operations of a model share.
pub(crate) trait Subject: 'static {
    fn new() -> Self;

    /// All threads are through: do their accounts agree?
    fn settle(&self);
}

/// An operation, on the thread with this number, from 0 on.
pub(crate) type Operation<S> = fn(&S, usize);

/// Runs each sequence on a thread of its own, the last on the model's first thread.
pub(crate) fn beside<S: Subject>(threads: &[&'static [Operation<S>]]) {
    // Handles are counted by the system's `Arc`, so that a handle orders nothing.
    let subject = Arc::new(S::new());
    let (last, others) = threads.split_last().expect("one thread at least");
    let others: Vec<_> = others
        .iter()
        .enumerate()
        .map(|(number, &sequence)| {
            let subject = subject.clone();
            thread::spawn(move || sequence.iter().for_each(|operation| operation(&subject, number)))
        })
        .collect();
    last.iter().for_each(|operation| operation(&subject, others.len()));
    others.into_iter().for_each(|thread| thread.join().unwrap());
    subject.settle();
}

/// A table as above: the models' names get the prefix, and together have so many weak
/// compare-exchanges to fail, by half; none, if there are none.
macro_rules! pairs {
    (
        $subject:ty, $prefix:literal, $weak:literal;
        $($name:ident = $($($operation:ident)+)|+, $bound:literal, $floor:literal;)+
    ) => {
        pub(crate) const PAIRS: &[$crate::models::support::Model] = &[
            $(each::$name),+
        ];

        pub(crate) mod each {
            use super::*;

            $(
                #[allow(non_upper_case_globals, reason = "a model is named as its test")]
                pub(crate) const $name: $crate::models::support::Model =
                    $crate::models::support::Model {
                        name: concat!($prefix, stringify!($name)),
                        bound: Some($bound),
                        floor: $floor,
                        run: || {
                            const THREADS: &[&[$crate::models::pairs::Operation<$subject>]] =
                                &[$(&[$(super::$operation),+]),+];
                            $crate::models::pairs::beside::<$subject>(THREADS);
                        },
                    };
            )+

            #[cfg(test)]
            mod tests {
                $(#[test]
                fn $name() {
                    super::$name.test();
                })+

                /// Each weak compare-exchange in turn fails once, in every model.
                #[test]
                fn weak_compare_exchanges_fail() {
                    $crate::models::support::fail_each_weak(super::super::PAIRS, $weak);
                }
            }
        }
    };
}

pub(crate) mod budget;
pub(crate) mod cell;
pub(crate) mod histogram;
pub(crate) mod metrics;
pub(crate) mod replay;

const TABLES: &[&[Model]] = &[
    cell::PAIRS,
    replay::heap::PAIRS,
    replay::array::PAIRS,
    replay::plain::PAIRS,
    replay::single::PAIRS,
    budget::PAIRS,
    histogram::shared::PAIRS,
    histogram::sharded::PAIRS,
    histogram::exact::PAIRS,
    histogram::single_writer::PAIRS,
    metrics::once::PAIRS,
    metrics::replay::PAIRS,
];

/// All tables, one after the other.
pub(crate) const PAIRS: &[Model] = &{
    let mut all = [TABLES[0][0]; count()];
    let (mut table, mut at) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[at] = TABLES[table][row];
            at += 1;
            row += 1;
        }
        table += 1;
    }
    all
};

const fn count() -> usize {
    let (mut count, mut table) = (0, 0);
    while table < TABLES.len() {
        count += TABLES[table].len();
        table += 1;
    }
    count
}
