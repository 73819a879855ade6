//! Where the sources may be broken, and how: every ordering, every read-modify-write,
//! every wake-up and every two steps whose order counts is a *site*, which announces
//! itself when it runs. One of them may be broken for the whole process: a *mutant*.
//!
//! | site | mutants |
//! |---|---|
//! | an ordering of an atomic operation | each that is weaker; success and failure apart |
//! | a fence | each that is weaker, and none |
//! | a read-modify-write | a load, and then a store; none of what is not changed, but by a swap |
//! | `wakes!` | nobody is woken |
//! | `in_order!` | the second step first |

use core::cell::{Cell, RefCell};
use core::fmt;
use core::panic::Location;
use core::str::FromStr;
use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::format;
use std::prelude::rust_2024::*;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A place in the source, and what of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// From `src/` on.
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
    pub operation: &'static str,
    /// `success` or `failure` of a compare-exchange, otherwise `order`; `whole` of a
    /// read-modify-write, `call` of a wake-up, `pair` of two steps.
    pub side: &'static str,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, operation, side } = self;
        write!(f, "{file}:{line}:{column} {operation} {side}")
    }
}

/// What there is at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Order(Ordering),
    Fence(Ordering),
    /// A read-modify-write.
    Whole,
    Wake,
    Pair,
}

/// What is done to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    Weaken(Ordering),
    /// No fence.
    Remove,
    /// A load, and then a store.
    Split,
    Skip,
    Swap,
}

use Mutation::{Remove, Skip, Split, Swap, Weaken};

impl Kind {
    /// All that can be done to it.
    pub fn mutations(self) -> Vec<Mutation> {
        use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
        let weaker = |order| match order {
            SeqCst => &[AcqRel, Acquire, Release][..],
            AcqRel => &[Acquire, Release],
            _ => &[],
        };
        let weakened = |order| weaker(order).iter().copied().map(Weaken);
        match self {
            Self::Order(Relaxed) => vec![],
            Self::Order(order) => weakened(order).chain([Weaken(Relaxed)]).collect(),
            Self::Fence(order) => weakened(order).chain([Remove]).collect(),
            Self::Whole => vec![Split],
            Self::Wake => vec![Skip],
            Self::Pair => vec![Swap],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(order) | Self::Fence(order) => write!(f, "{order:?}"),
            Self::Whole => f.write_str("one step"),
            Self::Wake => f.write_str("wakes"),
            Self::Pair => f.write_str("in order"),
        }
    }
}

const ORDERS: [Ordering; 4] =
    [Ordering::Relaxed, Ordering::Acquire, Ordering::Release, Ordering::AcqRel];
const OTHERS: [(Mutation, &str); 4] =
    [(Remove, "removed"), (Split, "two steps"), (Skip, "skipped"), (Swap, "swapped")];

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weaken(order) => write!(f, "{order:?}"),
            other => {
                let name = OTHERS.iter().find(|(mutation, _)| mutation == other);
                f.write_str(name.map_or("", |(_, name)| name))
            }
        }
    }
}

impl FromStr for Mutation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let orders = ORDERS.into_iter().map(Weaken);
        let mut all = orders.chain(OTHERS.into_iter().map(|(mutation, _)| mutation));
        all.find(|mutation| mutation.to_string() == name).ok_or(format!("unknown mutation {name}"))
    }
}

/// A site that has run, and the models in which it did.
#[derive(Clone, Debug)]
pub struct Seen {
    pub site: Site,
    pub kind: Kind,
    pub models: BTreeSet<&'static str>,
}

struct Mutant {
    site: String,
    /// Before the name is compared.
    line: u32,
    mutation: Mutation,
    reached: AtomicBool,
}

static SITES: Mutex<BTreeMap<Site, Seen>> = Mutex::new(BTreeMap::new());
static MUTANT: OnceLock<Mutant> = OnceLock::new();

/// Address of the place, of the operation's name and of the side's: a function with
/// `track_caller` may do one of several operations for a place.
type Key = [usize; 3];

std::thread_local! {
    /// Whose executions run on this thread.
    static MODEL: Cell<&'static str> = const { Cell::new("") };
    /// What it has announced: spares the models the lock.
    static KNOWN: RefCell<HashMap<Key, Option<Mutation>>> = RefCell::default();
}

/// From now on this thread runs the executions of that model.
pub fn begin_model(name: &'static str) {
    MODEL.set(name);
    KNOWN.with_borrow_mut(HashMap::clear);
}

/// All that ran so far.
pub fn sites() -> Vec<Seen> {
    SITES.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
}

/// From now on the named site is broken. Before anything runs.
///
/// # Panics
///
/// If called twice in a process, or if the name is not that of a site.
pub fn mutate(site: String, mutation: Mutation) {
    let line = site.split(':').nth(1).and_then(|line| line.parse().ok());
    let line = line.expect("the name of a site has a line");
    let mutant = Mutant { site, line, mutation, reached: AtomicBool::new(false) };
    assert!(MUTANT.set(mutant).is_ok(), "one mutant per process");
}

/// Whether the mutant ran: otherwise nothing was broken.
pub fn is_reached() -> bool {
    MUTANT.get().is_some_and(|mutant| mutant.reached.load(Ordering::Relaxed))
}

/// A site runs: what is to be done to it?
#[track_caller]
pub(super) fn announce(
    operation: &'static str,
    side: &'static str,
    kind: Kind,
) -> Option<Mutation> {
    let at = Location::caller();
    let key = [core::ptr::from_ref(at).addr(), operation.as_ptr().addr(), side.as_ptr().addr()];
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).copied()) {
        return known;
    }
    let file =
        at.file().rsplit_once("/src/").map_or(at.file().len(), |(before, _)| before.len() + 1);
    let file = &at.file()[file..];
    let site = Site { file, line: at.line(), column: at.column(), operation, side };
    let mutation = match MUTANT.get() {
        Some(mutant) if mutant.line == site.line && mutant.site == site.to_string() => {
            mutant.reached.store(true, Ordering::Relaxed);
            Some(mutant.mutation)
        }
        _ => None,
    };
    let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    let new = || Seen { site: site.clone(), kind, models: BTreeSet::new() };
    let seen = sites.entry(site.clone()).or_insert_with(new);
    seen.models.insert(MODEL.get());
    assert_eq!(seen.kind, kind, "{site}: one place, one ordering");
    KNOWN.with_borrow_mut(|known| known.insert(key, mutation));
    mutation
}

/// The ordering to use.
#[track_caller]
pub(super) fn ordering(operation: &'static str, side: &'static str, order: Ordering) -> Ordering {
    match announce(operation, side, Kind::Order(order)) {
        Some(Weaken(weaker)) => weaker,
        _ => order,
    }
}

/// Whether a read-modify-write is to be two steps.
#[track_caller]
pub(super) fn is_split(operation: &'static str) -> bool {
    announce(operation, "whole", Kind::Whole) == Some(Split)
}

/// For `wakes!` and for `unpark`: whether nobody is to be woken.
#[track_caller]
pub(crate) fn skips(operation: &'static str) -> bool {
    announce(operation, "call", Kind::Wake) == Some(Skip)
}

/// For `in_order!`: whether the second step comes first.
#[track_caller]
pub(crate) fn swaps() -> bool {
    announce("in_order", "pair", Kind::Pair) == Some(Swap)
}
