//! Buffers that fight for a budget: nobody is refused, and nothing is lost of it.

#![cfg(feature = "std")]

use bellwether::{Budget, ReplayBuffer};
use std::sync::Arc;
use std::thread;

/// One event is all that fits, so each publication takes from the one before it, who
/// may be preempted in the moment in which nobody can be found to take from.
#[test]
fn one_event_for_all() {
    let (threads, events) = if cfg!(miri) { (2, 5) } else { (8, 20_000) };
    let budget = Budget::new(64).unwrap();
    let buffers = [(); 2].map(|()| {
        ReplayBuffer::<Arc<usize>>::builder().capacity(4).budget(&budget).build().unwrap()
    });
    thread::scope(|scope| {
        for thread in 0..threads {
            let buffer = &buffers[thread % 2];
            scope.spawn(move || {
                for event in 0..events {
                    buffer.publish_sized(Arc::new(event), 64).unwrap();
                }
            });
        }
    });
    let stats = buffers.each_ref().map(|buffer| buffer.stats());
    assert_eq!(stats[0].published + stats[1].published, threads as u64 * events as u64);
    assert_eq!((stats[0].len + stats[1].len, budget.used()), (1, 64));
    drop(buffers);
    assert_eq!((budget.used(), budget.buffers()), (0, 0));
}
