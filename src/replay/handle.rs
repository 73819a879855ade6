//! How a subscriber holds its buffer.

#[cfg(feature = "alloc")]
use alloc::sync::Arc;

use super::Replay;
use super::shared::Shared;
use super::single::{Claim, SingleProducer};
use super::store::Store;
use crate::hooks::ReplayHooks;

/// What a subscriber reads: a reference to a buffer, or an `Arc`. Sealed, since a
/// subscriber relies on finding the same buffer each time.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{ReplayBuffer, ReplayHandle, Start, Subscriber};
/// use std::sync::Arc;
///
/// fn lag<B: ReplayHandle>(buffer: B) -> u64 {
///     Subscriber::new(buffer, Start::Oldest).lag()
/// }
/// let buffer = Arc::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// buffer.publish(7).unwrap();
/// assert_eq!((lag(&*buffer), lag(buffer.clone())), (1, 1));
/// # }
/// ```
pub trait Handle: sealed::Sealed {
    /// What is published.
    type Event;
    /// Who observes it.
    type Hooks: ReplayHooks;

    #[doc(hidden)]
    type Store: Store<Event = Self::Event>;

    #[doc(hidden)]
    fn shared(&self) -> &Shared<Self::Store, Self::Hooks>;
}

impl<S: Store, H: ReplayHooks> Handle for &Replay<S, H> {
    type Event = S::Event;
    type Hooks = H;
    type Store = S;

    #[inline(always)]
    fn shared(&self) -> &Shared<S, H> {
        &self.shared
    }
}

#[cfg(feature = "alloc")]
impl<S: Store, H: ReplayHooks> Handle for Arc<Replay<S, H>> {
    type Event = S::Event;
    type Hooks = H;
    type Store = S;

    #[inline(always)]
    fn shared(&self) -> &Shared<S, H> {
        &self.shared
    }
}

/// A [`Handle`] to a buffer with one producer.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use bellwether::{Producer, ReplayBuffer, SingleProducer, replay::Single};
///
/// fn publish_seven<B: Single<Event = u8>>(producer: &mut Producer<B>) {
///     producer.publish(7).unwrap();
/// }
/// let buffer = SingleProducer::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// publish_seven(&mut buffer.producer().unwrap());
/// assert_eq!(buffer.stats().published, 1);
/// # }
/// ```
pub trait Single: Handle {
    #[doc(hidden)]
    fn claim(&self) -> &Claim;
}

mod sealed {
    #[cfg(feature = "alloc")]
    use super::Arc;
    use super::{Replay, SingleProducer, Store};

    pub trait Sealed {}

    impl<S: Store, H> Sealed for &Replay<S, H> {}
    impl<S: Store, H> Sealed for &SingleProducer<Replay<S, H>> {}
    #[cfg(feature = "alloc")]
    impl<S: Store, H> Sealed for Arc<SingleProducer<Replay<S, H>>> {}
    #[cfg(feature = "alloc")]
    impl<S: Store, H> Sealed for Arc<Replay<S, H>> {}
}
