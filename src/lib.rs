// Its examples have `std`.
#![cfg_attr(any(feature = "std", not(doctest)), doc = include_str!("../README.md"))]
#![no_std]
#![deny(clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "std")]
mod block_on;
pub mod error;
mod histogram;
pub mod hooks;
pub mod metrics;
mod once;
pub mod replay;
mod sync;
mod waiters;

pub use error::SetError;
#[cfg(all(feature = "std", not(bellwether_modelled)))]
pub use histogram::ThreadShard;
pub use histogram::{
    Bucket, Buckets, Consistency, DeltaError, ExactHistogram, Grid, Histogram, Nanos, Plain, Plot,
    QuantileError, Recorder, ShardKey, ShardedHistogram, SingleWriter, Snapshot,
};
#[cfg(feature = "std")]
pub use hooks::InstantClock;
pub use hooks::{CallSite, Clock, EvictReason, InitOutcome, OnceHooks, ReplayHooks, WaitOutcome};
pub use metrics::{Metrics, OnceMetrics, ReplayMetrics};
pub use once::{
    GetOrInit, GetOrTryInit, InitGuard, Lead, LeadFuture, OnceCell, Status, TryLead, Wait,
};

#[cfg(feature = "futures-core")]
pub use replay::EventStream;
#[cfg(feature = "alloc")]
pub use replay::{Budget, BuildError, Builder as ReplayBuilder, PlainBuffer, ReplayBuffer, Weigh};
pub use replay::{
    Event, Handle as ReplayHandle, Missed, PlainArray, Producer, PublishError, Receipt, RecvError,
    Replay, ReplayArray, Resume, SingleProducer, Start, Stats as ReplayStats, Store as ReplayStore,
    Subscriber, Token, TokenError, TryRecvError,
};

/// Why the crate has the shape it has, what orders what, and what it cannot do.
#[cfg(any(doc, doctest))]
pub mod docs {
    #[doc = include_str!("../docs/design.md")]
    pub mod design {}
    #[doc = include_str!("../docs/limitations.md")]
    pub mod limitations {}
    #[doc = include_str!("../docs/orderings.md")]
    pub mod orderings {}
}

/// The counter of targets without 64-bit atomics, for the models.
#[cfg(bellwether_modelled)]
pub use histogram::Pair;
/// What gives threads their numbers, in a size that the models choose.
#[cfg(bellwether_modelled)]
pub use histogram::{Lease, Pool};
/// A buffer's side of a budget.
#[cfg(bellwether_modelled)]
pub use replay::{Room, Share, Shed};
/// What the models and the mutation run need from the seam.
#[cfg(bellwether_loom)]
pub use sync::probe;
