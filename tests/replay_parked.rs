//! Receivers that are parked leave from anywhere among the others, who are all woken.

#![cfg(feature = "alloc")]

use bellwether::{ReplayBuffer, Start};
use core::pin::Pin;

#[path = "support/support.rs"]
mod support;
use support::Task;

#[test]
fn whoever_leaves_takes_nobody_along() {
    // Each set of those who leave: the first, one in the middle, the last, and more.
    for leaves in 0_u32..1 << 5 {
        let buffer = ReplayBuffer::builder().capacity(4).build().unwrap();
        let mut subscribers: Vec<_> = (0..5).map(|_| buffer.subscribe(Start::Live)).collect();
        let mut tasks: Vec<_> = subscribers
            .iter_mut()
            .map(|subscriber| Some(Task::new(async { subscriber.recv().await.unwrap().value })))
            .collect();
        for task in tasks.iter_mut().flatten() {
            assert!(task.poll().is_pending());
            assert_eq!(task.retained(), 1);
        }
        // From the back in odd sets, so that the order of leaving differs too.
        let mut order: Vec<_> = (0..5).filter(|n| leaves >> n & 1 == 1).collect();
        if leaves % 2 == 1 {
            order.reverse();
        }
        for n in order {
            assert_eq!(tasks[n].take().unwrap().cancel(), 0, "its waker is given back");
        }
        buffer.publish(7).unwrap();
        for task in tasks.iter_mut().flatten() {
            assert_eq!((task.wakes(), task.finish()), (1, 7));
        }
    }
}

#[test]
fn whoever_was_woken_already_leaves_nothing() {
    let buffer = ReplayBuffer::builder().capacity(4).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    let mut ready = Box::pin(subscriber.ready());
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    assert!(Pin::as_mut(&mut ready).poll(&mut context).is_pending());
    buffer.publish(1).unwrap();
    // Woken, not polled again, and dropped.
    drop(ready);
    buffer.publish(2).unwrap();
    assert_eq!(subscriber.receipt().pending, 2);
}
