//! What threads do with a replay buffer, from a seed.

use super::super::dice::Dice;
use super::super::run::Scenario;
use super::Replay;
use super::spec::{Act, Bounds, EPOCH, Op};
use crate::under_test::Start;

fn start(dice: &mut Dice) -> Start {
    match dice.roll(4) {
        0 => Start::Live,
        1 => Start::Latest(dice.roll(3) as usize),
        2 => Start::Oldest,
        _ => Start::After(dice.roll(4)),
    }
}

pub(crate) fn scenario(dice: &mut Dice) -> Scenario<Replay> {
    let capacity = dice.pick(&[1, 1, 2, 2, 3, 4]);
    let max_bytes = dice.pick(&[2, 3, usize::MAX]);
    let bounds = Bounds { capacity, max_bytes };
    let mut values = 0;
    let mut publish = |bytes| {
        values += 1;
        Act::Publish { value: 100 + values, bytes }
    };
    let mut before: Vec<_> =
        (0..dice.roll(4)).map(|_| (0, Op { seat: 0, act: publish(1) })).collect();
    for seat in 0..3 {
        if dice.roll(4) != 0 {
            let act = Act::Join(start(dice));
            let at = dice.roll(before.len() as u64 + 1) as usize;
            before.insert(at, (seat, Op { seat, act }));
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
            17 | 18 => Act::Join(start(dice)),
            _ => Act::Resume { epoch: EPOCH + dice.roll(4) / 3, seq: dice.roll(5) },
        };
        (dice.roll(3) == 0, Op { seat, act })
    };
    let threads = [0, 1, 2].map(|seat| {
        let turns = 2 + dice.roll(2);
        (0..turns).map(|n| turn(seat, n == 0, dice)).collect()
    });
    Scenario { setup: bounds, before, threads }
}
