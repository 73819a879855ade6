//! `OnceCell`: threads fail, panic, leave and take over at random; one succeeds. The
//! leads are ordered one after the other, and before whoever sees the value.

use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::panic::{catch_unwind, resume_unwind};

use bellwether::{Lead, OnceCell, Status, TryLead};

use crate::crowd::{Me, crowd, yields};
use crate::random::Random;
use crate::value::{ALIVE, Owned, Value, Witness};

#[derive(Default)]
struct Round {
    cell: OnceCell<Owned>,
    /// Leads, begun and ended, as whoever led counted them.
    led: Witness,
    begun: AtomicUsize,
    succeeded: AtomicUsize,
}

/// An initialiser at work; it ends when this is dropped, before the lead is handed over.
struct Working<'a>(&'a Round);

impl<'a> Working<'a> {
    fn new(round: &'a Round) -> Self {
        round.begun.fetch_add(1, Relaxed);
        // SAFETY: the lead is one thread's at a time, which is what is stressed.
        unsafe { round.led.add() };
        Self(round)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        // SAFETY: as above: this one leads still.
        unsafe { self.0.led.add() };
    }
}

impl Round {
    /// Fails, panics or succeeds, as the number says.
    fn outcome(&self, number: u64) -> Result<Owned, ()> {
        match number {
            0..4 => Err(()),
            4..6 => resume_unwind(Box::new("as asked")),
            _ => {
                assert_eq!(self.succeeded.fetch_add(1, Relaxed), 0, "a second success");
                Ok(Owned::new(number))
            }
        }
    }

    async fn init(&self, number: u64) -> Result<Owned, ()> {
        let _working = Working::new(self);
        yields(number % 3).await;
        self.outcome(number)
    }

    fn init_now(&self, number: u64) -> Result<Owned, ()> {
        let _working = Working::new(self);
        self.outcome(number)
    }

    /// One call at random; some end before they are done.
    fn call(&self, me: &Me, random: &mut Random) {
        let (kind, number, polls) = (random.below(8), random.below(8), random.below(4));
        let cell = &self.cell;
        match kind {
            0 => {
                let _ = me.poll_at_most(polls, cell.wait()).map(Owned::check);
            }
            1 => {
                let lead = async {
                    let Lead::Leader(guard) = cell.lead().await else { return };
                    if let Ok(value) = self.init(number).await {
                        guard.set(value).check();
                    }
                };
                me.poll_at_most(polls, lead);
            }
            2 => {
                let _ = cell.get_or_try_init_blocking(|| self.init_now(number)).map(Owned::check);
            }
            3 => {
                if let TryLead::Leader(guard) = cell.try_lead()
                    && let Ok(value) = self.init_now(number)
                {
                    guard.set(value).check();
                }
            }
            // Patient: sleeps until it leads, or there is a value.
            4 => {
                let _ = me.block_on(cell.get_or_try_init(|| self.init(number))).map(Owned::check);
            }
            _ => {
                let init = cell.get_or_try_init(|| self.init(number));
                let _ = me.poll_at_most(polls, init).map(|result| result.map(Owned::check));
            }
        }
    }
}

pub(crate) fn run(rounds: u64) -> String {
    let (mut leads, mut calls) = (0, 0);
    for seed in 0..rounds {
        let round = Round::default();
        let each = crowd(2 + (seed % 4) as usize, |me| {
            let mut random = Random::new(seed * 64 + me.number as u64);
            let mut calls = 0_u64;
            while round.cell.status() != Status::Ready {
                let call = || round.call(me, &mut random);
                let _ = catch_unwind(AssertUnwindSafe(call));
                calls += 1;
            }
            assert_eq!(round.cell.wait_blocking().check(), round.cell.get().unwrap().check());
            assert!(round.cell.set(Owned::new(0)).is_err(), "set twice");
            calls
        });
        calls += each.iter().sum::<u64>();
        let Round { cell, led, begun, succeeded } = round;
        assert_eq!((succeeded.into_inner(), ALIVE.load(Relaxed)), (1, 1));
        assert_eq!(led.into_inner(), 2 * begun.load(Relaxed) as u64, "leads overlapped");
        leads += begun.into_inner();
        drop(cell);
        assert_eq!(ALIVE.load(Relaxed), 0, "each value is dropped once");
    }
    format!("{rounds} cells, {leads} leads, {calls} calls")
}
