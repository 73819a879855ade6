//! The service: requests that need the configuration, and a backend that is ill.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::time::Duration;

use bellwether::{OnceCell, OnceMetrics};
use tokio::sync::Notify;
use tokio::time::sleep;

pub(crate) struct Service {
    config: OnceCell<String, &'static OnceMetrics>,
    attempts: AtomicUsize,
    served: AtomicU64,
}

impl Service {
    pub(crate) fn new(metrics: &'static OnceMetrics) -> Self {
        let config = OnceCell::with_hooks(metrics);
        Self { config, attempts: AtomicUsize::new(0), served: AtomicU64::new(0) }
    }

    pub(crate) fn served(&self) -> u64 {
        self.served.load(Relaxed)
    }

    /// `client` is told when it has waited long enough.
    async fn load(&self, client: &Notify) -> Result<String, &'static str> {
        match self.attempts.fetch_add(1, Relaxed) {
            0 => {
                sleep(Duration::from_millis(400)).await;
                Err("the backend is starting")
            }
            1 => {
                sleep(Duration::from_millis(600)).await;
                client.notify_one();
                core::future::pending().await
            }
            _ => {
                sleep(Duration::from_millis(800)).await;
                Ok("loaded".to_string())
            }
        }
    }

    async fn request(&self) {
        let client = Notify::new();
        loop {
            tokio::select! {
                config = self.config.get_or_try_init(|| self.load(&client)) => match config {
                    Ok(_config) => break,
                    Err(_) => sleep(Duration::from_millis(20)).await,
                },
                // The client hangs up: its attempt is dropped where it stands. It asks again.
                () = client.notified() => {}
            }
        }
        self.served.fetch_add(1, Relaxed);
    }
}

/// Requests come in for two seconds and a half.
pub(crate) async fn storm(service: Arc<Service>, requests: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    let ticks = 250;
    for tick in 0..ticks {
        for _ in requests * tick / ticks..requests * (tick + 1) / ticks {
            let service = service.clone();
            tasks.spawn(async move { service.request().await });
        }
        sleep(Duration::from_millis(10)).await;
    }
    while let Some(request) = tasks.join_next().await {
        request.expect("no request panics");
    }
}
