//! What is known of one buffer's class, a step at a time.

use super::super::class::{Standing, class_of};

#[test]
fn a_buffer_asks_to_be_moved_up_and_never_down() {
    let standing = Standing::new();
    assert!(!standing.weighs(0), "nothing changes");
    assert!(standing.weighs(100));
    assert!(standing.weighs(200), "it has not been moved yet");
    assert_eq!(standing.settle(), (None, class_of(200)));
    assert_eq!(standing.settle(), (class_of(200), class_of(200)));
    assert!(!standing.weighs(100));
    assert!(!standing.weighs(200), "it is listed there");
    assert!(!standing.weighs(0));
    assert_eq!((standing.listed(), standing.settle()), (class_of(200), (class_of(200), None)));
}

#[test]
fn what_is_unlisted_keeps_its_class() {
    for bytes in (0..usize::BITS).map(|class| 1 << class) {
        let standing = Standing::new();
        standing.weighs(bytes);
        standing.settle();
        standing.unlist();
        assert_eq!((standing.listed(), standing.settle()), (None, (None, class_of(bytes))));
    }
}
