//! What threads do, from a seed: the same seed, the same scenario.

use super::replay_spec::{Act, Bounds, EPOCH, Op};
use crate::under_test::Start;

/// Three threads, and what is there when they start.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) bounds: Bounds,
    pub(crate) before: Vec<Op>,
    /// Each with whether it lets others go first: loom explores the neighbourhood of
    /// that order first.
    pub(crate) threads: [Vec<(bool, Op)>; 3],
}

/// `splitmix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn start(&mut self) -> Start {
        match self.roll(4) {
            0 => Start::Live,
            1 => Start::Latest(self.roll(3) as usize),
            2 => Start::Oldest,
            _ => Start::After(self.roll(4)),
        }
    }
}

impl Scenario {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let capacity = [1, 1, 2, 2, 3, 4][dice.roll(6) as usize];
        let max_bytes = [2, 3, usize::MAX][dice.roll(3) as usize];
        let bounds = Bounds { capacity, max_bytes };
        let mut values = 0;
        let mut publish = |bytes| {
            values += 1;
            Act::Publish { value: 100 + values, bytes }
        };
        let mut before: Vec<_> =
            (0..dice.roll(4)).map(|_| Op { seat: 0, act: publish(1) }).collect();
        for seat in 0..3 {
            if dice.roll(4) != 0 {
                let act = Act::Join(dice.start());
                let at = dice.roll(before.len() as u64 + 1) as usize;
                before.insert(at, Op { seat, act });
            }
        }
        // The first publishes, so that there is something to see.
        let mut turn = |seat: usize, first: bool, dice: &mut Dice| {
            let act = match dice.roll(if first && seat == 0 { 5 } else { 20 }) {
                0..=2 => publish(1),
                3 => publish(1 + dice.roll(3) as usize),
                4 => {
                    let fits = capacity.min(max_bytes).min(2) as u64;
                    let many = 0..1 + dice.roll(fits);
                    Act::PublishAll(
                        many.map(|_| match publish(1) {
                            Act::Publish { value, .. } => value,
                            _ => unreachable!(),
                        })
                        .collect(),
                    )
                }
                5..=8 => Act::TryRecv,
                9 | 10 => Act::Poll,
                11 | 12 => Act::Read(1 + dice.roll(3) as usize),
                13 => Act::Receipt,
                14 => Act::Stats,
                15 => Act::Close,
                16 => Act::Leave,
                17 | 18 => Act::Join(dice.start()),
                _ => Act::Resume { epoch: EPOCH + dice.roll(4) / 3, seq: dice.roll(5) },
            };
            (dice.roll(3) == 0, Op { seat, act })
        };
        let threads = [0, 1, 2].map(|seat| {
            let turns = 2 + dice.roll(2);
            (0..turns).map(|n| turn(seat, n == 0, &mut dice)).collect()
        });
        Self { bounds, before, threads }
    }
}
