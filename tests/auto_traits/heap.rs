//! What of the replay buffer needs an allocator, or a dependency.

#[cfg(feature = "alloc")]
use std::sync::Arc;

#[cfg(feature = "alloc")]
use bellwether as b;

#[cfg(feature = "alloc")]
use crate::kinds::{By, Keeps};

#[cfg(feature = "alloc")]
type Owning<T, H = ()> = b::Subscriber<Arc<b::ReplayBuffer<T, H>>>;
#[cfg(feature = "alloc")]
type Single<T> = b::SingleProducer<b::ReplayBuffer<T>>;
#[cfg(feature = "alloc")]
type Many<X> = (&'static mut Owning<X>, &'static mut Vec<b::Event<X>>);

crate::answers::table! {
    //   all   !Sync !Send neither !Unpin torn
    #[cfg(feature = "alloc")]
    ReplayBuffer {
        "SYPUR S-PU- --PUR --PUR SYPUR SYP--" b::ReplayBuffer<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::ReplayBuffer<u8, By<X>>;
    }
    #[cfg(feature = "alloc")]
    PlainBuffer {
        "SYPUR SYPU- SYPUR SYPUR SYPUR SYP--" b::PlainBuffer<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::PlainBuffer<u8, By<X>>;
    }
    #[cfg(feature = "alloc")]
    replay::Heap {
        "SYP-R S-P-- --P-R --P-R SYP-R SYP-R" b::replay::Heap<X>;
    }
    #[cfg(feature = "alloc")]
    replay::HeapSlots {
        "SYPUR" b::replay::HeapSlots;
    }
    #[cfg(feature = "alloc")]
    replay::Ring {
        "SYPUR" b::replay::Ring<X, b::replay::HeapSlots>;
    }
    #[cfg(feature = "alloc")]
    Subscriber {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" Owning<X>;
        "SYPUR --P-- --PUR --PUR SYPUR SYPUR" Owning<u8, By<X>>;
        "SYPUR" Owning<u8, Keeps<X>>;
    }
    #[cfg(feature = "alloc")]
    Producer {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" b::Producer<Arc<Single<X>>>;
    }
    #[cfg(feature = "alloc")]
    Subscriber::recv {
        "SY--- ----- ----- ----- SY--- SY---" => |s: &'static mut Owning<X>| s.recv();
    }
    #[cfg(feature = "alloc")]
    Subscriber::recv_many {
        "SY--- ----- ----- ----- SY--- SY---" => |(s, events): Many<X>| s.recv_many(events, 1);
    }
    #[cfg(feature = "alloc")]
    Budget {
        "SYPUR" b::Budget;
    }
    #[cfg(feature = "alloc")]
    ReplayBuilder {
        "SYPUR" b::ReplayBuilder<X, (), ()>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::ReplayBuilder<u8, X, ()>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::ReplayBuilder<u8, (), X>;
    }
    #[cfg(feature = "alloc")]
    BuildError {
        "SYPUR" b::BuildError;
    }
    #[cfg(all(feature = "alloc", feature = "futures-core"))]
    EventStream {
        "SY--- ----- ----- ----- SY--- SY---" b::EventStream<Arc<b::ReplayBuffer<X>>>;
        "SY--- ----- ----- ----- SY--- SY---" b::EventStream<Arc<b::ReplayBuffer<u8, By<X>>>>;
        "SY--- S---- -Y--- ----- SY--- SY---" b::EventStream<Arc<b::ReplayBuffer<u8, Keeps<X>>>>;
    }
}
