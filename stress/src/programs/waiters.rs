//! The list of waiters: they come, leave and sleep while leaders fail; whoever sleeps is
//! woken. A lost wake-up hangs the program.

use bellwether::OnceCell;

use crate::crowd::{crowd, yields};
use crate::random::Random;
use crate::value::Witness;

const THREADS: usize = 6;

pub(crate) fn run(rounds: u64) -> String {
    let (mut cancelled, mut failed) = (0, 0);
    for seed in 0..rounds {
        let cell = OnceCell::<u64>::new();
        let failures = Random::new(seed).below(12);
        let witness = Witness::default();
        let each = crowd(THREADS, |me| {
            let mut random = Random::new(seed * 64 + me.number as u64 + 1);
            let (steps, leaves) = (random.below(4), random.below(6));
            let mut left = 0_u64;
            for _ in 0..leaves {
                left += u64::from(me.poll_at_most(1 + steps % 2, cell.wait()).is_none());
            }
            match me.number {
                0..4 => {
                    let init = || async {
                        yields(steps).await;
                        // SAFETY: the lead is one thread's at a time.
                        let led = unsafe { witness.add() };
                        if led <= failures { Err(()) } else { Ok(led) }
                    };
                    while me.block_on(cell.get_or_try_init(init)).is_err() {}
                }
                4 => drop(me.block_on(cell.wait())),
                _ => drop(cell.wait_blocking()),
            }
            assert_eq!(me.block_on(cell.wait()), &(failures + 1));
            left
        });
        assert_eq!(witness.into_inner(), failures + 1, "leaders saw each other's effects");
        failed += failures;
        cancelled += each.iter().sum::<u64>();
    }
    format!("{rounds} cells, {failed} leaders failed, {cancelled} waits cancelled")
}
