//! One scenario: what is there before, three threads at once, what is left, and the
//! search for an order of it all.

use core::fmt::Debug;
use core::hash::Hash;

use super::check::{Entry, MAIN, Time};
use super::dice::Dice;
use super::history::{Clock, Log};
use crate::under_test::thread;

/// What is asked of a primitive, and what it may answer.
pub(crate) trait Primitive: Clone + Debug + Sized + Send + Sync + 'static {
    /// What a scenario fixes for all its threads.
    type Setup: Clone + Debug + Send + Sync + 'static;
    /// One call.
    type Act: Clone + Debug + Send + Sync + 'static;
    /// What is written down of a call: one operation or several.
    type Op: Clone + Debug + Hash + Send + 'static;
    type Ret: Clone + Debug + Hash + Send + 'static;

    /// What threads do.
    fn scenario(dice: &mut Dice) -> Scenario<Self>;

    /// What the thread that joined them asks then: it calls `ask` with a seat, and is
    /// told the last answer.
    fn finish(ask: &mut dyn FnMut(usize, Self::Act) -> Option<Self::Ret>);

    /// Searches for an order of the history. Returns what must be granted to the
    /// primitive so that there is one, [`NOTHING`] most often; or says why there is none.
    fn judge(setup: &Self::Setup, history: Vec<Called<Self>>, time: Time) -> Judgement;
}

/// One operation of a primitive's history.
pub(crate) type Called<P> = Entry<<P as Primitive>::Op, <P as Primitive>::Ret>;

/// What must be granted, by name; or why nothing helps.
pub(crate) type Judgement = Result<&'static str, String>;

/// There is an order without more ado.
pub(crate) const NOTHING: &str = "nothing";

/// A primitive that is run: a handle that threads share.
pub(crate) trait Subject: Clone + Send + 'static {
    type Of: Primitive;
    /// What a thread keeps from one call to the next.
    type Seat: Send + 'static;

    fn new(setup: &<Self::Of as Primitive>::Setup) -> Self;

    /// Asks; says what it was as single operations.
    fn perform(
        &self,
        seat: &mut Option<Self::Seat>,
        act: &<Self::Of as Primitive>::Act,
    ) -> Answers<Self::Of>;
}

pub(crate) type Answers<P> = Vec<(<P as Primitive>::Op, <P as Primitive>::Ret)>;

/// Three threads, and what is done before they start.
#[derive(Clone, Debug)]
pub(crate) struct Scenario<P: Primitive> {
    pub(crate) setup: P::Setup,
    /// Each with the seat that it is for.
    pub(crate) before: Vec<(usize, P::Act)>,
    /// Each with whether it lets others go first: loom explores the neighbourhood of
    /// that order first.
    pub(crate) threads: [Vec<(bool, P::Act)>; 3],
}

impl<P: Primitive> Scenario<P> {
    pub(crate) fn new(seed: u64) -> Self {
        P::scenario(&mut Dice::new(seed))
    }
}

/// Runs it once; returns all that was asked and answered.
pub(crate) fn run<S: Subject>(scenario: &Scenario<S::Of>, time: Time) -> Vec<Called<S::Of>> {
    let clock = Clock::new(time);
    let subject = S::new(&scenario.setup);
    let mut main = Log::new(MAIN, clock.clone());
    let mut seats = [(); 3].map(|()| None);
    for (seat, act) in &scenario.before {
        main.record(|| subject.perform(&mut seats[*seat], act));
    }
    let mut n = MAIN;
    let threads = seats.map(|mut seat| {
        let acts = scenario.threads[n].clone();
        n += 1;
        let (mut log, subject) = (Log::new(n, clock.clone()), subject.clone());
        thread::spawn(move || {
            for (yields, act) in acts {
                if yields {
                    thread::yield_now();
                }
                log.record(|| subject.perform(&mut seat, &act));
            }
            (log, seat)
        })
    });
    let mut history = vec![];
    let mut seats = threads.map(|thread| {
        let (log, seat) = thread.join().unwrap();
        history.extend(log.entries);
        seat
    });
    S::Of::finish(&mut |seat, act| {
        main.record(|| subject.perform(&mut seats[seat], &act));
        main.entries.last().map(|entry| entry.ret.clone())
    });
    history.extend(main.entries);
    history
}
