//! The counts that this crate promises, exactly.

use benches::allocations::{self, Counting};
use benches::counts::{self, WAITERS};
use benches::recording::values::Values;
use benches::recording::{Recording, Writer, ours};
use benches::replaying;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
#[cfg(target_pointer_width = "64")]
fn a_cells_counts_are_as_promised() {
    let ours = counts::of::<bellwether::OnceCell<u64>>();
    assert_eq!(ours.cell, 16, "8 beside the value");
    assert_eq!(ours.wait, Some(48));
    assert!(ours.get_or_init <= 64);
    assert_eq!(ours.allocations_alone, Some(0));
    assert_eq!(ours.allocations_crowd, Some(0));
    assert_eq!([ours.clones, ours.wakes, ours.polls], [1.0, 1.0, 2.0]);
    assert_eq!(ours.retained, 0);
    // All are woken when the leader is dropped; who is already served, not again.
    assert_eq!(ours.wakes_at_once, WAITERS);
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a_buffers_counts_are_as_promised() {
    let ours = replaying::counts::of::<replaying::ours::Shared<u64>>();
    assert_eq!(ours.subscriber, 32);
    assert_eq!(ours.subscribing, Some(0));
    assert_eq!(ours.allocations, Some(0), "what is evicted is published in again");
    assert_eq!(ours.allocations_crowd, Some(0));
    assert_eq!([ours.clones, ours.wakes, ours.polls], [1.0, 1.0, 2.0]);
    assert_eq!(ours.retained, 0);
}

/// The peer that must allocate is seen to.
#[test]
fn allocations_are_counted() {
    let theirs = counts::of::<async_lock::OnceCell<u64>>();
    assert_eq!(theirs.allocations_alone, Some(2));
}

fn allocations_of_records<P: Recording>() -> usize {
    let made = P::new(1);
    let (mut writer, mut values) = (made.writer(0), Values::new(0));
    allocations::count(|| (0..10_000).for_each(|_| writer.record(values.draw())))
}

#[test]
fn records_do_not_allocate() {
    assert!(allocations::is_installed());
    assert_eq!(allocations_of_records::<ours::Shared>(), 0);
    assert_eq!(allocations_of_records::<ours::Sharded>(), 0);
    assert_eq!(allocations_of_records::<ours::Own>(), 0);
}
