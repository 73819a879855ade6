//! The counts that this crate promises of its cell, exactly.

use benches::allocations::Counting;
use benches::counts::{self, WAITERS};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
#[cfg(target_pointer_width = "64")]
fn our_counts_are_as_promised() {
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
