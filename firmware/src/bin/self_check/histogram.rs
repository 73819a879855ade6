//! The histogram: recorded on both sides, while main takes snapshots.

use bellwether::Histogram;
use cortex_m_semihosting::hprintln;

use crate::support::{Post, Random};
use crate::tick::{self, Scene};

static LATENCY: Histogram = Histogram::new();
static ANSWER: Post<Samples> = Post::new();

/// What one side recorded, in its own arithmetic.
#[derive(Clone, Copy)]
pub struct Samples {
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Samples {
    pub const fn new() -> Self {
        Self { count: 0, sum: 0, min: u64::MAX, max: 0 }
    }

    fn record(&mut self, random: &mut Random) {
        // From nanoseconds to a minute, so that the sum carries into its upper half.
        let value = u64::from(1 + random.below(1 << 12)) << random.below(24);
        LATENCY.record(value);
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }
}

pub fn tick(samples: &mut Samples, random: &mut Random) {
    for _ in 0..random.below(4) {
        samples.record(random);
    }
}

pub fn last_tick(samples: &Samples) {
    ANSWER.put(*samples);
}

pub fn storm() {
    let mut random = Random::new(0x4157);
    let mut ours = Samples::new();
    let until = tick::count() + 2_000;
    tick::play(Scene::Histogram);
    let (mut snapshots, mut seen) = (0, 0);
    while tick::count() < until {
        for _ in 0..random.below(40) {
            ours.record(&mut random);
        }
        let count = LATENCY.snapshot().count();
        assert!(count >= seen && count >= ours.count, "{count} after {seen}");
        seen = count;
        snapshots += 1;
    }
    let theirs = tick::end(Scene::HistogramEnds, &ANSWER);
    let all = LATENCY.snapshot();
    assert_eq!(all.count(), ours.count + theirs.count);
    assert_eq!(all.sum(), ours.sum + theirs.sum);
    assert!(all.sum() > u64::from(u32::MAX), "no carry was needed");
    let (least, most) = (ours.min.min(theirs.min), ours.max.max(theirs.max));
    let (min, max) = (all.min().expect("not empty"), all.max().expect("not empty"));
    // Without 64-bit atomics the histogram is 8 bytes smaller, and these are rounded.
    let off = if size_of::<Histogram>() == 2720 { 10_000_000 } else { u64::MAX };
    assert!((least - least / off..=least).contains(&min), "{min} for {least}");
    assert!((most..=most + most / off).contains(&max), "{max} for {most}");
    assert!(theirs.count > 0 && snapshots > 10, "too little happened");
    hprintln!("histogram: main recorded {}, the interrupt {}", ours.count, theirs.count);
    hprintln!("  {snapshots} snapshots between; the last has {}, sum {}", all.count(), all.sum());
}
