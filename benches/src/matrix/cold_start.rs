//! "Cold start": a service starts, everybody wants the configuration at once, and the
//! initialiser takes its time.

use core::time::Duration;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::cells::{Called, Init};
use super::measured::Measured;
use super::stage::{Played, play};

/// One cold start, with an initialiser that takes so long. How often it ran is among the
/// counts.
///
/// # Panics
///
/// If a caller did not get the value.
pub fn run<C: Called>(runtime: &Runtime, callers: usize, takes: Duration) -> Measured {
    let cell = Arc::new(C::default());
    let mut shared = None;
    let Played { callers, bystanders } = play(runtime, callers, |_, clock| {
        let init = shared.get_or_insert_with(|| Arc::new(Init::new(takes, clock.clone())));
        let (cell, init) = (cell.clone(), init.clone());
        async move {
            let begin = clock.now();
            assert_eq!(cell.call(&init).await, 1);
            (begin, clock.now())
        }
    });
    let mut measured = Measured::default();
    measured.record("call", callers.iter().map(|(_, end)| *end));
    measured.record("bystander", bystanders);
    if let Some(init) = shared {
        measured.count("inits", init.runs());
        if C::INITS > 0 {
            let last = callers.iter().map(|(_, end)| *end).max().unwrap_or(0);
            measured.record("release", [last.saturating_sub(init.ended())]);
            let waited = callers.iter().filter(|(begin, _)| *begin < init.ended()).count();
            measured.count("waiting when ready", waited as u64);
        }
    }
    measured
}

/// The same, and the initialiser must have run as often as it should.
///
/// # Panics
///
/// If it has not.
pub fn run_once<C: Called>(runtime: &Runtime, callers: usize, takes: Duration) -> Measured {
    let measured = run::<C>(runtime, callers, takes);
    assert_eq!(measured.counts["inits"], C::INITS, "{}: exactly one init", C::NAME);
    measured
}

/// That a second run of the initialiser would be seen.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::stage::runtime;

    /// Looks, and initialises: nobody waits for anybody.
    #[derive(Default)]
    struct Broken;

    impl Called for Broken {
        const NAME: &'static str = "broken";

        async fn call(&self, init: &Init) -> u64 {
            init.blocked()
        }
    }

    #[test]
    fn every_run_of_the_initialiser_is_counted() {
        let measured = run::<Broken>(&runtime(2), 5, Duration::from_millis(1));
        assert_eq!(measured.counts["inits"], 5);
    }

    #[test]
    #[should_panic(expected = "broken: exactly one init")]
    fn a_second_run_is_found() {
        run_once::<Broken>(&runtime(2), 2, Duration::from_millis(1));
    }
}
