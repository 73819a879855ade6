//! What a case can lose or break: values that are booked from birth to drop, and code
//! of the user's that panics at its n-th call.
//!
//! | part | what |
//! |---|---|
//! | [`Ledger`] | each value once born, once dropped |
//! | [`inject`] | called by each callback: counts, and panics if it is this call's turn |
//!
//! Callbacks are counted per thread, and only between [`begin`] and [`end`].

use core::cell::{Cell, RefCell};
use core::fmt;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};

/// The payload of a panic that was asked for. It is raised without the panic hook's
/// output.
pub(crate) struct Injected;

/// The calls that panic; the second may be of any number.
pub(crate) type Faults = [Option<usize>; 2];

std::thread_local! {
    static FAULTS: Cell<Faults> = const { Cell::new([None; 2]) };
    static SWALLOWED: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
    static COUNTS: Cell<bool> = const { Cell::new(false) };
    static SEEN: RefCell<Seen> = RefCell::default();
}

/// What the callbacks of one case did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The callback of each call, in order.
    pub(crate) calls: Vec<&'static str>,
    /// Panics that were raised.
    pub(crate) fired: usize,
    /// Those of them that were raised while another one unwound: they end there.
    pub(crate) swallowed: usize,
}

/// From here on this thread's callbacks count. Those whose names begin so may panic also
/// while another panic unwinds.
pub(crate) fn begin(faults: Faults, swallowed: &'static [&'static str]) {
    FAULTS.set(faults);
    SWALLOWED.set(swallowed);
    SEEN.take();
    COUNTS.set(true);
}

/// What they did since [`begin`].
pub(crate) fn end() -> Seen {
    COUNTS.set(false);
    SEEN.take()
}

/// What they did so far.
pub(crate) fn seen() -> Seen {
    SEEN.with_borrow(Seen::clone)
}

/// Code of a user's runs, and may panic.
pub(crate) fn inject(callback: &'static str) {
    if !COUNTS.get() {
        return;
    }
    let unwinds = std::thread::panicking();
    let panics = SEEN.with_borrow_mut(|seen| {
        let panics = FAULTS.get().contains(&Some(seen.calls.len()))
            && (!unwinds || SWALLOWED.get().iter().any(|name| callback.starts_with(name)));
        seen.calls.push(callback);
        seen.fired += usize::from(panics);
        seen.swallowed += usize::from(panics && unwinds);
        panics
    });
    if panics {
        resume_unwind(Box::new(Injected));
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Life {
    Alive,
    Dropped,
    DroppedTwice,
}

/// The books of one case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<(Life, &'static str)>>>);

impl Ledger {
    pub(crate) fn born(&self, what: &'static str) -> usize {
        let mut book = self.0.lock().unwrap();
        book.push((Life::Alive, what));
        book.len() - 1
    }

    /// Never panics: it is called by drops.
    pub(crate) fn dropped(&self, id: usize) {
        let mut book = self.0.lock().unwrap();
        let now = if book[id].0 == Life::Alive { Life::Dropped } else { Life::DroppedTwice };
        book[id].0 = now;
    }

    pub(crate) fn is_alive(&self, id: usize) -> bool {
        self.0.lock().unwrap()[id].0 == Life::Alive
    }

    /// Everything that was born was dropped once; returns how much that was.
    pub(crate) fn close(&self) -> usize {
        let book = self.0.lock().unwrap();
        for (id, (life, what)) in book.iter().enumerate() {
            match life {
                Life::Alive => panic!("leaked: {what} {id}"),
                Life::DroppedTwice => panic!("dropped twice: {what} {id}"),
                Life::Dropped => {}
            }
        }
        book.len()
    }
}

/// A value in the books. Its clone and its drop are callbacks.
pub(crate) struct Value {
    ledger: Ledger,
    id: usize,
    dies: &'static str,
    pub(crate) number: u64,
}

impl Value {
    /// What a primitive keeps: a cell's value, or an event.
    pub(crate) fn new(ledger: &Ledger, number: u64) -> Self {
        Self::named(ledger, "value.drop", number)
    }

    /// `dies` is the callback that its drop is.
    pub(crate) fn named(ledger: &Ledger, dies: &'static str, number: u64) -> Self {
        Self { ledger: ledger.clone(), id: ledger.born(dies), dies, number }
    }

    /// Fails if it was dropped already.
    pub(crate) fn check(&self) {
        assert!(self.ledger.is_alive(self.id), "used after its drop: {}", self.dies);
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        self.check();
        inject("value.clone");
        Self::named(&self.ledger, self.dies, self.number)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        inject("value.fmt");
        write!(f, "Value({})", self.number)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        inject("value.eq");
        self.number == other.number
    }
}

impl Eq for Value {}

impl Drop for Value {
    fn drop(&mut self) {
        self.ledger.dropped(self.id);
        inject(self.dies);
    }
}
