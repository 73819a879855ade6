//! Linearizability: whether what several threads were answered could have been
//! answered to one thread, in an order that nobody can tell from what happened.
//!
//! | file | what |
//! |---|---|
//! | `check.rs` | a sequential specification, and the search for an order |
//! | `history.rs` | what was asked and answered when, by two kinds of clocks |
//! | `dice.rs` | numbers from a seed |
//! | `run.rs` | a primitive; one scenario from its beginning to the search |
//! | `tally.rs` | many runs of one scenario, and of many |
//! | `task.rs` | futures, driven by a thread |
//! | `once.rs`, `replay.rs`, `histogram.rs` | the primitives |
//! | `broken.rs` | primitives that are wrong on purpose, and must be found out |
//!
//! Each primitive has a `spec.rs`, what it answers to one thread; a `scenes.rs`,
//! what threads do, from a seed; and a `subject.rs`, the same asked of a real one.
//!
//! Whoever includes this says in a module `under_test` what it runs on: loom, shuttle
//! or the system's threads.

pub(crate) mod check;
pub(crate) mod dice;
pub(crate) mod histogram;
pub(crate) mod history;
pub(crate) mod once;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod tally;
pub(crate) mod task;
