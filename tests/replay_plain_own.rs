//! Plain events of a user's own type: its code runs outside of the lock, and may panic.

#![cfg(feature = "std")]

use bellwether::replay::Plain;
use bellwether::{PlainBuffer, PublishError, ReplayBuffer, Start};
use core::cell::Cell;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::OnceLock;

/// What its conversions are to do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trick {
    None,
    PanicTo,
    PanicFrom,
    PublishTo,
    PublishFrom,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Own(u64, Trick);

std::thread_local! {
    static PANICS: Cell<bool> = const { Cell::new(true) };
}

fn buffer() -> &'static PlainBuffer<Own> {
    static BUFFER: OnceLock<PlainBuffer<Own>> = OnceLock::new();
    BUFFER.get_or_init(|| ReplayBuffer::builder().capacity(4).build_plain().unwrap())
}

impl Plain for Own {
    type Words = <(u64, u8) as Plain>::Words;

    fn to_words(self) -> Self::Words {
        assert!(self.1 != Trick::PanicTo, "to words");
        if self.1 == Trick::PublishTo {
            buffer().publish(Self(100, Trick::None)).unwrap();
        }
        (self.0, self.1 as u8).to_words()
    }

    fn from_words(words: Self::Words) -> Self {
        use Trick::{None, PanicFrom, PanicTo, PublishFrom, PublishTo};
        let (number, trick) = <(u64, u8)>::from_words(words);
        let trick = [None, PanicTo, PanicFrom, PublishTo, PublishFrom][usize::from(trick)];
        assert!(trick != PanicFrom || !PANICS.get(), "from words");
        if trick == PublishFrom && PANICS.replace(false) {
            buffer().publish(Self(200, None)).unwrap();
        }
        Self(number, trick)
    }
}

#[test]
fn conversions_may_panic_and_publish() {
    let buffer = buffer();
    let mut subscriber = buffer.subscribe(Start::Live);
    let panics = |event| catch_unwind(AssertUnwindSafe(|| buffer.publish(event))).is_err();
    let all_panics =
        |events: [Own; 2]| catch_unwind(AssertUnwindSafe(|| buffer.publish_all(events))).is_err();

    assert_eq!(buffer.publish(Own(1, Trick::None)), Ok(1));
    assert!(panics(Own(2, Trick::PanicTo)));
    assert!(all_panics([Own(2, Trick::None), Own(3, Trick::PanicTo)]));
    assert_eq!(buffer.stats().published, 1, "nothing was stored");
    assert_eq!(subscriber.try_recv().unwrap().value, Own(1, Trick::None));

    // Published from within: before it, in the order of the log.
    assert_eq!(buffer.publish(Own(3, Trick::PublishTo)), Ok(3));
    assert_eq!(subscriber.try_recv().unwrap().value, Own(100, Trick::None));
    assert_eq!(subscriber.try_recv().unwrap().value, Own(3, Trick::PublishTo));

    // A reader that panics stays before its event.
    assert_eq!(buffer.publish(Own(4, Trick::PanicFrom)), Ok(4));
    assert!(catch_unwind(AssertUnwindSafe(|| subscriber.try_recv())).is_err());
    PANICS.set(false);
    assert_eq!(subscriber.try_recv().unwrap().value, Own(4, Trick::PanicFrom));

    PANICS.set(true);
    assert_eq!(buffer.publish(Own(5, Trick::PublishFrom)), Ok(5));
    assert_eq!(subscriber.try_recv().unwrap().value, Own(5, Trick::PublishFrom));
    assert_eq!(subscriber.try_recv().unwrap().value, Own(200, Trick::None));
    assert_eq!(subscriber.receipt().pending, 0);

    buffer.close();
    let last = Own(6, Trick::None);
    assert_eq!(buffer.publish(last), Err(PublishError::Closed(last)));
    let both = buffer.publish_all([last, last]).unwrap_err();
    assert_eq!(both, PublishError::Closed(vec![last, last]));
}
