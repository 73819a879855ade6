//! Linearizability: whether what several threads were answered could have been
//! answered to one thread, in an order that nobody can tell from what happened.
//!
//! | file | what |
//! |---|---|
//! | `check.rs` | a sequential specification, and the search for an order |
//! | `history.rs` | what was asked and answered when, by two kinds of clocks |
//! | `replay_spec.rs` | what a replay buffer answers to one thread |
//! | `replay_subject.rs` | the same asked of a real one |
//! | `scenario.rs` | what threads do, from a seed |
//! | `run.rs` | one scenario from its beginning to the search |
//!
//! Only the three files about the replay buffer are about one primitive.

pub(crate) mod check;
pub(crate) mod history;
pub(crate) mod replay_spec;
pub(crate) mod replay_subject;
pub(crate) mod run;
pub(crate) mod scenario;
