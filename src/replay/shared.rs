//! What is behind each form of a buffer: the log, and what is said about it.

use super::log::Log;
use super::store::Store;

/// All that a buffer is. Its parts are for this module's eyes.
pub struct Shared<S: Store, H> {
    pub(super) log: Log<S>,
    pub(super) epoch: u64,
    /// By its size, if `None`.
    pub(super) weigh: Option<fn(&S::Event) -> usize>,
    pub(super) hooks: H,
}
