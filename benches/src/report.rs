//! What is made of a run: see `src/bin/report.rs`.
//!
//! | file | what it is |
//! |---|---|
//! | `report/data.rs` | `matrix.csv`, read again |
//! | `report/environment.rs` | where a run was made, and with what |
//! | `report/plot.rs` | pictures of the matrix |
//! | `report/compare.rs` | two runs side by side; who is better at what |
//! | `report/readme.rs` | the part of the project's README that is written from a run |

pub mod compare;
pub mod data;
pub mod environment;
pub mod plot;
pub mod readme;
