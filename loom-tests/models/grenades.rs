//! Wakers that panic: whoever wakes gets the panic, and everybody else is woken.

use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use bellwether_loom::{Producer, ReplayBuffer, SingleProducer, Start, Subscriber, TryLead};
use loom::thread;

use super::parked::{Parked, shared};
use super::replay::events::{Marked, buffer_and_reader, drain, settled};
use super::support::{Bell, Value, block_on_with, panic_quietly, panics};

struct Grenade;

impl Wake for Grenade {
    fn wake(self: Arc<Self>) {
        panic_quietly();
    }
}

/// Polls once; who wakes it gets a panic.
fn arm<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(Arc::new(Grenade))))
}

/// The older two of three waiters panic when they are woken by a leader that succeeds.
pub(crate) fn grenades_beside_publish() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let (mut first, mut second) = (pin!(shared.0.wait()), pin!(shared.0.lead()));
    assert!(arm(first.as_mut()).is_pending() && arm(second.as_mut()).is_pending());
    let candidate = Parked::candidate(&shared);
    let other = thread::spawn(move || candidate.finish());
    assert!(panics(|| {
        guard.set(Value::new(1));
    }));
    other.join().unwrap();
}

/// Of two candidates, the older panics when it is woken by a leader that fails.
pub(crate) fn grenade_beside_takeover() {
    let shared = shared();
    let TryLead::Leader(guard) = shared.0.try_lead() else { unreachable!() };
    let mut first = pin!(shared.0.lead());
    assert!(arm(first.as_mut()).is_pending());
    let candidate = Parked::candidate(&shared);
    let other = thread::spawn(move || candidate.finish());
    shared.1.leave();
    assert!(panics(|| drop(guard)));
    other.join().unwrap();
}

/// A receiver that panics when it is woken stands before one that parks.
pub(crate) fn grenade_beside_event() {
    let (shared, mut first) = buffer_and_reader::<Marked>(2);
    let mut second = Subscriber::new(shared.clone(), Start::Live);
    {
        let mut waits = pin!(first.recv());
        assert!(arm(waits.as_mut()).is_pending());
        let other = thread::spawn(move || {
            let event = block_on_with::<Bell, _>(second.recv()).unwrap();
            assert_eq!((event.seq, event.value.number()), (1, 1));
            settled(&second, 1);
        });
        assert!(panics(|| drop(shared.publish(Marked::new(1)))));
        other.join().unwrap();
    }
    assert_eq!(drain(&mut first), [1]);
}

/// The same with an only producer, in place.
pub(crate) fn grenade_beside_only_producer() {
    let buffer = ReplayBuffer::builder().capacity(2).build().unwrap();
    let shared = Arc::new(SingleProducer::new(buffer));
    let mut producer = Producer::new(shared.clone()).unwrap();
    let mut first = Subscriber::new(shared.clone(), Start::Live);
    let mut second = Subscriber::new(shared, Start::Live);
    let mut waits = pin!(first.recv());
    assert!(arm(waits.as_mut()).is_pending());
    let other = thread::spawn(move || {
        let event = block_on_with::<Bell, _>(second.recv()).unwrap();
        assert_eq!((event.seq, event.value), (1, 1_u64));
    });
    assert!(panics(|| assert_eq!(producer.publish(1), Ok(1))));
    other.join().unwrap();
}
