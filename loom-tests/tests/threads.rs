//! The scenarios of `linear.rs` on real threads, with the library as its users have it.

#[path = "../linear/list.rs"]
#[allow(dead_code, reason = "the models use more")]
mod linear;

use linear::check::Time;
use linear::replay_spec::Publishing;
use linear::replay_subject::{Payload, Real};
use linear::run::run;
use linear::scenario::Scenario;

/// What the scenarios run on.
mod under_test {
    pub(crate) use bellwether::*;
    pub(crate) use core::sync::atomic::AtomicUsize;
    pub(crate) use std::thread;
}

/// Each of these scenarios, some times.
fn all<T: Payload>(seeds: core::ops::Range<u64>) {
    let (mut histories, mut operations, mut granted) = (0, 0, 0);
    let scenarios = seeds.clone().count();
    for seed in seeds {
        let scenario = Scenario::new(seed);
        for _ in 0..50 {
            match run::<Real<T>>(&scenario, Time::Real) {
                Ok(ran) => {
                    histories += 1;
                    operations += ran.operations;
                    granted += usize::from(ran.publishing != Publishing::Locked);
                }
                Err(fault) => panic!("seed {seed}, {scenario:?}\n{fault}"),
            }
        }
    }
    println!("{histories} histories, {operations} operations, {granted} need a publisher let go");
    assert_eq!(histories, 50 * scenarios, "each has an order");
    assert!(operations > 5 * histories, "threads did something");
}

#[test]
fn replay_buffer_with_drops() {
    all::<Box<u64>>(0..200);
}

#[test]
fn replay_buffer_in_place() {
    all::<u64>(200..400);
}
