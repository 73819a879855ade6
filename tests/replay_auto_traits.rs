//! `Send`, `Sync` and `Unpin` of the replay buffer's types: checked by the compiler.

#![cfg(feature = "alloc")]

use core::cell::Cell;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::MutexGuard;

use bellwether::{Budget, ReplayArray, ReplayBuffer, Subscriber};
use static_assertions::{assert_impl_all as holds, assert_not_impl_any as fails};

type Both = u32;
type SendOnly = Cell<u8>;
type SyncOnly = MutexGuard<'static, u8>;
type Neither = Rc<u8>;

// A budget knows nothing of events.
holds!(Budget: Send, Sync, Unpin, Clone, UnwindSafe, RefUnwindSafe);

// The buffer is `Send` with its events; shared, it lends one to many threads at once.
holds!(ReplayBuffer<Both>: Send, Sync);
holds!(ReplayBuffer<SendOnly>: Send);
fails!(ReplayBuffer<SendOnly>: Sync);
fails!(ReplayBuffer<SyncOnly>: Send, Sync);
fails!(ReplayBuffer<Neither>: Send, Sync);
holds!(Subscriber<&'static ReplayBuffer<Both>>: Send, Sync, Unpin);
holds!(Subscriber<std::sync::Arc<ReplayBuffer<Both>>>: Send, Sync, Unpin);
fails!(Subscriber<&'static ReplayBuffer<SendOnly>>: Send, Sync);
fails!(Subscriber<std::sync::Arc<ReplayBuffer<SendOnly>>>: Send, Sync);

// A panic harms no buffer, so long as it harms no event.
holds!(ReplayBuffer<Both>: UnwindSafe, RefUnwindSafe);
holds!(Subscriber<&'static ReplayBuffer<Both>>: UnwindSafe);
fails!(ReplayBuffer<SendOnly>: RefUnwindSafe);
fails!(Subscriber<&'static ReplayBuffer<SendOnly>>: UnwindSafe);

// Without an allocator it is the same.
holds!(ReplayArray<Both, 2>: Send, Sync);
holds!(ReplayArray<SendOnly, 2>: Send);
fails!(ReplayArray<SendOnly, 2>: Sync);
fails!(ReplayArray<SyncOnly, 2>: Send, Sync);
fails!(ReplayArray<Neither, 2>: Send, Sync);
holds!(Subscriber<&'static ReplayArray<Both, 2>>: Send, Sync, Unpin);
// Plain events go from thread to thread as words.
holds!(bellwether::PlainBuffer<(u64, f32)>: Send, Sync);
holds!(bellwether::PlainArray<[u8; 3], 5>: Send, Sync);

/// The futures are `Send` with what they receive.
#[test]
fn futures_of_the_buffer_are_send() {
    fn is_send(_: &impl Send) {}
    let buffer = ReplayBuffer::<Both>::builder().capacity(1).build().unwrap();
    let mut subscriber = buffer.subscribe(bellwether::Start::Live);
    is_send(&subscriber.recv());
    is_send(&subscriber.recv_many(&mut Vec::new(), 1));
}
