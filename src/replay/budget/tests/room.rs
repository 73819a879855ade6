//! How much room is made, and how long it is waited for.

use super::super::share::Room;
use super::{Mock, budget};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// So that not everyone has to search: a thousandth of all, or an eighth of whom it is
/// taken from, if that is less.
#[test]
fn a_little_more_room_is_made_than_is_needed() {
    for (buffers, each, went) in [(1, 10_240, 10), (320, 32, 4), (2_560, 4, 1)] {
        let budget = budget(10_240);
        let buffers: Vec<_> = (0..buffers).map(|_| Mock::new(&budget)).collect();
        (0..each).for_each(|_| buffers.iter().for_each(|buffer| buffer.publish(1)));
        assert_eq!(budget.used(), budget.max_bytes());
        assert!(Room::new(&budget, 1).make());
        assert_eq!(budget.max_bytes() - budget.used(), went, "of {each} each");
    }
}

/// What is away may have been seen while it was on its way out, and somebody else may be
/// about to give something back.
#[test]
fn it_is_waited_for_although_somebody_is_away() {
    let budget = budget(10);
    let away = Mock::new(&budget);
    away.publish(10);
    let away = Arc::into_inner(away).unwrap();
    let mut room = Room::new(&budget, 1);
    let turns = (0..10_000).take_while(|_| room.make()).count();
    assert!((100..10_000).contains(&turns), "{turns}");
    drop(away);
    assert!(room.make());
}
