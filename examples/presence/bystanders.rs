//! Tasks that have nothing to do with the configuration: each wants to run once
//! a millisecond, and writes down how late it was.

use core::time::Duration;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::task::JoinHandle;
use tokio::time::sleep_until;

pub(crate) const HOW_MANY: usize = 8;
const TICK: Duration = Duration::from_millis(1);

pub(crate) struct Bystanders {
    tasks: Vec<JoinHandle<Vec<Duration>>>,
    end: Arc<OnceLock<Instant>>,
}

impl Bystanders {
    /// On the runtime that this is called on.
    pub(crate) fn start() -> Self {
        let end = Arc::new(OnceLock::new());
        let tasks = (0..HOW_MANY).map(|_| tokio::spawn(tick(end.clone()))).collect();
        Self { tasks, end }
    }

    /// How late they were, sorted.
    pub(crate) async fn finish(self) -> Vec<Duration> {
        self.end.get_or_init(Instant::now);
        let mut late = Vec::new();
        for task in self.tasks {
            late.extend(task.await.unwrap_or_default());
        }
        late.sort_unstable();
        late
    }
}

/// Every tick that was due counts, also those that were missed in a stall.
async fn tick(end: Arc<OnceLock<Instant>>) -> Vec<Duration> {
    let mut late = Vec::new();
    let mut due = Instant::now();
    while end.get().is_none_or(|end| due < *end) {
        due += TICK;
        sleep_until(due.into()).await;
        late.push(due.elapsed());
    }
    late
}
