//! How a subscriber holds its buffer.

use alloc::sync::Arc;

use super::ReplayBuffer;
use crate::hooks::ReplayHooks;

/// What a subscriber reads: a reference to a buffer, or an `Arc`. Sealed, since a
/// subscriber relies on finding the same buffer each time.
///
/// ```
/// use bellwether::{ReplayBuffer, ReplayHandle, Start, Subscriber};
/// use std::sync::Arc;
///
/// fn lag<B: ReplayHandle>(buffer: B) -> u64 {
///     Subscriber::new(buffer, Start::Oldest).lag()
/// }
/// let buffer = Arc::new(ReplayBuffer::builder().capacity(8).build().unwrap());
/// buffer.publish(7).unwrap();
/// assert_eq!((lag(&*buffer), lag(buffer.clone())), (1, 1));
/// ```
pub trait Handle: sealed::Sealed {
    /// What is published.
    type Event;
    /// Who observes it.
    type Hooks: ReplayHooks;

    #[doc(hidden)]
    fn buffer(&self) -> &ReplayBuffer<Self::Event, Self::Hooks>;
}

impl<T, H: ReplayHooks> Handle for &ReplayBuffer<T, H> {
    type Event = T;
    type Hooks = H;

    #[inline(always)]
    fn buffer(&self) -> &ReplayBuffer<T, H> {
        self
    }
}

impl<T, H: ReplayHooks> Handle for Arc<ReplayBuffer<T, H>> {
    type Event = T;
    type Hooks = H;

    #[inline(always)]
    fn buffer(&self) -> &ReplayBuffer<T, H> {
        self
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T, H> Sealed for &super::ReplayBuffer<T, H> {}
    impl<T, H> Sealed for alloc::sync::Arc<super::ReplayBuffer<T, H>> {}
}
