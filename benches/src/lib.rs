//! The bench suite: peers behind adapters that first prove that the work is done.
//!
//! | file | what it is |
//! |---|---|
//! | `peer.rs` | the adapter traits, and a list of all who implement them |
//! | `peers.rs` | the peers |
//! | `floor.rs` | what the work costs without a cell |
//! | `prove.rs` | the peers do the work: called before anything is timed |
//! | `wakers.rs` | wakers that count, and executors that obey them |
//! | `work.rs`, `crowd.rs` | the timed work: one caller; many waiters |
//! | `clock.rs` | the time that a thread spends on a core |
//! | `watched.rs` | this crate's cell with metrics |
//! | `rounds.rs` | peers in turn within a round, medians over rounds |
//! | `table.rs` | Markdown |
//! | `allocations.rs` | a global allocator that counts when it is asked to |
//! | `callgrind.rs`, `instructions.rs` | instructions, and those of them that lock; of what |
//! | `counts.rs` | bytes, allocations, clones, wakes and polls of cells |
//! | `matrix.rs` | workloads on 4 to 32 workers |
//! | `recording.rs` | histograms: adapters, proofs, and the timed work of threads |
//! | `replaying.rs` | replay buffers: adapters, proofs, and the timed work |
//! | `report.rs` | what is made of a run |
//! | `herd.rs` | many sessions under one bound of bytes |

pub mod allocations;
pub mod callgrind;
pub mod clock;
pub mod counts;
pub mod crowd;
pub mod floor;
pub mod herd;
pub mod instructions;
pub mod matrix;
pub mod peer;
pub mod peers;
pub mod prove;
pub mod recording;
pub mod replaying;
pub mod report;
pub mod rounds;
pub mod table;
pub mod wakers;
pub mod watched;
pub mod work;
