//! What is made of a run: see `src/bin/report.rs`.
//!
//! | file | what it is |
//! |---|---|
//! | `report/data.rs` | `matrix.csv`, read again |
//! | `report/environment.rs` | where a run was made, and with what |
//! | `report/plot.rs` | pictures of the matrix |
//! | `report/markdown.rs` | tables that were printed, read again |
//! | `report/better.rs` | who is better at what |
//! | `report/compare.rs` | two runs side by side |
//! | `report/readme.rs` | the part of the project's README that is written from a run |

pub mod better;
pub mod compare;
pub mod data;
pub mod environment;
pub mod markdown;
pub mod plot;
pub mod readme;
