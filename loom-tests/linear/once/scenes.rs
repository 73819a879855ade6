//! What threads do with a cell, from a seed.

use super::super::dice::Dice;
use super::super::run::Scenario;
use super::Once;

/// How a leader ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Value(u64),
    Fails,
    Panics,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Get,
    Status,
    Set(u64),
    /// An initialiser of its own, awaited to its end.
    Init {
        end: End,
        /// It is pending once.
        suspends: bool,
    },
    /// As above, but polled once and dropped.
    InitPolledOnce {
        end: End,
        suspends: bool,
    },
    InitBlocking(End),
    /// Asks for the lead, and never waits; what is done with it.
    TryLead(Lead),
    /// Waits for the lead or the value.
    AwaitLead(Lead),
    Wait,
    WaitBlocking,
    WaitPolledOnce,
}

/// What who has the guard does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lead {
    Sets(u64),
    /// Looks what others see, and is refused when it sets beside its guard.
    LooksAndSets(u64),
    Resigns,
}

impl Act {
    /// Whether it ends only if somebody else provides a value.
    fn waits(&self) -> bool {
        matches!(self, Self::Wait | Self::WaitBlocking)
    }
}

fn act(value: u64, dice: &mut Dice) -> Act {
    let suspends = dice.roll(3) == 0;
    let end = match dice.roll(6) {
        0 | 1 => End::Value(value),
        2..=4 => End::Fails,
        _ => End::Panics,
    };
    let lead = match dice.roll(4) {
        0 => Lead::Sets(value),
        1 => Lead::LooksAndSets(value),
        _ => Lead::Resigns,
    };
    match dice.roll(20) {
        0 | 1 => Act::Get,
        2 | 3 => Act::Status,
        4 | 5 => Act::Set(value),
        6..=8 => Act::Init { end, suspends },
        9 | 10 => Act::InitPolledOnce { end, suspends: true },
        11 => Act::InitPolledOnce { end, suspends },
        12 => Act::InitBlocking(end),
        13 | 14 => Act::TryLead(lead),
        15 | 16 => Act::AwaitLead(lead),
        17 => Act::Wait,
        18 => Act::WaitBlocking,
        _ => Act::WaitPolledOnce,
    }
}

pub(crate) fn scenario(dice: &mut Dice) -> Scenario<Once> {
    let mut values = 0;
    let mut threads: [Vec<_>; 3] = [(); 3].map(|()| {
        let turns = 2 + dice.roll(2);
        let mut turn = |_| {
            values += 1;
            (dice.roll(3) == 0, act(values, dice))
        };
        (0..turns).map(&mut turn).collect()
    });
    // Nobody waits for ever: the first thread never waits for the others, and provides
    // a value in the end, if they wait.
    let [first, others @ ..] = &mut threads;
    first.retain(|(_, act)| !act.waits());
    let wait = others.iter().flatten().any(|(_, act)| act.waits());
    while first.len() < 2 || (wait && !matches!(first.last(), Some((_, Act::Init { .. })))) {
        first.truncate(2);
        first.push((dice.roll(3) == 0, Act::Init { end: End::Value(99), suspends: false }));
    }
    // That one's initialiser has a value, whatever the dice said.
    if let (true, Some((_, Act::Init { end, .. }))) = (wait, first.last_mut()) {
        *end = End::Value(99);
    }
    let before = if dice.roll(8) == 0 { vec![(0, act(50, dice))] } else { vec![] };
    let before = before.into_iter().filter(|(_, act): &(usize, Act)| !act.waits()).collect();
    Scenario { setup: (), before, threads }
}
