//! The scene with `std::sync::OnceLock`, as in the incident: the initialiser
//! blocks the worker that runs it, and every caller blocks one more.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::backend::Backend;
use crate::config::Config;

pub(crate) struct Scene {
    /// Nothing, if the initialiser never got a value: there is no try-init.
    lock: OnceLock<Option<Config>>,
    pub(crate) backend: Backend,
    inside: AtomicUsize,
    most_inside: AtomicUsize,
}

impl Scene {
    pub(crate) fn new(backend: Backend) -> Self {
        let (inside, most_inside) = Default::default();
        Self { lock: OnceLock::new(), backend, inside, most_inside }
    }

    /// Does not return before there is a value, whatever else its worker has to do.
    fn get(&self, task: usize) -> Option<&Config> {
        self.most_inside.fetch_max(self.inside.fetch_add(1, Relaxed) + 1, Relaxed);
        let config = self.lock.get_or_init(|| self.backend.fetch_blocking(task));
        self.inside.fetch_sub(1, Relaxed);
        config.as_ref()
    }

    /// The most callers, and so workers, that were in the lock at the same time.
    pub(crate) fn most_blocked(&self) -> usize {
        self.most_inside.load(Relaxed)
    }
}

/// The latencies of those that were served, sorted.
pub(crate) async fn play(scene: Arc<Scene>, tasks: usize) -> Vec<Duration> {
    let call = |task| {
        let (scene, asked) = (scene.clone(), Instant::now());
        tokio::spawn(async move { scene.get(task).map(|_| asked.elapsed()) })
    };
    let calls: Vec<_> = (0..tasks).map(call).collect();
    let mut latencies = Vec::with_capacity(tasks);
    for call in calls {
        latencies.extend(call.await.ok().flatten());
    }
    latencies.sort_unstable();
    latencies
}
