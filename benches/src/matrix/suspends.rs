//! Async cells as contestants.

use super::cells::{Called, Init};
use crate::peer::AsyncPeer;

/// An async cell: the initialiser sleeps, its worker does not.
#[derive(Debug)]
pub struct Suspends<P>(pub P);

impl<P: AsyncPeer> Default for Suspends<P> {
    fn default() -> Self {
        Self(P::new())
    }
}

impl<P: AsyncPeer> Called for Suspends<P> {
    const NAME: &'static str = P::NAME;

    async fn call(&self, init: &Init) -> u64 {
        *self.0.get_or_init(|| init.asleep()).await
    }
}
