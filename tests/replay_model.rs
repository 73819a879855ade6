//! The replay buffer against a model in one thread: a list of all events ever
//! published, and two watermarks.

#![cfg(feature = "std")]

use bellwether::{
    EvictReason, PublishError, Replay, ReplayArray, ReplayBuffer, ReplayStore, Resume, Start,
    Subscriber, Token, TryRecvError,
};
use proptest::prelude::*;
use std::rc::Rc;

#[derive(Debug, Clone)]
enum Step {
    Publish(usize),
    PublishAll(usize),
    Subscribe(Start),
    Resume { from: u64, epoch: u64 },
    Receive(usize),
    ReceiveMany(usize, usize),
    Lend { who: usize, max: usize, publish: bool },
    Leave(usize),
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
        8 => (0..14_usize).prop_map(Step::Publish),
        2 => (0..40_usize).prop_map(Step::PublishAll),
        2 => start.prop_map(Step::Subscribe),
        1 => (0..60_u64, 5..7_u64).prop_map(|(from, epoch)| Step::Resume { from, epoch }),
        8 => any::<usize>().prop_map(Step::Receive),
        2 => (any::<usize>(), 0..40_usize).prop_map(|(who, max)| Step::ReceiveMany(who, max)),
        2 => (any::<usize>(), 0..40_usize, any::<bool>())
            .prop_map(|(who, max, publish)| Step::Lend { who, max, publish }),
        1 => any::<usize>().prop_map(Step::Leave),
    ];
    let steps = prop::collection::vec(step, 1..120);
    (steps, any::<bool>(), any::<prop::sample::Index>()).prop_map(|(mut steps, closes, at)| {
        if closes {
            let at = at.index(steps.len());
            steps.insert(at, Step::Close);
        }
        steps
    })
}

/// Counted, so that each is dropped once, and in time.
#[derive(Clone)]
struct Counted {
    number: u64,
    alive: Rc<()>,
}

struct Reader<'b, S: ReplayStore<Event = Counted>> {
    real: Subscriber<&'b Replay<S>>,
    at: u64,
    received: u64,
    missed: u64,
}

struct Model<'b, S: ReplayStore<Event = Counted>> {
    buffer: &'b Replay<S>,
    capacity: usize,
    max_bytes: usize,
    weights: Vec<usize>,
    head: u64,
    reason: EvictReason,
    closed: bool,
    readers: Vec<Reader<'b, S>>,
    alive: Rc<()>,
}

impl<S: ReplayStore<Event = Counted>> Model<'_, S> {
    fn tail(&self) -> u64 {
        self.weights.len() as u64
    }

    fn bytes(&self) -> usize {
        self.weights[self.head as usize..].iter().sum()
    }

    fn event(&self, ahead: usize) -> Counted {
        Counted { number: self.tail() + ahead as u64 + 1, alive: self.alive.clone() }
    }

    /// Makes room for a piece that becomes visible at once, and appends it.
    fn appended(&mut self, events: usize, bytes_each: usize) {
        loop {
            if (self.tail() - self.head) as usize + events > self.capacity {
                self.reason = EvictReason::Count;
            } else if self.bytes() + events * bytes_each > self.max_bytes {
                self.reason = EvictReason::Bytes;
            } else {
                break;
            }
            self.head += 1;
        }
        self.weights.extend((0..events).map(|_| bytes_each));
    }

    fn publish(&mut self, bytes: usize) {
        match self.buffer.publish_sized(self.event(0), bytes) {
            Ok(seq) => {
                assert!(!self.closed && bytes <= self.max_bytes);
                self.appended(1, bytes);
                assert_eq!(seq, self.tail());
            }
            Err(PublishError::TooLarge(event)) => {
                assert!(bytes > self.max_bytes);
                assert_eq!(event.number, self.tail() + 1, "given back");
            }
            Err(PublishError::Closed(_)) => assert!(self.closed),
            Err(_) => unreachable!(),
        }
    }

    /// What the next call for this reader must answer, if not an event.
    fn expected(&self, who: usize) -> Option<TryRecvError> {
        let at = self.readers[who].at;
        if at == self.tail() {
            return Some(if self.closed { TryRecvError::Closed } else { TryRecvError::Empty });
        }
        (at < self.head).then(|| {
            let (from, to, reason) = (at + 1, self.head + 1, self.reason);
            TryRecvError::Missed(bellwether::Missed { from, to, reason })
        })
    }

    fn answered(&mut self, who: usize, answer: Result<Vec<(u64, u64)>, TryRecvError>, max: usize) {
        let (expected, tail, head) = (self.expected(who), self.tail(), self.head);
        let reader = &mut self.readers[who];
        match (answer, expected) {
            (Err(error), Some(expected)) => {
                assert_eq!(error, expected);
                if let TryRecvError::Missed(missed) = error {
                    reader.missed += missed.events();
                    reader.at = head;
                }
            }
            (Ok(events), None) => {
                let there = (tail - reader.at).min(max as u64);
                let from = reader.at + 1;
                assert_eq!(events, (from..from + there).map(|n| (n, n)).collect::<Vec<_>>());
                reader.received += there;
                reader.at += there;
            }
            (answer, expected) => panic!("{answer:?}, not {expected:?}"),
        }
    }

    fn step(&mut self, step: Step) {
        let readers = self.readers.len();
        match step {
            Step::Publish(bytes) => self.publish(bytes),
            Step::PublishAll(many) => {
                let events: Vec<_> = (0..many).map(|n| self.event(n)).collect();
                match self.buffer.publish_all(events) {
                    Ok(published) => {
                        assert_eq!(published, many);
                        assert!(!self.closed || many == 0);
                        // Pieces of as many as fit together.
                        let mut left = many;
                        while left > 0 {
                            let piece = left.min(self.capacity).min(self.max_bytes / WEIGHT);
                            self.appended(piece, WEIGHT);
                            left -= piece;
                        }
                    }
                    Err(error) => {
                        assert!(self.closed && matches!(error, PublishError::Closed(_)));
                        assert_eq!(error.into_inner().len(), many);
                    }
                }
            }
            Step::Subscribe(start) => {
                let at = match start {
                    Start::Live => self.tail(),
                    Start::Latest(n) => self.tail().saturating_sub(n as u64).max(self.head),
                    Start::Oldest => self.head,
                    Start::After(seq) => seq.min(self.tail()),
                };
                let real = self.buffer.subscribe(start);
                self.readers.push(Reader { real, at, received: 0, missed: 0 });
            }
            Step::Resume { from, epoch } => {
                let resumed = self.buffer.resume(Token { epoch, seq: from });
                let (real, at, missed) = match resumed {
                    Resume::Complete(sub) => {
                        assert!(epoch == EPOCH && from >= self.head && from <= self.tail());
                        (sub, from, 0)
                    }
                    Resume::Gap { missed, sub } => {
                        assert!(epoch == EPOCH && from < self.head);
                        assert_eq!((missed.from, missed.to), (from + 1, self.head + 1));
                        assert_eq!(missed.reason, self.reason);
                        (sub, self.head, missed.events())
                    }
                    Resume::WrongEpoch { sub } => {
                        assert_ne!(epoch, EPOCH);
                        (sub, self.head, 0)
                    }
                    Resume::Ahead { published } => {
                        assert!(epoch == EPOCH && from > self.tail());
                        assert_eq!(published, self.tail());
                        return;
                    }
                };
                self.readers.push(Reader { real, at, received: 0, missed });
            }
            Step::Receive(who) if readers > 0 => {
                let who = who % readers;
                let answer = self.readers[who].real.try_recv();
                let answer = answer.map(|event| vec![(event.seq, event.value.number)]);
                self.answered(who, answer, 1);
            }
            Step::ReceiveMany(who, max) if readers > 0 && max > 0 => {
                let who = who % readers;
                let mut events = vec![];
                let answer = self.readers[who].real.try_recv_many(&mut events, max);
                let answer = answer.map(|many| {
                    assert_eq!(many, events.len());
                    events.iter().map(|event| (event.seq, event.value.number)).collect()
                });
                drop(events);
                self.answered(who, answer, max);
            }
            Step::Lend { who, max, publish } if readers > 0 && max > 0 => {
                let who = who % readers;
                // One at most if it publishes meanwhile: what is there changes.
                let max = if publish { 1 } else { max };
                let (buffer, mut events) = (self.buffer, vec![]);
                let answer = self.readers[who].real.for_each_ready(max, |seq, event| {
                    events.push((seq, event.number));
                    if publish {
                        let next = buffer.stats().published + 1;
                        let inner = Counted { number: next, alive: event.alive.clone() };
                        let _ = buffer.publish_sized(inner, 1);
                    }
                    assert_eq!(event.number, seq, "it is held, also if it was evicted");
                });
                let called = !events.is_empty();
                self.answered(who, answer.map(|_| events), max);
                if called && publish && !self.closed {
                    self.appended(1, 1);
                }
            }
            Step::Leave(who) if readers > 0 => drop(self.readers.swap_remove(who % readers)),
            Step::Close => {
                assert_eq!(self.buffer.close(), !self.closed);
                self.closed = true;
            }
            _ => {}
        }
    }

    fn check(&self) {
        let stats = self.buffer.stats();
        assert_eq!((stats.published, stats.evicted_through), (self.tail(), self.head));
        assert_eq!(stats.len as u64, self.tail() - self.head);
        assert_eq!(stats.bytes, self.bytes());
        assert!(stats.len <= self.capacity && stats.bytes <= self.max_bytes);
        assert_eq!(stats.subscribers, self.readers.len());
        for reader in &self.readers {
            let receipt = reader.real.receipt();
            assert_eq!((receipt.received, receipt.missed), (reader.received, reader.missed));
            assert_eq!(receipt.pending, self.tail() - reader.at);
            assert_eq!(receipt.received + receipt.missed + receipt.pending, receipt.published);
        }
    }
}

const EPOCH: u64 = 5;
/// What an event of a batch weighs.
const WEIGHT: usize = 3;

/// The buffer is the one with these bounds; a reader that is inside keeps up to `kept`
/// evicted events.
fn run<S: ReplayStore<Event = Counted>>(
    buffer: Replay<S>,
    (capacity, max_bytes): (usize, usize),
    kept: usize,
    steps: Vec<Step>,
) {
    let alive = Rc::new(());
    let mut model = Model {
        buffer: &buffer,
        capacity,
        max_bytes,
        weights: vec![],
        head: 0,
        reason: EvictReason::Count,
        closed: false,
        readers: vec![],
        alive: alive.clone(),
    };
    // Whether something may have been evicted while it was lent, and not be gone yet.
    let mut held = false;
    for step in steps {
        let lent = matches!(step, Step::Lend { publish: true, .. });
        let before = (model.tail(), model.closed);
        model.step(step);
        model.check();
        held = lent || (held && before == (model.tail(), model.closed));
        // One for this function, one for the model; the rest are events.
        let events = Rc::strong_count(&alive) - 2;
        let retained = (model.tail() - model.head) as usize;
        let most = retained + if held { kept } else { 0 };
        assert!((retained..=most).contains(&events), "{events} events, {retained} retained");
    }
    drop(model);
    drop(buffer);
    assert_eq!(Rc::strong_count(&alive), 1, "each is dropped once");
}

fn array<const N: usize, const SPARE: usize>(max_bytes: usize, steps: Vec<Step>) {
    let buffer = ReplayArray::<Counted, N, (), SPARE>::new();
    let buffer = buffer.max_bytes(max_bytes).epoch(EPOCH).weigh(|_| WEIGHT);
    run(buffer, (N, max_bytes), 1, steps);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn behaves_as_the_model(
        capacity in 1..70_usize, max_bytes in 3..200_usize, steps in steps(),
    ) {
        let buffer = ReplayBuffer::builder()
            .capacity(capacity)
            .max_bytes(max_bytes)
            .epoch(EPOCH)
            .weigh(|_: &Counted| WEIGHT)
            .build()
            .unwrap();
        let chunk = (capacity / 8).clamp(1, 16).next_power_of_two();
        run(buffer, (capacity, max_bytes), chunk, steps);
    }

    #[test]
    fn an_array_behaves_as_the_model(
        which in 0..6_usize, max_bytes in 3..200_usize, steps in steps(),
    ) {
        match which {
            0 => array::<1, 1>(max_bytes, steps),
            1 => array::<2, 2>(max_bytes, steps),
            2 => array::<3, 1>(max_bytes, steps),
            3 => array::<8, 1>(max_bytes, steps),
            4 => array::<23, 5>(max_bytes, steps),
            _ => array::<64, 2>(max_bytes, steps),
        }
    }

    #[test]
    fn tokens_survive_their_text(epoch: u64, seq: u64) {
        let token = Token { epoch, seq };
        prop_assert_eq!(token.to_string().parse(), Ok(token));
    }

    #[test]
    fn no_text_makes_a_token_panic(text in "([0-9a-f+.é]{0,6}|.{0,40})") {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit());
        let is_one = text.split_once('.').is_some_and(|(epoch, seq)| digits(epoch) && digits(seq));
        prop_assert!(is_one || text.parse::<Token>().is_err());
    }
}
