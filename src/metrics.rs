//! Ready-made observers: histograms and counters that lie in a `static`, with a
//! name, and are pulled by whoever exports them.
//!
//! | file | what it is |
//! |---|---|
//! | `metrics/once.rs` | [`OnceMetrics`]: what a `OnceCell` did |
//! | `metrics/replay.rs` | [`ReplayMetrics`]: what a replay buffer did |
//! | `metrics/waits.rs` | [`Waits`]: what the two have in common |
//! | `metrics/stopwatch.rs` | spans by a clock that may run backwards |
//! | `metrics/in_progress.rs` | spans that have not ended: how many, how long, in one word |
//! | `metrics/worst.rs` | the worst span since somebody looked, and who it was |
//! | `metrics/objective.rs` | spans within a threshold, exactly |
//! | `metrics/export.rs` | all of them in one slice, for an exporter |
//!
//! There is no registry: nothing is allocated or locked, and nothing is lost
//! because an exporter came late.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use bellwether::{Metrics, OnceCell, OnceMetrics};
//!
//! static CONFIG_METRICS: OnceMetrics = OnceMetrics::new("config");
//! static CONFIG: OnceCell<String, &OnceMetrics> = OnceCell::with_hooks(&CONFIG_METRICS);
//!
//! /// What an exporter takes.
//! static ALL: &[&dyn Metrics] = &[&CONFIG_METRICS];
//!
//! CONFIG.get_or_init_blocking(|| "loaded".to_string());
//! println!("{CONFIG_METRICS}");
//! # assert_eq!(ALL[0].name(), "config");
//! # }
//! ```

mod export;
mod in_progress;
mod objective;
mod once;
mod replay;
mod stopwatch;
mod waits;
mod worst;

pub use export::{Distribution, Exporter, Metric, Metrics, Unit};
pub use in_progress::InProgress;
pub use objective::Attained;
pub use once::OnceMetrics;
pub use replay::ReplayMetrics;
pub use stopwatch::Span;
pub use waits::Waits;
pub use worst::Worst;
