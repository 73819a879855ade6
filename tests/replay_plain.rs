//! The buffer of plain events: the same log as that of any events, over slots that are
//! overwritten in place.

#![cfg(feature = "std")]

use bellwether::replay::Plain;
use bellwether::{
    BuildError, EvictReason, Missed, PlainArray, PlainBuffer, PublishError, Replay, ReplayBuffer,
    ReplayStore, Resume, Start, Subscriber, Token, TryRecvError,
};
use core::num::NonZero;
use proptest::prelude::*;
use std::collections::VecDeque;

/// An event of several words that tells if it is torn.
type Checked = [u64; 4];

fn checked(number: u64) -> Checked {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let other = mixed.rotate_left(29) ^ number;
    [number, mixed, other, number ^ mixed ^ other]
}

fn buffer<T: Plain>(capacity: usize, max_bytes: usize) -> PlainBuffer<T> {
    ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes).build_plain().unwrap()
}

fn survives<T: Plain + PartialEq + core::fmt::Debug>(event: T) {
    assert_eq!(T::from_words(event.to_words()), event);
    let buffer = buffer::<T>(2, usize::MAX);
    let mut subscriber = buffer.subscribe(Start::Live);
    buffer.publish(event).unwrap();
    assert_eq!(subscriber.try_recv().unwrap().value, event);
    assert_eq!(buffer.stats().bytes, size_of::<T>());
}

#[test]
fn every_kind_of_event() {
    survives(());
    survives([0_u8; 0]);
    survives((true, false, 'é', '\u{10ffff}'));
    survives((u8::MAX, u16::MAX, u32::MAX, u64::MAX));
    survives((i8::MIN, i16::MIN, i32::MIN, i64::MIN));
    survives((u128::MAX - 1, i128::MIN + 1, usize::MAX, isize::MIN));
    survives(((1 << 64) + 2_u128, (1 << 31) + 3_u64));
    survives((f32::MIN_POSITIVE, -0.5_f64, f64::INFINITY));
    survives((NonZero::<u8>::MAX, NonZero::<i64>::new(-3).unwrap(), NonZero::<u128>::MAX));
    survives([[(1_u8, 2.5_f32); 3], [(7, -1.0); 3]]);
    survives(((((1_u8,), 2_u16), 3_u32), [4_u64; 5]));
}

#[test]
fn bits_of_floats_survive() {
    let signalling = f32::from_bits(0x7fa0_0001);
    assert_eq!(f32::from_words(signalling.to_words()).to_bits(), 0x7fa0_0001);
    assert_eq!(f64::from_words((-0.0_f64).to_words()).to_bits(), 1 << 63);
}

/// Words that no event became are taken for some event, without a panic.
#[test]
fn any_words_make_an_event() {
    assert!(bool::from_words(2));
    assert_eq!(char::from_words(0xd800_u32.to_words()), char::REPLACEMENT_CHARACTER);
    assert_eq!(NonZero::<u16>::from_words(0_u16.to_words()), NonZero::<u16>::MIN);
    assert_eq!(u8::from_words([0x1_02]), 2);
}

#[test]
fn bad_bounds_are_refused() {
    let builder = ReplayBuffer::<u8>::builder;
    assert!(matches!(builder().build_plain(), Err(BuildError::NoCapacity)));
    assert!(matches!(
        builder().capacity(0).build_plain(),
        Err(BuildError::Capacity { given: 0, .. })
    ));
    assert!(matches!(
        builder().capacity(usize::MAX).build_plain(),
        Err(BuildError::Capacity { given: usize::MAX, .. })
    ));
    assert!(matches!(builder().capacity(1).max_bytes(0).build_plain(), Err(BuildError::NoBytes)));
}

#[derive(Debug, Clone)]
enum Step {
    Publish(usize),
    PublishAll(usize),
    Subscribe(Start),
    Resume(u64),
    Receive(usize),
    Lend { who: usize, max: usize, publish: bool },
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let start = prop_oneof![
        Just(Start::Live),
        (0..9_usize).prop_map(Start::Latest),
        Just(Start::Oldest),
        (0..60_u64).prop_map(Start::After),
    ];
    let step = prop_oneof![
        60 => (0..14_usize).prop_map(Step::Publish),
        20 => (0..40_usize).prop_map(Step::PublishAll),
        20 => start.prop_map(Step::Subscribe),
        10 => (0..60_u64).prop_map(Step::Resume),
        60 => any::<usize>().prop_map(Step::Receive),
        30 => (any::<usize>(), 1..40_usize, any::<bool>())
            .prop_map(|(who, max, publish)| Step::Lend { who, max, publish }),
        1 => Just(Step::Close),
    ];
    prop::collection::vec(step, 1..120)
}

struct Reader<'b, S: ReplayStore<Event = Checked>> {
    real: Subscriber<&'b Replay<S>>,
    at: u64,
    received: u64,
    missed: u64,
}

/// What the buffer should be: the weights of the retained events, after `head` others.
struct Model {
    capacity: usize,
    max_bytes: usize,
    retained: VecDeque<usize>,
    head: u64,
    reason: EvictReason,
    closed: bool,
}

/// What an event weighs, unless something else is said.
const WEIGHT: usize = size_of::<Checked>();

impl Model {
    fn tail(&self) -> u64 {
        self.head + self.retained.len() as u64
    }

    fn bytes(&self) -> usize {
        self.retained.iter().sum()
    }

    fn append(&mut self, events: usize, each: usize) {
        loop {
            self.reason = if self.retained.len() + events > self.capacity {
                EvictReason::Count
            } else if self.bytes() + events * each > self.max_bytes {
                EvictReason::Bytes
            } else {
                break;
            };
            self.retained.pop_front();
            self.head += 1;
        }
        self.retained.extend((0..events).map(|_| each));
    }

    /// Takes what `reader` was answered, which asked for `max` events.
    fn check<S: ReplayStore<Event = Checked>>(
        &self,
        reader: &mut Reader<'_, S>,
        answer: Result<Vec<Checked>, TryRecvError>,
        max: u64,
    ) {
        let pending = self.tail() - reader.at;
        match answer {
            Ok(events) => {
                assert!(pending > 0 && reader.at >= self.head);
                let expected = reader.at + 1..reader.at + 1 + pending.min(max);
                assert_eq!(events, expected.map(checked).collect::<Vec<_>>());
                reader.received += events.len() as u64;
                reader.at += events.len() as u64;
            }
            Err(TryRecvError::Missed(missed)) => {
                let (from, to, reason) = (reader.at + 1, self.head + 1, self.reason);
                assert_eq!(missed, Missed { from, to, reason });
                assert!(from < to);
                reader.missed += missed.events();
                reader.at = self.head;
            }
            Err(error) => {
                assert_eq!(pending, 0);
                assert_eq!(error == TryRecvError::Closed, self.closed);
            }
        }
    }
}

fn run<S: ReplayStore<Event = Checked>>(
    buffer: &Replay<S>,
    (capacity, max_bytes): (usize, usize),
    steps: Vec<Step>,
) {
    let (retained, reason) = (VecDeque::new(), EvictReason::Count);
    let mut model = Model { capacity, max_bytes, retained, head: 0, reason, closed: false };
    let mut readers: Vec<Reader<'_, S>> = vec![];
    for step in steps {
        let next = checked(model.tail() + 1);
        let some = readers.len();
        match step {
            Step::Publish(bytes) => match buffer.publish_sized(next, bytes) {
                Ok(seq) => {
                    assert!(!model.closed && bytes <= max_bytes);
                    model.append(1, bytes);
                    assert_eq!(seq, model.tail());
                }
                Err(PublishError::TooLarge(event)) => {
                    assert!(bytes > max_bytes);
                    assert_eq!(event, next, "given back");
                }
                Err(error) => {
                    assert!(model.closed);
                    assert_eq!(error, PublishError::Closed(next));
                }
            },
            Step::PublishAll(many) => {
                let first = model.tail() + 1;
                let published = buffer.publish_all((first..first + many as u64).map(checked));
                if many > 0 && max_bytes < WEIGHT {
                    assert!(matches!(published, Err(PublishError::TooLarge(_))));
                } else if many > 0 && model.closed {
                    assert!(matches!(published, Err(PublishError::Closed(_))));
                } else {
                    assert_eq!(published, Ok(many));
                    let mut left = many;
                    while left > 0 {
                        let piece = left.min(capacity).min(max_bytes / WEIGHT);
                        model.append(piece, WEIGHT);
                        left -= piece;
                    }
                }
            }
            Step::Subscribe(start) => {
                let at = match start {
                    Start::Live => model.tail(),
                    Start::Latest(n) => model.tail().saturating_sub(n as u64).max(model.head),
                    Start::Oldest => model.head,
                    Start::After(seq) => seq.min(model.tail()),
                };
                let real = buffer.subscribe(start);
                readers.push(Reader { real, at, received: 0, missed: 0 });
            }
            Step::Resume(seq) => match buffer.resume(Token { epoch: 0, seq }) {
                Resume::Complete(real) => {
                    assert!(seq >= model.head && seq <= model.tail());
                    readers.push(Reader { real, at: seq, received: 0, missed: 0 });
                }
                Resume::Gap { missed, sub: real } => {
                    let (from, to, reason) = (seq + 1, model.head + 1, model.reason);
                    assert_eq!(missed, Missed { from, to, reason });
                    readers.push(Reader { real, at: model.head, received: 0, missed: to - from });
                }
                Resume::Ahead { published } => {
                    assert!(seq > published);
                    assert_eq!(published, model.tail());
                }
                Resume::WrongEpoch { .. } => panic!("the epoch is right"),
            },
            Step::Receive(who) if some > 0 => {
                let reader = &mut readers[who % some];
                let answer = reader.real.try_recv().map(|event| vec![event.value]);
                model.check(reader, answer, 1);
            }
            Step::Lend { who, max, publish } if some > 0 => {
                let reader = &mut readers[who % some];
                let max = if publish { 1 } else { max };
                let mut seen = vec![];
                let answer = reader.real.for_each_ready(max, |seq, event| {
                    if publish {
                        let _ = buffer.publish_sized(next, 1);
                    }
                    assert_eq!(*event, checked(seq), "it stays, also if it was evicted");
                    seen.push(*event);
                });
                let lent = !seen.is_empty();
                model.check(reader, answer.map(|_| seen), max as u64);
                if lent && publish && !model.closed {
                    model.append(1, 1);
                }
            }
            Step::Close => {
                assert_eq!(buffer.close(), !model.closed);
                model.closed = true;
            }
            _ => {}
        }
        let stats = buffer.stats();
        assert_eq!((stats.published, stats.evicted_through), (model.tail(), model.head));
        assert_eq!((stats.len, stats.bytes), (model.retained.len(), model.bytes()));
        assert!(stats.len <= capacity && stats.bytes <= max_bytes);
        for reader in &readers {
            let receipt = reader.real.receipt();
            assert_eq!((receipt.received, receipt.missed), (reader.received, reader.missed));
            assert_eq!(receipt.pending, model.tail() - reader.at);
            assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn behaves_as_the_model(
        capacity in 1..70_usize, max_bytes in 1..400_usize, steps in steps(),
    ) {
        run(&buffer(capacity, max_bytes), (capacity, max_bytes), steps);
    }

    #[test]
    fn arrays_behave_as_the_model(max_bytes in 1..400_usize, steps in steps()) {
        let bytes = max_bytes;
        run(&PlainArray::<_, 1>::new().max_bytes(bytes), (1, bytes), steps.clone());
        run(&PlainArray::<_, 7>::new().max_bytes(bytes), (7, bytes), steps.clone());
        run(&PlainArray::<_, 8>::new().max_bytes(bytes), (8, bytes), steps);
    }

    #[test]
    fn any_event_survives(event: (u128, i64, f32, [u16; 3])) {
        let (a, b, c, d) = <(u128, i64, f32, [u16; 3])>::from_words(event.to_words());
        prop_assert_eq!((a, b, c.to_bits(), d), (event.0, event.1, event.2.to_bits(), event.3));
    }
}
