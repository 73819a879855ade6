//! Interleaving: in each round every contestant runs once, each round starting
//! with another one, so that drift of the machine hits all alike. What is
//! reported is the median over rounds; a ratio is the median of the rounds' own
//! ratios.

use core::time::Duration;
use std::time::Instant;

/// Somebody whose work is timed: nanoseconds per operation.
pub struct Contestant<'a> {
    /// The column.
    pub name: &'static str,
    work: Box<dyn FnMut() -> f64 + 'a>,
    samples: Vec<f64>,
}

impl<'a> Contestant<'a> {
    /// `work(n)` times `n` operations.
    pub fn new(name: &'static str, n: u64, mut work: impl FnMut(u64) -> Duration + 'a) -> Self {
        let work = move || work(n).as_secs_f64() * 1e9 / n as f64;
        Self { name, work: Box::new(work), samples: Vec::new() }
    }

    /// Nanoseconds per operation: the median over rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        median(&self.samples)
    }
}

/// How long to go on.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// At least so many rounds.
    pub rounds: usize,
    /// And rounds until this is over.
    pub time: Duration,
}

/// The contestants of one row, after their rounds.
pub struct Race<'a>(Vec<Contestant<'a>>);

impl<'a> Race<'a> {
    /// Runs them in turn. A first round warms up and is not counted.
    #[must_use]
    pub fn run(mut contestants: Vec<Contestant<'a>>, effort: Effort) -> Self {
        let many = contestants.len();
        let start = Instant::now();
        let mut round = 0;
        while round <= effort.rounds || start.elapsed() < effort.time {
            for place in 0..many {
                let contestant = &mut contestants[(round + place) % many];
                let sample = (contestant.work)();
                if round > 0 {
                    contestant.samples.push(sample);
                }
            }
            round += 1;
        }
        Self(contestants)
    }

    /// The contestant of a column, if it takes part.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Contestant<'a>> {
        self.0.iter().find(|contestant| contestant.name == name)
    }

    /// The fastest but `but`.
    #[must_use]
    pub fn fastest(&self, but: &[&str]) -> Option<&Contestant<'a>> {
        let others = self.0.iter().filter(|contestant| !but.contains(&contestant.name));
        others.min_by(|a, b| a.median().total_cmp(&b.median()))
    }

    /// How many times as long as `b` it takes `a`.
    #[must_use]
    pub fn ratio(&self, a: &str, b: &str) -> Option<f64> {
        let pairs = self.of(a)?.samples.iter().zip(&self.of(b)?.samples);
        Some(median(&pairs.map(|(a, b)| a / b).collect::<Vec<_>>()))
    }

    /// The same, once what `floor` takes is subtracted from both.
    #[must_use]
    pub fn net_ratio(&self, a: &str, b: &str, floor: &str) -> Option<f64> {
        let of = |name| self.of(name).map(Contestant::median);
        Some((of(a)? - of(floor)?) / (of(b)? - of(floor)?))
    }
}

/// The middle one.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn median(samples: &[f64]) -> f64 {
    quantile(samples, 0.5)
}

/// The sample below which a share of all lies.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn quantile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}
