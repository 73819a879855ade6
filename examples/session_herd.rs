//! A herd of sessions, each with events of its own, under one bound of bytes.
//!
//! A session server keeps the latest events of each of 100,000 sessions, so that a client
//! that lost its connection can go on where it was. A tenth of the clients stop reading,
//! and a fiftieth of the sessions gets twenty times as many events as the others. With a
//! bound for each session, the bound of all of them together is either so large that it
//! is none, or so small that it wastes what quiet sessions do not need. Here all sessions
//! share one `Budget`: what is retained never weighs more, the heaviest pay first, and
//! who missed something is told exactly what.
//!
//! ```text
//! cargo run --release --example session_herd -- [--sessions N]
//! ```
//!
//! It exits with 3 if one of that turns out not to be so.

use bellwether::{Budget, EvictReason, ReplayBuffer, Resume, Start, Subscriber, Token};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

const USAGE: &str = "Usage: session_herd [--sessions N]   N from 1,000 to 1,000,000";
const SESSIONS: usize = 100_000;
/// For [`SESSIONS`] sessions: 64 MiB.
const CAP: usize = 64 << 20;
/// Events that a session gets; a busy one gets more.
const EVENTS: u64 = 8;
const BUSY: u64 = 20;
const WORKERS: usize = 4;

type Outbox = ReplayBuffer<Vec<u8>>;

struct Session {
    outbox: Arc<Outbox>,
    /// Its client is connected and reads.
    reader: Option<Subscriber<Arc<Outbox>>>,
    /// Or it is away, and knows where it was.
    token: Token,
    is_busy: bool,
    is_stalled: bool,
    received: u64,
    missed: u64,
    /// An event that is not what was sent, or not in its turn.
    damaged: u64,
}

impl Session {
    fn new(number: usize, budget: &Budget) -> Self {
        // A place for an event is allocated when it is needed, 16 at a time.
        let builder = ReplayBuffer::builder().capacity(256).weigh(Vec::len);
        let outbox = builder.budget(budget).build().expect("within bounds");
        let reader = Subscriber::new(outbox.clone(), Start::Oldest);
        let (token, is_stalled) = (reader.token(), number % 10 == 3);
        Self {
            outbox,
            reader: (!is_stalled).then_some(reader),
            token,
            is_busy: matches!(number % 100, 3 | 7),
            is_stalled,
            received: 0,
            missed: 0,
            damaged: 0,
        }
    }

    /// The next event, which says which one it is.
    fn publish(&self, dice: usize) {
        let next = self.outbox.stats().published + 1;
        let mut event = vec![next as u8; 60 + dice % 140];
        event[..8].copy_from_slice(&next.to_le_bytes());
        self.outbox.publish(event).expect("it is open, and the event is small");
    }

    /// What a client does that reads.
    fn read(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        let (mut next, mut damaged) = (reader.token().seq + 1, 0);
        while reader.lag() > 0 {
            let _missed = reader.for_each_ready(64, |seq, event| {
                let (number, rest) = event.split_at(8);
                let is_whole = number == seq.to_le_bytes() && rest.iter().all(|b| *b == seq as u8);
                damaged += u64::from(!is_whole || seq < next);
                next = seq + 1;
            });
        }
        self.damaged += damaged;
    }

    /// What the account says, once all is read.
    fn settle(&mut self) {
        if let Some(reader) = &self.reader {
            let receipt = reader.receipt();
            (self.received, self.missed) = (receipt.received, receipt.missed);
        }
    }

    /// The client is back, and says where it was.
    fn resume(&mut self) -> Option<EvictReason> {
        let (reader, missed) = match Subscriber::resume(self.outbox.clone(), self.token) {
            Resume::Complete(reader) => (reader, None),
            Resume::Gap { missed, sub } => (sub, Some(missed)),
            Resume::WrongEpoch { .. } | Resume::Ahead { .. } => {
                self.damaged += 1;
                return None;
            }
        };
        self.reader = Some(reader);
        self.read();
        missed.map(|missed| missed.reason)
    }
}

/// Publishes into some of the sessions, round by round; those who read do so at once.
fn work(sessions: &mut [Session]) {
    let mut dice = 0_u64;
    for _ in 0..EVENTS {
        for session in &mut *sessions {
            for _ in 0..if session.is_busy { BUSY } else { 1 } {
                dice = dice.wrapping_mul(25_214_903_917).wrapping_add(11);
                session.publish((dice >> 16) as usize);
                session.read();
            }
        }
    }
}

/// The most that the budget said it had given.
fn watch(budget: &Budget, done: &AtomicBool) -> usize {
    let mut most = 0;
    while !done.load(Relaxed) {
        most = most.max(budget.used());
        thread::yield_now();
    }
    most.max(budget.used())
}

/// Prints sums over those sessions; returns how many events they missed.
fn row(what: &str, sessions: &[Session], of: impl Fn(&Session) -> bool) -> u64 {
    let mut sums = [0; 6];
    for session in sessions.iter().filter(|session| of(session)) {
        let stats = session.outbox.stats();
        let each = [1, stats.published, stats.evicted_through, session.received, session.missed];
        let retained = stats.bytes as u64;
        sums.iter_mut().zip(each.into_iter().chain([retained])).for_each(|(sum, n)| *sum += n);
    }
    let [count, published, evicted, received, missed, retained] = sums;
    let each = retained / count.max(1);
    println!(
        "  {what:<16}{count:>9}{published:>11}{evicted:>10}{received:>10}{missed:>9}{each:>12}"
    );
    missed
}

fn parse(arguments: &[String]) -> Option<usize> {
    let number = match arguments {
        [] => return Some(SESSIONS),
        [name, number] if name == "--sessions" => number,
        [one] => one.strip_prefix("--sessions=")?,
        _ => return None,
    };
    number.parse().ok().filter(|sessions| (1_000..=1_000_000).contains(sessions))
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let Some(count) = parse(&arguments) else {
        eprintln!("session_herd: found {arguments:?}\n\n{USAGE}");
        return ExitCode::from(2);
    };
    let cap = (CAP as u64 * count as u64 / SESSIONS as u64) as usize;
    let budget = Budget::new(cap).expect("some bytes");
    let started = Instant::now();
    let mut sessions: Vec<_> = (0..count).map(|number| Session::new(number, &budget)).collect();

    let done = AtomicBool::new(false);
    let most = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&budget, &done));
        let shards = sessions.chunks_mut(count.div_ceil(WORKERS));
        let workers: Vec<_> = shards.map(|shard| scope.spawn(move || work(shard))).collect();
        workers.into_iter().for_each(|worker| worker.join().expect("a worker"));
        done.store(true, Relaxed);
        watcher.join().expect("the watcher")
    });
    let retained: usize = sessions.iter().map(|session| session.outbox.stats().bytes).sum();
    let used = budget.used();

    // All who were away come back.
    let (mut complete, mut by_budget, mut by_count) = (0, 0, 0);
    for session in sessions.iter_mut().filter(|session| session.is_stalled) {
        match session.resume() {
            None => complete += 1,
            Some(EvictReason::Budget) => by_budget += 1,
            Some(_) => by_count += 1,
        }
    }
    sessions.iter_mut().for_each(Session::settle);

    println!("{count} sessions, one budget of {cap} bytes, {WORKERS} workers");
    println!("  most in use     {most:>9} bytes, {:.2} %", 100.0 * most as f64 / cap as f64);
    println!("  in use at last  {used:>9} bytes, {:.2} %\n", 100.0 * used as f64 / cap as f64);
    println!("  who              sessions  published   evicted  received   missed  bytes each");
    let missed_by = |what, busy, stalled| {
        row(what, &sessions, |session| (session.is_busy, session.is_stalled) == (busy, stalled))
    };
    let missed_by_readers =
        missed_by("quiet, reads", false, false) + missed_by("busy, reads", true, false);
    let missed = missed_by("quiet, stalled", false, true) + missed_by("busy, stalled", true, true);
    println!(
        "\n  of those who stalled, {complete} resume without a gap; {by_budget} are told of one"
    );
    println!("  by the budget, {by_count} by their own bound: {missed} events in all\n");

    let balances =
        |session: &Session| session.received + session.missed == session.outbox.stats().published;
    let whole = sessions.iter().all(|session| session.damaged == 0 && balances(session));
    drop(sessions);
    let checks = [
        ("the budget was used, and never exceeded", most <= cap && most > cap / 2),
        ("what it says is the sum of what sessions retain", used == retained),
        ("who reads missed nothing", missed_by_readers == 0),
        ("each event was received once, in order, or told as missed", whole),
        (
            "all of it is free when the sessions are gone",
            (budget.used(), budget.buffers()) == (0, 0),
        ),
    ];
    for (what, held) in checks {
        println!("  {}  {what}", if held { "pass" } else { "FAIL" });
    }
    let held = checks.iter().filter(|(_, held)| *held).count();
    println!(
        "{held} of {} guarantees held, after {:.1} s.",
        checks.len(),
        started.elapsed().as_secs_f32()
    );
    ExitCode::from(if held == checks.len() { 0 } else { 3 })
}
