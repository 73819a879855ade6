//! The paths of one thread whose instructions are counted: see `callgrind.rs`.

use core::time::Duration;
use std::path::Path;

use crate::callgrind::{self, Locked};
use crate::floor::{self, Floor};
use crate::peer::{AsyncPeer, SyncPeer};
use crate::recording::{Recording, work::record};
use crate::replaying::{Replaying, forms, work::alone};
use crate::wakers::Wakers;
use crate::{crowd, each_async, each_of, each_recording, each_replaying, work};

/// A contestant, and what does the work so often.
type Peer = (&'static str, fn(u64) -> Duration);

/// A work, and who does it.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is done.
    pub name: &'static str,
    /// How often it is done to count it.
    pub n: u64,
    /// Who does it.
    pub peers: Vec<Peer>,
}

/// What one operation takes, with its turn of the loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Each {
    /// Instructions.
    pub instructions: f64,
    /// Those that lock, where that can be told.
    pub locked: Option<f64>,
}

/// Of cells, of buffers, of histograms.
#[must_use]
pub fn groups() -> [Vec<Row>; 3] {
    [cells(), buffers(), histograms()]
}

fn cells() -> Vec<Row> {
    let mut all = vec![];
    let mut peers: Vec<Peer> = vec![];
    let mut end = |name, n, peers: &mut Vec<_>| {
        all.push(Row { name, n, peers: core::mem::take(peers) });
    };
    each_of!(P => peers.push((<P as SyncPeer>::NAME, work::get::<P>)),
        Floor, std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, work::get_async::<P>)));
    end("`get`, ready", 1_600, &mut peers);
    peers.push((Floor::NAME, |n| floor::ready_await(n, work::UNROLLED)));
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, work::ready_await::<P>)));
    end("`get_or_init(..).await`, ready", 1_600, &mut peers);
    each_of!(P => peers.push((<P as SyncPeer>::NAME, work::fresh_sync::<P>)),
        Floor, std::sync::OnceLock<u64>, once_cell::sync::OnceCell<u64>);
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, work::fresh::<P>)));
    end("new + init + drop", 1_000, &mut peers);
    peers.push((Floor::NAME, |n| {
        crowd::park_and_wake_floor(n as usize, &Wakers::distinct(n as usize))
    }));
    each_async!(P => peers.push((<P as AsyncPeer>::NAME, |n| {
        crowd::park_and_wake::<P>(n as usize, &Wakers::distinct(n as usize))
    })));
    // A multiple of all batches of wake-ups.
    end("park and wake, per waiter", 1_024, &mut peers);
    all
}

fn buffers() -> Vec<Row> {
    let mut peers: Vec<Peer> = vec![];
    each_replaying!(P of u64 => peers.push((<P as Replaying<u64>>::NAME, alone::<P, u64>)));
    // The first is among them already.
    peers.extend(forms::FORMS[1..6].iter().map(|(name, _, run)| (*name, *run)));
    vec![Row { name: "publish + try_recv, `u64`", n: 2_048, peers }]
}

fn histograms() -> Vec<Row> {
    let mut peers: Vec<Peer> = vec![];
    each_recording!(P => peers.push((<P as Recording>::NAME, |n| record::<P>(n, 1))));
    vec![Row { name: "record a duration", n: 1_000, peers }]
}

/// Counts by running `program`, which is the `instructions` of this package, with n and
/// with 2 n: without whatever comes before and after.
///
/// # Errors
///
/// What callgrind said.
pub fn count(program: &Path, row: &Row, peer: &str, known: &mut Locked) -> Result<Each, String> {
    let mut run = |n: u64| callgrind::run(program, &[row.name, peer, &n.to_string()], known);
    let (once, twice) = (run(row.n)?, run(2 * row.n)?);
    let each = |once: u64, twice: u64| (twice as f64 - once as f64) / row.n as f64;
    Ok(Each {
        instructions: each(once.instructions, twice.instructions),
        locked: once.locked.zip(twice.locked).map(|(once, twice)| each(once, twice)),
    })
}
