//! Where a scene is played: a fresh runtime, with bystanders.

use core::time::Duration;
use std::io;

use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::bystanders::Bystanders;

/// How long the bystanders are watched while nothing else happens.
const QUIET: Duration = Duration::from_millis(200);

/// How late bystanders were, sorted.
pub(crate) struct Delays {
    pub(crate) quiet: Vec<Duration>,
    pub(crate) during: Vec<Duration>,
}

/// Plays `scene` on a runtime with so many workers.
pub(crate) fn on_runtime<T>(
    workers: usize,
    scene: impl AsyncFnOnce() -> T,
) -> io::Result<(T, Delays)> {
    let runtime = Builder::new_multi_thread().worker_threads(workers).enable_time().build()?;
    let played = runtime.block_on(async {
        let bystanders = Bystanders::start();
        sleep(QUIET).await;
        let quiet = bystanders.finish().await;
        let bystanders = Bystanders::start();
        let outcome = scene().await;
        (outcome, Delays { quiet, during: bystanders.finish().await })
    });
    // A task that hangs, which is what the scene looks for, must not hang it.
    runtime.shutdown_background();
    Ok(played)
}
