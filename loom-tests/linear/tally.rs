//! What many runs of one scenario came to, and all scenarios of a kind.

use core::hash::{Hash, Hasher};
use core::ops::Range;
use std::collections::{BTreeMap, HashSet};
use std::hash::DefaultHasher;
use std::sync::{Arc, Mutex};

use super::check::Time;
use super::run::{NOTHING, Primitive, Scenario, Subject, run};

/// What was explored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) scenarios: usize,
    /// Each was given to the checker.
    pub(crate) histories: usize,
    /// Of these, within a scenario: other answers, or other times.
    pub(crate) distinct: usize,
    pub(crate) operations: usize,
    /// How often there was an order only because something was granted.
    pub(crate) granted: BTreeMap<&'static str, usize>,
    /// The first history without an order.
    pub(crate) fault: Option<String>,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.scenarios += other.scenarios;
        self.histories += other.histories;
        self.distinct += other.distinct;
        self.operations += other.operations;
        for (what, times) in other.granted {
            *self.granted.entry(what).or_default() += times;
        }
        self.fault = self.fault.take().or(other.fault);
    }
}

/// Runs one scenario again and again, for whoever decides on schedules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<(Counts, HashSet<u64>)>>);

impl Tally {
    /// Runs it once more. `false`: it has no order, now or earlier.
    pub(crate) fn run<S: Subject>(&self, scenario: &Scenario<S::Of>, time: Time) -> bool {
        let history = run::<S>(scenario, time);
        let operations = history.len();
        let mut hasher = DefaultHasher::new();
        history.hash(&mut hasher);
        let judgement = S::Of::judge(&scenario.setup, history, time);
        let (counts, seen) = &mut *self.0.lock().unwrap();
        counts.histories += 1;
        counts.distinct += usize::from(seen.insert(hasher.finish()));
        counts.operations += operations;
        match judgement {
            Ok(NOTHING) => {}
            Ok(granted) => *counts.granted.entry(granted).or_default() += 1,
            Err(why) => drop(counts.fault.get_or_insert(why)),
        }
        counts.fault.is_none()
    }

    /// Whether some history has no order.
    pub(crate) fn is_faulty(&self) -> bool {
        self.0.lock().unwrap().0.fault.is_some()
    }

    /// What it came to.
    pub(crate) fn counts(&self) -> Counts {
        let (counts, _) = &*self.0.lock().unwrap();
        Counts { scenarios: 1, ..counts.clone() }
    }
}

/// All scenarios with these seeds, of which every history must have an order.
///
/// # Panics
///
/// If one has none.
pub(crate) fn all<S: Subject>(seeds: Range<u64>, time: Time, most: usize) -> Counts {
    let mut all = Counts::default();
    for seed in seeds {
        let scenario = Scenario::new(seed);
        let explored = crate::explore::<S>(&scenario, time, most);
        if let Some(fault) = explored.fault {
            let subject = core::any::type_name::<S>();
            panic!("{subject}, seed {seed}, {time:?}, {scenario:?}\n{fault}");
        }
        all.add(explored);
    }
    all
}

/// As [`all`], and that they were worth it: so many histories for each scenario.
pub(crate) fn test<S: Subject>(seeds: Range<u64>, time: Time, most: usize, least: usize) {
    let subject = core::any::type_name::<S>();
    let counts = all::<S>(seeds.clone(), time, most);
    let Counts { scenarios, histories, distinct, operations, granted, .. } = counts;
    println!("{subject}, {time:?}: seeds {seeds:?}");
    println!("    {scenarios} scenarios, {histories} histories, {distinct} of them distinct");
    println!("    {operations} operations; granted: {granted:?}");
    assert_eq!(scenarios, seeds.count(), "each is explored");
    assert!(histories >= least * scenarios, "they are explored");
    assert!(operations > 5 * histories, "threads do something");
    assert!(100 * granted.values().sum::<usize>() < histories, "what is granted is seldom needed");
}

/// The first of these scenarios in which some history has no order.
pub(crate) fn found<S: Subject>(mut seeds: Range<u64>, time: Time, most: usize) -> Option<u64> {
    let found = seeds.find(|&seed| {
        let scenario = <Scenario<S::Of>>::new(seed);
        crate::explore::<S>(&scenario, time, most).fault.is_some()
    });
    println!("{}, {time:?}: found out by {found:?}", core::any::type_name::<S>());
    found
}
