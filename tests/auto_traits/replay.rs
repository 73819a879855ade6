//! The buffer in its four forms, and those of its types that need no allocator.

use bellwether as b;

use crate::kinds::{By, Keeps};

type Array<T, H = ()> = b::ReplayArray<T, 2, H>;
type Single<T, H = ()> = b::SingleProducer<Array<T, H>>;
type Subscriber<T, H = ()> = b::Subscriber<&'static Array<T, H>>;
type Producer<T, H = ()> = b::Producer<&'static Single<T, H>>;
type Resume<T, H = ()> = b::Resume<&'static Array<T, H>>;

crate::answers::table! {
    //   all   !Sync !Send neither !Unpin torn
    Replay {
        "SYPUR S-PU- --PUR --PUR SY-UR SYP--" b::Replay<b::replay::Inline<X, 2, 2>>;
    }
    ReplayArray {
        "SYPUR S-PU- --PUR --PUR SY-UR SYP--" Array<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" Array<u8, By<X>>;
        "SYPUR" Array<u8, Keeps<X>>;
    }
    PlainArray {
        "SYPUR SYPU- SYPUR SYPUR SYPUR SYP--" b::PlainArray<X, 2>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::PlainArray<u8, 2, By<X>>;
    }
    replay::Inline {
        "SYPU- S-PU- --PU- --PU- SY-U- SYP--" b::replay::Inline<X, 2, 2>;
    }
    // It keeps words, of which anybody can make an event again: no event is shared.
    replay::Ring {
        "SYPUR" b::replay::Ring<X, b::replay::ArraySlots<2>>;
    }
    replay::ArraySlots {
        "SYPUR" b::replay::ArraySlots<2>;
    }
    SingleProducer {
        "SYPUR S-PU- --PUR --PUR SY-UR SYP--" Single<X>;
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" Single<u8, By<X>>;
    }
    Producer {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" Producer<X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" Producer<u8, By<X>>;
        "SYPUR" Producer<u8, Keeps<X>>;
    }
    Subscriber {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" Subscriber<X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" Subscriber<u8, By<X>>;
        "SYPUR" Subscriber<u8, Keeps<X>>;
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" b::Subscriber<&'static Single<X>>;
        "SYPUR SYP-- SYPUR SYPUR SYPUR SYP--" b::Subscriber<&'static b::PlainArray<X, 2>>;
    }
    Resume {
        "SYPUR --P-- --PUR --PUR SYPUR SYP--" Resume<X>;
        "SYPUR --P-- SYPUR --PUR SYPUR SYPUR" Resume<u8, By<X>>;
    }
    Subscriber::ready {
        "SY--- ----- ----- ----- SY--- SY---" => |s: &'static mut Subscriber<X>| s.ready();
        "SY--- ----- SY--- ----- SY--- SY---" => |s: &'static mut Subscriber<u8, By<X>>| s.ready();
        "SY--- S---- -Y--- ----- SY--- SY---" => |s: &'static mut Subscriber<u8, Keeps<X>>| s.ready();
    }
    Subscriber::recv {
        "SY--- ----- ----- ----- SY--- SY---" => |s: &'static mut Subscriber<X>| s.recv();
        "SY--- ----- SY--- ----- SY--- SY---" => |s: &'static mut Subscriber<u8, By<X>>| s.recv();
        "SY--- S---- -Y--- ----- SY--- SY---" => |s: &'static mut Subscriber<u8, Keeps<X>>| s.recv();
    }
    Event {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::Event<X>;
    }
    Receipt {
        "SYPUR" b::Receipt;
    }
    Start {
        "SYPUR" b::Start;
    }
    Token {
        "SYPUR" b::Token;
    }
    Missed {
        "SYPUR" b::Missed;
    }
    ReplayStats {
        "SYPUR" b::ReplayStats;
    }
    PublishError {
        "SYPUR S-PU- -YPUR --PUR SY-UR SYP-R" b::PublishError<X>;
    }
    RecvError {
        "SYPUR" b::RecvError;
    }
    TryRecvError {
        "SYPUR" b::TryRecvError;
    }
    TokenError {
        "SYPUR" b::TokenError;
    }
}
