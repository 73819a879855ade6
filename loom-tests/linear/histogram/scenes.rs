//! What threads do with a histogram, from a seed.

use super::super::dice::Dice;
use super::super::run::Scenario;
use super::Counting;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Record { value: u64, n: u64 },
    Snapshot,
}

/// Some of which share a bucket, in models: of 0, of 1, of 2, and of all above.
const VALUES: &[u64] = &[0, 1, 1, 2, 3, 3, 5, 5, 9];

fn record(dice: &mut Dice) -> Act {
    Act::Record { value: dice.pick(VALUES), n: dice.pick(&[1, 1, 1, 2]) }
}

pub(crate) fn scenario(dice: &mut Dice) -> Scenario<Counting> {
    let before = (0..dice.roll(3)).map(|_| (0, record(dice))).collect();
    let threads = [0, 1, 2].map(|thread| {
        let turns = 2 + dice.roll(2);
        (0..turns)
            .map(|turn| {
                // One records first, and one looks, so that there is something to see.
                let looks = match (thread, turn) {
                    (0, 0) => false,
                    (1, 0) => true,
                    _ => dice.roll(2) == 0,
                };
                (dice.roll(3) == 0, if looks { Act::Snapshot } else { record(dice) })
            })
            .collect()
    });
    Scenario { setup: (), before, threads }
}
