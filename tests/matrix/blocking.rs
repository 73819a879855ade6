//! Programs of blocked threads, for the panic matrix. This thread blocks, and its
//! callbacks count; another one lets it go on once it waits, or is gone.

use core::sync::atomic::{AtomicBool, Ordering::SeqCst};

use bellwether::{
    EvictReason, InitOutcome, OnceCell, OnceHooks, ReplayBuffer, ReplayHooks, Start, TryLead,
    WaitOutcome,
};

use super::case::{Case, Program};
use super::watch::{Span, Watch};
use super::world::Value;

/// By name.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("blocking: a thread waits for the value", |case| cell(case, true, false)),
    ("blocking: a thread wants the value", |case| cell(case, true, true)),
    ("blocking: a thread takes over", |case| cell(case, false, true)),
    ("blocking: a subscriber", buffer),
];

/// Says when somebody waits.
struct Tells {
    watch: Watch,
    waits: AtomicBool,
}

impl Tells {
    fn new(case: &Case) -> Self {
        Self { watch: Watch::new(&case.ledger), waits: AtomicBool::new(false) }
    }

    /// Until it has told, once.
    fn listen(&self) {
        while !self.waits.swap(false, SeqCst) {
            std::thread::yield_now();
        }
    }

    fn tell(&self) {
        self.waits.store(true, SeqCst);
    }
}

impl OnceHooks for &Tells {
    type Span = Span;
    type Site = ();

    fn wait_begin(&self, (): ()) -> Span {
        let span = OnceHooks::wait_begin(&self.watch, ());
        self.tell();
        span
    }
    fn wait_end(&self, span: Span, outcome: WaitOutcome) {
        OnceHooks::wait_end(&self.watch, span, outcome);
    }
    fn init_begin(&self) -> Span {
        self.watch.init_begin()
    }
    fn init_end(&self, span: Span, outcome: InitOutcome, waiters: usize) {
        self.watch.init_end(span, outcome, waiters);
    }
}

impl ReplayHooks for &Tells {
    type Span = Span;
    type Site = ();

    fn published(&self, events: u64, bytes: u64) {
        self.watch.published(events, bytes);
    }
    fn evicted(&self, events: u64, reason: EvictReason) {
        self.watch.evicted(events, reason);
    }
    fn missed(&self, events: u64) {
        self.watch.missed(events);
    }
    fn delivered(&self, events: u64, lag: u64) {
        self.watch.delivered(events, lag);
    }
    fn wait_begin(&self, (): ()) -> Span {
        let span = ReplayHooks::wait_begin(&self.watch, ());
        self.tell();
        span
    }
    fn wait_end(&self, span: Span, outcome: WaitOutcome) {
        ReplayHooks::wait_end(&self.watch, span, outcome);
    }
}

fn cell(case: &mut Case, sets: bool, initialises: bool) {
    let tells = Tells::new(case);
    let cell = OnceCell::<Value, _>::with_hooks(&tells);
    let ledger = case.ledger.clone();
    let TryLead::Leader(guard) = case.insist(|| cell.try_lead()) else {
        panic!("the lead is lost")
    };
    let value = Value::new(&ledger, 1);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            tells.listen();
            match sets {
                true => guard.set(value).check(),
                false => drop((guard, value)),
            }
        });
        case.call(|| match initialises {
            true => cell.get_or_init_blocking(|| Value::new(&ledger, 2)).check(),
            false => cell.wait_blocking().check(),
        });
        // It may have panicked before it waited.
        tells.tell();
    });
    while cell.get().is_none() {
        assert!(!sets, "what was set is not there");
        case.call(|| cell.get_or_init_blocking(|| Value::new(&ledger, 3)).check());
    }
    case.call(|| drop(cell));
}

fn buffer(case: &mut Case) {
    let tells = Tells::new(case);
    let builder = ReplayBuffer::builder().capacity(8).hooks(&tells);
    let buffer = builder.build().unwrap();
    let ledger = case.ledger.clone();
    for call in 0..3 {
        let mut sub = buffer.subscribe(Start::Live);
        let event = Value::new(&ledger, call);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                tells.listen();
                assert!(buffer.publish(event).is_ok());
            });
            case.call(|| match call {
                0 => sub.recv_blocking().unwrap().value.check(),
                1 => assert_eq!(sub.recv_many_blocking(&mut vec![], 2), Ok(1)),
                _ => assert_eq!(sub.ready_blocking(), Ok(())),
            });
            tells.tell();
        });
        let receipt = sub.receipt();
        assert_eq!((receipt.published, receipt.missed), (1, 0));
        tells.waits.store(false, SeqCst);
    }
    case.call(|| drop(buffer));
}
