//! One scenario: what is there before, three threads at once, what is left, and the
//! search for an order of it all.

use super::check::{Entry, MAIN, Time, explain, linearise};
use super::history::{Clock, Log};
use super::replay_spec::{Act, Bounds, Op, Publishing, Ret, Spec};
use super::scenario::Scenario;
use crate::under_test::thread;

/// What is asked: a handle that threads share.
pub(crate) trait Subject: Clone + Send + 'static {
    /// A subscriber.
    type Seat: Send + 'static;

    fn new(bounds: Bounds) -> Self;

    /// Asks; says what it was as single operations.
    fn perform(&self, seat: &mut Option<Self::Seat>, op: &Op) -> Vec<(Op, Ret)>;
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran {
    pub(crate) operations: usize,
    /// What must be granted to publishers, so that there is an order.
    pub(crate) publishing: Publishing,
}

/// Runs it once; or says why there is no order.
pub(crate) fn run<S: Subject>(scenario: &Scenario, time: Time) -> Result<Ran, String> {
    let clock = Clock::new(time);
    let subject = S::new(scenario.bounds);
    let mut main = Log::new(MAIN, clock.clone());
    let mut seats = [(); 3].map(|()| None);
    for op in &scenario.before {
        main.record(|| subject.perform(&mut seats[op.seat], op));
    }
    let mut n = MAIN;
    let threads = seats.map(|mut seat| {
        let ops = scenario.threads[n].clone();
        n += 1;
        let (mut log, subject) = (Log::new(n, clock.clone()), subject.clone());
        thread::spawn(move || {
            for (yields, op) in ops {
                if yields {
                    thread::yield_now();
                }
                log.record(|| subject.perform(&mut seat, &op));
            }
            (log, seat)
        })
    });
    let mut history = vec![];
    let seats = threads.map(|thread| {
        let (log, seat) = thread.join().unwrap();
        history.extend(log.entries);
        seat
    });
    for (seat, mut sits) in seats.into_iter().enumerate() {
        drain(&subject, &mut main, seat, &mut sits);
    }
    main.record(|| subject.perform(&mut None, &Op { seat: 0, act: Act::Totals }));
    history.extend(main.entries);
    let operations = history.len();
    let mut found = Err(vec![]);
    for publishing in [Publishing::Locked, Publishing::LetsGo] {
        found = linearise(&Spec::new(scenario.bounds, publishing), &history, time);
        if found.is_ok() {
            return Ok(Ran { operations, publishing });
        }
    }
    let why = explain(&history, &found.unwrap_err());
    let publishing = Publishing::Refused;
    for refused in 0..history.len() {
        if let Some(at) = make_room_before(&mut history, refused) {
            if linearise(&Spec::new(scenario.bounds, publishing), &history, time).is_ok() {
                return Ok(Ran { operations, publishing });
            }
            history.remove(at);
        }
    }
    Err(why)
}

/// If this was refused, it may have made room before it was.
fn make_room_before(history: &mut Vec<Entry<Spec>>, at: usize) -> Option<usize> {
    let Entry { thread, ref op, ret, call, end } = history[at];
    let (events, bytes_each) = match (&op.act, ret) {
        (Act::Publish { bytes, .. }, Ret::GivenBack(_)) => (1, *bytes),
        (Act::PublishAll(values), Ret::GivenBack(_)) => (values.len(), 1),
        _ => return None,
    };
    let op = Op { seat: op.seat, act: Act::MakeRoom { events, bytes_each } };
    history.insert(at, Entry { thread, op, ret: Ret::Room, call, end });
    Some(at)
}

/// All that is left for a subscriber, what it says about it, and its end.
fn drain<S: Subject>(subject: &S, main: &mut Log<Spec>, seat: usize, sits: &mut Option<S::Seat>) {
    let ends = |entry: &Entry<Spec>| matches!(entry.ret, Ret::Empty | Ret::Closed | Ret::NotNow);
    for _ in 0..9 {
        main.record(|| subject.perform(sits, &Op { seat, act: Act::TryRecv }));
        if main.entries.last().is_some_and(ends) {
            break;
        }
    }
    for act in [Act::Receipt, Act::Leave] {
        main.record(|| subject.perform(sits, &Op { seat, act }));
    }
}
