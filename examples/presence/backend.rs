//! The backend that the configuration comes from, on a bad day. The first to
//! ask gets half the file and then silence, the second a damaged copy, the
//! third the whole file. The same for both scenes, async and blocking.

use core::future::pending;
use core::time::Duration;
use std::time::Instant;

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::config::Config;
use crate::file::{ConfigFile, LoadError};
use crate::ledger::{End, Entry, Ledger};

/// How long the backend takes to answer.
pub(crate) const ANSWER: Duration = Duration::from_millis(20);
/// How long anybody waits for a silent backend.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);
/// Reached only if the file is changed while the scene is played.
const LAST_TRY: usize = 10;

pub(crate) struct Backend {
    whole: ConfigFile,
    cut: ConfigFile,
    pub(crate) ledger: Ledger,
    /// Told when the first to ask has half the file.
    pub(crate) silent: Notify,
}

impl Backend {
    pub(crate) fn new(whole: &ConfigFile, cut: &ConfigFile) -> Self {
        let (whole, cut) = (whole.clone(), cut.clone());
        Self { whole, cut, ledger: Ledger::new(), silent: Notify::new() }
    }

    /// The initialiser for a cell that knows failure and cancellation.
    pub(crate) async fn fetch(&self, task: usize) -> Result<Config, LoadError> {
        let entry = self.ledger.begin(task);
        if entry.number() == 1 {
            let file = self.whole.clone();
            let _half = spawn_blocking(move || file.first_half()).await;
            self.silent.notify_one();
            // Whoever is not cancelled here waits for ever.
            return pending().await;
        }
        if entry.number() > LAST_TRY {
            return settle(entry, Err(changed()));
        }
        sleep(ANSWER).await;
        let file = self.served(&entry);
        let loaded = spawn_blocking(move || file.load()).await;
        settle(entry, loaded.unwrap_or_else(|error| Err(LoadError::new(&error.to_string()))))
    }

    /// The initialiser for a cell that knows neither: it must try until it has
    /// a value, and it blocks its thread. `None`: it never got one.
    pub(crate) fn fetch_blocking(&self, task: usize) -> Option<Config> {
        loop {
            let entry = self.ledger.begin(task);
            if entry.number() == 1 {
                let asked = Instant::now();
                let _half = self.whole.first_half();
                std::thread::sleep(PATIENCE.saturating_sub(asked.elapsed()));
                continue;
            }
            if entry.number() > LAST_TRY {
                return settle(entry, Err(changed())).ok();
            }
            std::thread::sleep(ANSWER);
            let loaded = self.served(&entry).load();
            if let Ok(config) = settle(entry, loaded) {
                return Some(config);
            }
        }
    }

    /// Whether it makes sense to ask again after an error.
    pub(crate) fn may_recover(&self) -> bool {
        self.ledger.len() < LAST_TRY
    }

    fn served(&self, entry: &Entry<'_>) -> ConfigFile {
        if entry.number() == 2 { self.cut.clone() } else { self.whole.clone() }
    }
}

fn changed() -> LoadError {
    LoadError::new("given up: was the file changed during the run?")
}

fn settle(entry: Entry<'_>, loaded: Result<Config, LoadError>) -> Result<Config, LoadError> {
    entry.end(match &loaded {
        Ok(_) => End::Succeeded,
        Err(error) => End::Failed(error.to_string()),
    });
    loaded
}
