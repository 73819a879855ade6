//! Cells as contestants, called from tasks. (Those that suspend are in a file of their own:
//! Rust 1.85 cannot compile it, and compiles this one for the incident.)

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::thread;

use super::stage::Clock;
use crate::peer::SyncPeer;

/// A cell that is called from a task.
pub trait Called: Default + Send + Sync + 'static {
    /// As the table calls it.
    const NAME: &'static str;

    /// How many initialisers run for one value.
    const INITS: u64 = 1;

    /// The value; `init` notes that the initialiser ran, and when it ended.
    fn call(&self, init: &Init) -> impl Future<Output = u64> + Send;
}

/// What the initialiser leaves behind.
#[derive(Debug)]
pub struct Init {
    takes: Duration,
    clock: Clock,
    runs: AtomicU64,
    ended: AtomicU64,
}

impl Init {
    /// One that takes so long.
    #[must_use]
    pub fn new(takes: Duration, clock: Clock) -> Self {
        Self { takes, clock, runs: AtomicU64::new(0), ended: AtomicU64::new(0) }
    }

    /// How often it ran.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.load(Relaxed)
    }

    /// When it ended, the last time.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.ended.load(Relaxed)
    }

    fn end(&self) -> u64 {
        self.runs.fetch_add(1, Relaxed);
        self.ended.store(self.clock.now(), Relaxed);
        1
    }

    /// As tasks do it: the worker does something else meanwhile.
    pub async fn asleep(&self) -> u64 {
        tokio::time::sleep(self.takes).await;
        self.end()
    }

    /// As threads do it.
    pub fn blocked(&self) -> u64 {
        thread::sleep(self.takes);
        self.end()
    }
}

/// A blocking cell called from tasks, as the incident had it.
#[derive(Debug)]
pub struct Blocks<P>(pub P);

impl<P: SyncPeer> Default for Blocks<P> {
    fn default() -> Self {
        Self(P::new())
    }
}

impl<P: SyncPeer> Called for Blocks<P> {
    const NAME: &'static str = P::NAME;

    async fn call(&self, init: &Init) -> u64 {
        *self.0.get_or_init(|| init.blocked())
    }
}

/// The harness: the callers get through the door, and want nothing.
#[derive(Debug, Default)]
pub struct Nothing;

impl Called for Nothing {
    const NAME: &'static str = "no cell";
    const INITS: u64 = 0;

    async fn call(&self, _: &Init) -> u64 {
        1
    }
}

/// Does the same with each contestant: `each_called!(C => work::<C>());`.
#[macro_export]
macro_rules! each_called {
    ($called:ident => $work:expr) => {{
        use $crate::matrix::cells::{Blocks, Nothing};
        use $crate::matrix::suspends::Suspends;
        $crate::each_of!(
            $called => $work,
            Nothing,
            Blocks<::std::sync::OnceLock<u64>>,
            Suspends<::tokio::sync::OnceCell<u64>>,
            Suspends<::async_once_cell::OnceCell<u64>>,
            Suspends<::async_lock::OnceCell<u64>>,
            Suspends<::bellwether::OnceCell<u64>>
        );
    }};
}
