//! The parts of the benches' matrix that the scenario is made of.
#![allow(dead_code, unused_macros, reason = "the benches use more")]

#[path = "../../benches/src/matrix/cells.rs"]
pub(crate) mod cells;
#[path = "../../benches/src/matrix/cold_start.rs"]
pub(crate) mod cold_start;
#[path = "../../benches/src/matrix/measured.rs"]
pub(crate) mod measured;
#[path = "../../benches/src/matrix/stage.rs"]
pub(crate) mod stage;
