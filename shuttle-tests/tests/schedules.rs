//! Whether the primitives are linearizable: schedules of seeded scenarios under
//! shuttle. `cargo run --release -p shuttle-tests -- 1000000` runs more.

#[path = "../../loom-tests/linear/broken.rs"]
mod broken;
#[path = "../src/harness.rs"]
mod harness;
#[path = "../../loom-tests/linear/list.rs"]
#[allow(dead_code, reason = "other harnesses use more")]
mod linear;
#[path = "../src/suites.rs"]
mod suites;

use harness::explore;
use linear::check::Time;

/// shuttle has but one order of all that happens.
const TIMES: &[Time] = &[Time::Real];

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether_shuttle::*;
    pub(crate) use shuttle::sync::atomic::AtomicUsize;
    pub(crate) use shuttle::sync::{Condvar, Mutex};
    pub(crate) use shuttle::thread;
}

/// The schedules of a suite's scenarios, so many each.
const EACH: usize = 20;

/// All histories have an order.
#[test]
fn histories_have_orders() {
    let mut schedules = 0;
    for suite in suites::SUITES {
        let counts = (suite.run)(suite.seeds.clone(), EACH);
        let (histories, distinct) = (counts.histories, counts.distinct);
        println!("{}: {histories} schedules, {distinct} of them distinct", suite.name);
        println!("    {} operations; granted: {:?}", counts.operations, counts.granted);
        assert_eq!(histories, EACH * suite.seeds.clone().count(), "each ran");
        assert!(2 * distinct > histories, "they differ");
        assert!(100 * counts.granted.values().sum::<usize>() < histories, "seldom needed");
        schedules += histories;
    }
    assert_eq!(schedules, EACH * suites::scenarios());
}
