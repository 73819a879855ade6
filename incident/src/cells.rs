//! The three cells: what the service had, what its authors made of it, and ours.

use std::sync::OnceLock;

use crate::matrix::cells::{Called, Init};
use crate::peer::SyncPeer;

impl SyncPeer for OnceLock<u64> {
    const NAME: &'static str = "OnceLock";

    fn new() -> Self {
        Self::new()
    }

    fn get(&self) -> Option<&u64> {
        self.get()
    }

    fn get_or_init(&self, init: impl FnOnce() -> u64) -> &u64 {
        self.get_or_init(init)
    }
}

/// A `OnceLock` beside a lock that tasks can wait for: look, lock, look again, await the
/// initialiser, set.
#[derive(Debug, Default)]
pub(crate) struct Guarded {
    value: OnceLock<u64>,
    lock: tokio::sync::Mutex<()>,
}

impl Called for Guarded {
    const NAME: &'static str = "OnceLock and tokio Mutex";

    async fn call(&self, init: &Init) -> u64 {
        if let Some(value) = self.value.get() {
            return *value;
        }
        let _guard = self.lock.lock().await;
        if let Some(value) = self.value.get() {
            return *value;
        }
        let value = init.asleep().await;
        self.value.set(value).expect("whoever has the lock sets it");
        value
    }
}

#[derive(Debug, Default)]
pub(crate) struct Ours(bellwether::OnceCell<u64>);

impl Called for Ours {
    const NAME: &'static str = "bellwether";

    async fn call(&self, init: &Init) -> u64 {
        *self.0.get_or_init(|| init.asleep()).await
    }
}
