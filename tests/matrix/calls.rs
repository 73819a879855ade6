//! Programs of calls that do not wait: for the panic matrix.

use core::fmt::Write as _;
use core::marker::PhantomData;
use std::sync::Arc;

use bellwether::{
    OnceCell, PlainArray, ReplayArray, ReplayBuffer, Resume, SingleProducer, Start, Subscriber,
    Token, TryLead, Weigh,
};

use super::case::{Case, Program};
use super::form::{Form, Own, Sample, Writer, weigh};
use super::observed::Sink;
use super::watch::Watch;
use super::world::{Ledger, Value, inject};

/// By name.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("calls: a cell", cell),
    ("calls: a buffer", |case| {
        let builder = ReplayBuffer::builder().capacity(4).max_bytes(5).weigh(weigh::<Value>);
        let form = builder.hooks(Watch::new(&case.ledger)).build().unwrap();
        buffer(case, form);
    }),
    ("calls: an array", |case| {
        let form = ReplayArray::<Value, 4, Watch>::with_hooks(Watch::new(&case.ledger));
        buffer(case, form.max_bytes(5).weigh(weigh));
    }),
    ("calls: an array of plain events", |case| {
        let form = PlainArray::<Own, 4, Watch>::with_hooks(Watch::new(&case.ledger));
        buffer(case, form.max_bytes(70));
    }),
    ("calls: a buffer with one producer", |case| {
        let builder = ReplayBuffer::builder().capacity(4).max_bytes(5).weigh(weigh::<Value>);
        let form = builder.hooks(Watch::new(&case.ledger)).build().unwrap();
        buffer(case, SingleProducer::new(form));
    }),
    ("calls: the last that has a buffer", shared),
    ("calls: weights", weights),
];

fn leads(case: &mut Case, cell: &OnceCell<Value, Watch>) {
    let ledger = case.ledger.clone();
    while cell.get().is_none() {
        case.call(|| match cell.try_lead() {
            TryLead::Leader(guard) => guard.set(Value::new(&ledger, 1)).check(),
            _ => panic!("the lead is lost"),
        });
    }
}

fn cell(case: &mut Case) {
    let ledger = case.ledger.clone();
    let new = || OnceCell::<Value, Watch>::with_hooks(Watch::new(&ledger));
    let mut cell = new();
    case.call(|| drop(cell.try_lead()));
    case.call(|| {
        let error = cell.get_or_try_init_blocking(|| {
            inject("closure.call");
            Err(Value::named(&ledger, "error.drop", 0))
        });
        drop(error);
    });
    while cell.get().is_none() {
        case.call(|| {
            let init = || {
                inject("closure.call");
                Value::new(&ledger, 1)
            };
            cell.get_or_init_blocking(init).check();
        });
    }
    case.call(|| drop(cell.set(Value::new(&ledger, 2))));
    case.call(|| write!(Sink, "{cell:?}"));
    // A clone that panics leaves none, and the cell as it was.
    let clone = case.insist(|| cell.clone());
    let same = case.insist(|| cell == clone);
    assert!(same);
    case.call(|| drop(clone));
    cell.get_mut().expect("ready").check();
    case.call(|| drop(cell.take()));
    assert!(cell.get().is_none());
    leads(case, &cell);
    case.call(|| drop(cell.into_inner()));
    let cell = new();
    leads(case, &cell);
    case.call(|| drop(cell));
}

/// Events of a user's, and their iterator.
struct Events<E>(Numbers<E>);

impl<E: Sample> IntoIterator for Events<E> {
    type Item = E;
    type IntoIter = Numbers<E>;
    fn into_iter(self) -> Numbers<E> {
        let Self(numbers) = self;
        inject("iterator.into_iter");
        numbers
    }
}

struct Numbers<E> {
    numbers: core::ops::Range<u64>,
    ledger: Ledger,
    _owned: Value,
    _of: PhantomData<E>,
}

fn events<E: Sample>(ledger: &Ledger, numbers: core::ops::Range<u64>) -> Events<E> {
    let owned = Value::named(ledger, "iterator.drop", 0);
    Events(Numbers { numbers, ledger: ledger.clone(), _owned: owned, _of: PhantomData })
}

impl<E: Sample> Iterator for Numbers<E> {
    type Item = E;
    fn next(&mut self) -> Option<E> {
        inject("iterator.next");
        self.numbers.next().map(|number| E::make(&self.ledger, number))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        inject("iterator.size_hint");
        self.numbers.size_hint()
    }
}

fn buffer<F: Form>(case: &mut Case, form: F) {
    let ledger = case.ledger.clone();
    let event = |number| F::Event::make(&ledger, number);
    let writer = || form.writer().expect("the claim was given back");
    let sub = |start| Subscriber::new(form.reader(), start);
    {
        let mut first = sub(Start::Live);
        let mut second = sub(Start::Live);
        let token = first.token();
        case.call(|| writer().publish(event(1)));
        case.call(|| writer().publish_sized(event(2), 2));
        // Too much, so that all are given back.
        case.call(|| assert!(!writer().publish_sized(event(2), 99)));
        case.call(|| first.try_recv().map(drop));
        case.call(|| first.try_recv_many(&mut vec![], 2));
        // A reader is inside of what is evicted, and looks at it afterwards.
        case.call(|| {
            let _ = second.for_each_ready(1, |_, seen| {
                inject("for_each_ready");
                if let Some(mut writer) = form.writer() {
                    writer.publish_all(events(&ledger, 3..6));
                }
                seen.check();
            });
        });
        case.call(|| writer().publish_all(events(&ledger, 6..12)));
        let mut clone = first.clone();
        for sub in [&mut first, &mut second, &mut clone] {
            // What was missed, and what is there.
            while case.call(|| sub.try_recv_many(&mut vec![], 3)).is_none_or(|got| got.is_ok()) {}
            while case.call(|| sub.try_recv().map(drop)).is_none_or(|got| got.is_ok()) {}
            let receipt = sub.receipt();
            assert_eq!(receipt.published, receipt.received + receipt.missed + receipt.pending);
            assert_eq!(receipt.pending, 0);
        }
        let gap = case.insist(|| Subscriber::resume(form.reader(), token));
        assert!(matches!(gap, Resume::Gap { .. } | Resume::Complete(_)), "{gap:?}");
        let unknown = Token { epoch: token.epoch + 1, ..token };
        case.call(|| drop(Subscriber::resume(form.reader(), unknown)));
        case.call(|| write!(Sink, "{:?} {token}", first));
        case.call(|| writer().close());
        assert!(form.stats().closed);
        case.call(|| assert!(!writer().publish(event(12))));
        case.call(|| assert!(!writer().publish_all(events(&ledger, 12..14))));
    }
    assert_eq!(form.stats().subscribers, 0, "a subscriber is counted that is not there");
    case.call(|| drop(form));
}

/// Subscribers keep the buffer: whoever is the last drops the events.
fn shared(case: &mut Case) {
    let builder = ReplayBuffer::builder().capacity(4).hooks(Watch::new(&case.ledger));
    let buffer = Arc::new(builder.build().unwrap());
    let sub = Subscriber::new(buffer.clone(), Start::Live);
    let clone = sub.clone();
    for number in 0..3 {
        let event = Value::new(&case.ledger, number);
        case.call(|| buffer.publish(event).is_ok());
    }
    case.call(|| drop(buffer));
    case.call(|| drop(sub));
    case.call(|| drop(clone));
}

impl Weigh for Value {
    fn weigh(&self) -> usize {
        self.check();
        inject("Weigh::weigh");
        size_of::<Self>() + 1
    }
}

fn weights(case: &mut Case) {
    let ledger = case.ledger.clone();
    let each = size_of::<Value>() + 1;
    let buffer = ReplayBuffer::builder().capacity(4).weigh(Weigh::weigh).build().unwrap();
    let event = || vec![Value::new(&ledger, 1), Value::new(&ledger, 2)];
    case.call(|| buffer.publish(event()).is_ok());
    while buffer.stats().published < 2 {
        case.call(|| buffer.publish(event()).is_ok());
    }
    assert_eq!(buffer.stats().bytes, 2 * (size_of::<Vec<Value>>() + 2 * each));
    case.call(|| drop(buffer));
}
