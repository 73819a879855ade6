//! The terminal: a few lines that are redrawn, or a line now and then.

use std::io::{self, Write};
use std::time::Instant;

use bellwether::{InitOutcome, OnceMetrics, Snapshot};

use crate::service::Service;

const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const FRAMES: usize = 60;

pub(crate) struct View {
    plain: bool,
    start: Instant,
    frame: usize,
    last: (Instant, u64),
    waits: Snapshot,
    /// How many waited, frame by frame.
    waiting: Vec<u64>,
    worst: String,
}

impl View {
    pub(crate) fn new(plain: bool, start: Instant) -> Self {
        let (waits, waiting) = (Snapshot::new(), Vec::new());
        let worst = "none yet".to_string();
        Self { plain, start, frame: 0, last: (start, 0), waits, waiting, worst }
    }

    pub(crate) fn frame(&mut self, service: &Service, metrics: &OnceMetrics) -> io::Result<()> {
        let (now, served) = (Instant::now(), service.served());
        let seconds = now.duration_since(self.last.0).as_secs_f64();
        let rate = (served - self.last.1) as f64 / seconds.max(1e-9);
        self.last = (now, served);

        let waits = metrics.waits().times().snapshot();
        // What happened since the last frame.
        let ended = waits.delta_since(&self.waits).map_or(0, |since| since.count());
        self.waits = waits;
        let in_progress = metrics.waits().in_progress();
        self.waiting.push(in_progress.count);
        if let Some(worst) = metrics.waits().take_worst() {
            self.worst = worst.to_string();
        }

        let elapsed = now.duration_since(self.start).as_secs_f64();
        let mut out = io::stdout().lock();
        if self.plain {
            if self.frame % 5 == 0 {
                writeln!(
                    out,
                    "{elapsed:4.1} s  {rate:8.0} requests/s  {ended:6} waits ended  waiting {in_progress}"
                )?;
            }
        } else {
            if self.frame > 0 {
                // Back to the first line.
                write!(out, "\x1b[8A")?;
            }
            let attempts = |outcome| metrics.init(outcome).snapshot().count();
            let lines = [
                format!("cold start, {elapsed:.1} s"),
                format!("  requests    {served} served, {rate:.0}/s"),
                format!("  waiting     {in_progress}"),
                format!("              {}", self.history()),
                format!("  leading     {}", metrics.initializing()),
                format!(
                    "  attempts    {} failed, {} cancelled, {} ok",
                    attempts(InitOutcome::Failed),
                    attempts(InitOutcome::Cancelled),
                    attempts(InitOutcome::Ok)
                ),
                format!("  waits       {}", self.waits),
                format!("  worst       {}", self.worst),
            ];
            for line in lines {
                writeln!(out, "\x1b[2K{line}")?;
            }
        }
        self.frame += 1;
        out.flush()
    }

    fn history(&self) -> String {
        let recent = &self.waiting[self.waiting.len().saturating_sub(FRAMES)..];
        let most = recent.iter().max().copied().unwrap_or(0).max(1);
        recent.iter().map(|n| HEIGHTS[(n * 8).div_ceil(most) as usize]).collect()
    }
}
