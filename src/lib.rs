#![doc = include_str!("../README.md")]
#![no_std]
#![deny(clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

pub mod error;
pub mod hooks;
mod once;
mod sync;
mod waiters;

pub use error::SetError;
pub use hooks::{InitOutcome, OnceHooks, WaitOutcome};
pub use once::{
    GetOrInit, GetOrTryInit, InitGuard, Lead, LeadFuture, OnceCell, Status, TryLead, Wait,
};

/// What the models and the mutation run need from the seam.
#[cfg(bellwether_loom)]
pub use sync::probe;
