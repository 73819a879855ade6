//! A herd of sessions under one bound of bytes: each publication goes to a random one.
//!
//! | form | whose events go when all bytes are used up |
//! |---|---|
//! | [`Members`] | those of one of the heaviest |
//! | [`Unbounded`] | nobody's: each session is bounded by itself only |
//! | [`ByHand`] | those of the session itself, or of the largest, found by a scan |

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Instant;

use bellwether::{Budget, ReplayBuffer};

use crate::clock::Stopwatch;

/// What is published.
pub type Event = Arc<u64>;

/// What an event weighs on average.
pub const WEIGHT: usize = 128;

/// Sessions that can be published into.
pub trait Herd: Sync {
    /// Into a session; whether the event was taken.
    fn publish(&self, session: usize, event: Event, bytes: usize) -> bool;

    /// How many sessions there are.
    fn sessions(&self) -> usize;
}

/// Buffers that share a budget.
pub struct Members(pub Budget, Vec<Arc<ReplayBuffer<Event>>>);

impl Members {
    /// Empty, with so many places for events each, and so many bytes for all.
    ///
    /// # Panics
    ///
    /// Without places or bytes.
    #[must_use]
    pub fn new(sessions: usize, places: usize, cap: usize) -> Self {
        let budget = Budget::new(cap).expect("some bytes");
        let build = |_| ReplayBuffer::builder().capacity(places).budget(&budget).build();
        let buffers = (0..sessions).map(|at| build(at).expect("within bounds")).collect();
        Self(budget, buffers)
    }
}

impl Herd for Members {
    fn publish(&self, session: usize, event: Event, bytes: usize) -> bool {
        self.1[session].publish_sized(event, bytes).is_ok()
    }

    fn sessions(&self) -> usize {
        self.1.len()
    }
}

/// Buffers without a budget.
pub struct Unbounded(Vec<Arc<ReplayBuffer<Event>>>);

impl Unbounded {
    /// Empty, with so many places for events each.
    ///
    /// # Panics
    ///
    /// Without places.
    #[must_use]
    pub fn new(sessions: usize, places: usize) -> Self {
        let build = |_| ReplayBuffer::builder().capacity(places).build().expect("within bounds");
        Self((0..sessions).map(|at| Arc::new(build(at))).collect())
    }
}

impl Herd for Unbounded {
    fn publish(&self, session: usize, event: Event, bytes: usize) -> bool {
        self.0[session].publish_sized(event, bytes).is_ok()
    }

    fn sessions(&self) -> usize {
        self.0.len()
    }
}

/// Who pays, in [`ByHand`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payer {
    /// Whoever publishes; if it has nothing, its event is not taken.
    Itself,
    /// The session with the most bytes, of all.
    Largest,
}

#[derive(Default)]
struct Session {
    events: VecDeque<(Event, usize)>,
    bytes: usize,
}

/// What is written by hand: a map of queues behind a lock, and one count of bytes.
pub struct ByHand {
    sessions: Mutex<HashMap<usize, Session>>,
    used: AtomicUsize,
    places: usize,
    cap: usize,
    payer: Payer,
}

impl ByHand {
    /// Empty, with so many places for events each, and so many bytes for all.
    #[must_use]
    pub fn new(sessions: usize, places: usize, cap: usize, payer: Payer) -> Self {
        let sessions = (0..sessions).map(|at| (at, Session::default())).collect();
        Self { sessions: Mutex::new(sessions), used: AtomicUsize::new(0), places, cap, payer }
    }
}

impl Herd for ByHand {
    fn publish(&self, session: usize, event: Event, bytes: usize) -> bool {
        let mut gone = Vec::new();
        let mut sessions = self.sessions.lock().unwrap();
        let mut evict = |session: &mut Session| {
            let Some((event, bytes)) = session.events.pop_front() else { return false };
            session.bytes -= bytes;
            self.used.fetch_sub(bytes, Relaxed);
            gone.push(event);
            true
        };
        let own = sessions.get_mut(&session).expect("a session");
        if own.events.len() == self.places {
            evict(own);
        }
        while self.used.load(Relaxed) + bytes > self.cap {
            let found = match self.payer {
                Payer::Itself => sessions.get_mut(&session),
                Payer::Largest => sessions.values_mut().max_by_key(|session| session.bytes),
            };
            if !evict(found.expect("a session")) {
                return false;
            }
        }
        let own = sessions.get_mut(&session).expect("a session");
        own.events.push_back((event, bytes));
        own.bytes += bytes;
        self.used.fetch_add(bytes, Relaxed);
        // Dropped after the lock: it was declared before.
        true
    }

    fn sessions(&self) -> usize {
        self.sessions.lock().unwrap().len()
    }
}

/// Publishes `n` events, all threads together; how long an event took a thread (one),
/// or all of them together (more).
///
/// # Panics
///
/// If a thread does.
pub fn publish(herd: &impl Herd, threads: usize, n: u64) -> Duration {
    let each = n / threads as u64;
    let run = |thread: usize, each| {
        let event = Arc::new(0);
        let sessions = herd.sessions();
        let mut random = (thread as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..each {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            let session = (((random >> 32) * sessions as u64) >> 32) as usize;
            herd.publish(
                session,
                Arc::clone(&event),
                WEIGHT / 2 + (random >> 20) as usize % WEIGHT,
            );
        }
    };
    if threads == 1 {
        let watch = Stopwatch::start();
        run(0, each);
        return watch.elapsed();
    }
    let barrier = Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|thread| {
                let (barrier, run) = (&barrier, &run);
                scope.spawn(move || {
                    barrier.wait();
                    run(thread, each);
                })
            })
            .collect();
        let start = Instant::now();
        barrier.wait();
        all.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
        start.elapsed()
    })
}
