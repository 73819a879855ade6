//! Programs over a replay buffer: every future that a subscriber has, beside publishers,
//! with every form of a buffer.

use core::cell::Cell;
use std::rc::Rc;

use bellwether::{
    Budget, PlainArray, RecvError, ReplayArray, ReplayBuffer, ReplayHandle, SingleProducer, Start,
    Subscriber, TryRecvError,
};

use super::case::{Case, Program};
use super::form::{Form, Own, Sample, Writer, weigh};
use super::task::{Restart, Task, yields};
use super::watch::Watch;
use super::world::{Ledger, Value, inject};

/// By name.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("replay: a buffer", |case| {
        let form = heap(case);
        play(case, form, 1);
    }),
    ("replay: an array", |case| {
        let form = ReplayArray::<Value, 4, Watch>::with_hooks(Watch::new(&case.ledger));
        play(case, form.max_bytes(5).weigh(weigh), 1);
    }),
    ("replay: an array without spare slots", |case| {
        let form = ReplayArray::<Value, 3, Watch, 0>::with_hooks(Watch::new(&case.ledger));
        play(case, form, 1);
    }),
    ("replay: a buffer of plain events", |case| {
        let builder = ReplayBuffer::builder().capacity(4).max_bytes(5).weigh(weigh::<Own>);
        let form = builder.hooks(Watch::new(&case.ledger)).build_plain().unwrap();
        play(case, form, 1);
    }),
    ("replay: an array of plain events", |case| {
        let form = PlainArray::<Own, 3, Watch>::with_hooks(Watch::new(&case.ledger));
        play(case, form, 1);
    }),
    ("replay: a buffer with one producer", |case| {
        let form = SingleProducer::new(heap(case));
        play(case, form, 1);
    }),
    ("replay: a shared array with one producer", |case| {
        let form = ReplayArray::<Value, 4, Watch>::with_hooks(Watch::new(&case.ledger));
        play(case, std::sync::Arc::new(SingleProducer::new(form)), 1);
    }),
    ("replay: plain events with one producer", |case| {
        let form = PlainArray::<Own, 4, Watch>::with_hooks(Watch::new(&case.ledger));
        play(case, SingleProducer::new(form), 1);
    }),
    ("replay: two buffers with one budget", budget),
];

/// More waiters than are woken in one visit, and more events than are carried out.
pub(crate) const CROWDED: (&str, Program) = ("replay: a crowd", crowd);

fn heap(case: &Case) -> ReplayBuffer<Value, Watch> {
    let builder = ReplayBuffer::builder().capacity(4).max_bytes(5).weigh(weigh);
    builder.hooks(Watch::new(&case.ledger)).build().unwrap()
}

/// Where a subscriber is: its last event.
type At = Rc<Cell<u64>>;

/// A task, and where its subscriber is.
type Tasks<'a> = Vec<(Task<'a>, Option<At>)>;

fn got<E: Sample>(at: &At, seq: u64, event: &E) {
    event.check();
    assert_eq!(seq, at.get() + 1, "neither twice nor left out");
    at.set(seq);
}

/// Whether to go on.
fn ended(at: &At, error: RecvError) -> bool {
    match error {
        RecvError::Missed(missed) => {
            assert_eq!(missed.from, at.get() + 1, "neither twice nor left out");
            at.set(missed.to - 1);
            false
        }
        _ => true,
    }
}

fn balance<B: ReplayHandle>(subscriber: &Subscriber<B>) {
    let receipt = subscriber.receipt();
    assert_eq!(receipt.published, receipt.received + receipt.missed + receipt.pending);
}

async fn one_by_one<B: ReplayHandle<Event: Sample>>(
    mut sub: Subscriber<B>,
    at: At,
    again: Restart<'_>,
) {
    loop {
        let received = again.retry_with(&mut sub, async |sub| sub.recv().await).await;
        match received {
            Ok(event) => got(&at, event.seq, &event.value),
            Err(error) if ended(&at, error) => return balance(&sub),
            Err(_) => {}
        }
    }
}

async fn many<B: ReplayHandle<Event: Sample>>(sub: Subscriber<B>, at: At, again: Restart<'_>) {
    let mut all = (sub, vec![]);
    loop {
        let some = async |(sub, events): &mut (Subscriber<B>, _)| sub.recv_many(events, 3).await;
        match again.retry_with(&mut all, some).await {
            Ok(count) => assert_eq!(count, all.1.len()),
            Err(error) if ended(&at, error) => return balance(&all.0),
            Err(_) => {}
        }
        all.1.drain(..).for_each(|event| got(&at, event.seq, &event.value));
    }
}

/// Waits until there is something, and looks at it where it is.
async fn looks<B: ReplayHandle<Event: Sample>>(mut sub: Subscriber<B>, at: At, again: Restart<'_>) {
    loop {
        let ready = again.retry_with(&mut sub, async |sub| sub.ready().await).await;
        let seen = sub.for_each_ready(2, |seq, event| {
            inject("for_each_ready");
            got(&at, seq, event);
        });
        match (ready, seen) {
            (Ok(()), Ok(1..=2)) => {}
            (_, Err(TryRecvError::Missed(missed))) => {
                ended(&at, RecvError::Missed(missed));
            }
            (Err(RecvError::Closed), Err(TryRecvError::Closed)) => return balance(&sub),
            other => panic!("{other:?}"),
        }
    }
}

#[cfg(feature = "futures-core")]
async fn streams<B: ReplayHandle<Event: Sample>>(sub: Subscriber<B>, at: At, again: Restart<'_>) {
    use core::pin::pin;
    use futures::StreamExt as _;

    let mut stream = pin!(sub.into_stream());
    while let Some(item) = again.retry_with(&mut stream, async |stream| stream.next().await).await {
        match item {
            Ok(event) => got(&at, event.seq, &event.value),
            Err(missed) => {
                ended(&at, RecvError::Missed(missed));
            }
        }
    }
    balance(stream.subscriber());
}

fn receivers<F: Form>(form: &F) -> Tasks<'_> {
    let mut tasks: Tasks<'_> = vec![];
    macro_rules! receiver {
        ($kind:literal, $run:ident) => {{
            let (sub, at) = (Subscriber::new(form.reader(), Start::Live), At::default());
            let task = Task::new($kind, |again| $run(sub, at.clone(), again));
            tasks.push((task, Some(at)));
        }};
    }
    receiver!("recv", one_by_one);
    receiver!("recv_many", many);
    receiver!("ready", looks);
    #[cfg(feature = "futures-core")]
    receiver!("EventStream", streams);
    tasks
}

fn publisher<'a, F: Form>(form: &'a F, ledger: &Ledger) -> Task<'a> {
    let ledger = ledger.clone();
    Task::new("call of publish", |_| async move {
        let Some(mut writer) = form.writer() else { return };
        let event = |number| F::Event::make(&ledger, number);
        writer.publish(event(1));
        yields(1).await;
        writer.publish_all((2..5).map(|number| {
            inject("iterator.next");
            event(number)
        }));
        yields(1).await;
        writer.publish(event(5));
    })
}

/// Nobody waits for what is there.
fn check_waits<F: Form>(form: &F, tasks: &Tasks<'_>) {
    let published = form.stats().published;
    for (task, at) in tasks.iter().filter(|(task, _)| !task.is_done()) {
        let at = at.as_ref().unwrap_or_else(|| panic!("a {} hangs", task.kind));
        assert_eq!(at.get(), published, "a {} waits for what is there", task.kind);
    }
}

fn run(case: &mut Case, tasks: &mut Tasks<'_>) {
    // The tasks alone, for a moment.
    let (mut alone, at): (Vec<_>, Vec<_>) = tasks.drain(..).unzip();
    case.run(&mut alone);
    tasks.extend(alone.into_iter().zip(at));
}

fn play<F: Form>(case: &mut Case, form: F, publishers: usize) {
    let mut tasks = receivers(&form);
    tasks.extend((0..publishers).map(|_| (publisher(&form, &case.ledger), None)));
    finish(case, &form, tasks);
    case.call(|| drop(form));
}

/// What is published now is received by all that are left, and then the end is.
fn finish<F: Form>(case: &mut Case, form: &F, mut tasks: Tasks<'_>) {
    run(case, &mut tasks);
    check_waits(form, &tasks);
    let ledger = case.ledger.clone();
    let before = form.stats().published;
    while form.stats().published == before {
        case.call(|| {
            let mut writer = form.writer().expect("the claim was given back");
            assert!(writer.publish(F::Event::make(&ledger, 9)), "the buffer is not usable");
        });
    }
    run(case, &mut tasks);
    check_waits(form, &tasks);
    case.call(|| form.writer().expect("the claim was given back").close());
    run(case, &mut tasks);
    for (task, _) in &tasks {
        assert!(task.is_done(), "a {} hangs", task.kind);
    }
    let stats = form.stats();
    assert!(stats.closed && stats.published > before);
    drop(tasks);
    assert_eq!(form.stats().subscribers, 0);
}

/// Each must evict from the other.
fn budget(case: &mut Case) {
    let budget = Budget::new(6).unwrap();
    let [first, second] = [(), ()].map(|()| {
        let builder = ReplayBuffer::builder().capacity(8).weigh(weigh::<Value>);
        builder.budget(&budget).hooks(Watch::new(&case.ledger)).build().unwrap()
    });
    let check = || {
        let bytes: usize = [&first, &second].iter().map(|form| form.stats().bytes).sum();
        assert_eq!(budget.used(), bytes, "bytes are lost");
    };
    let mut tasks = receivers(&first);
    tasks.truncate(2);
    let others = tasks.len();
    tasks.push((publisher(&first, &case.ledger), None));
    tasks.push((publisher(&second, &case.ledger), None));
    tasks.extend(receivers(&second).into_iter().skip(2).take(1));
    run(case, &mut tasks);
    check();
    let of_second = tasks.split_off(others + 2);
    check_waits(&second, &of_second);
    finish(case, &first, tasks);
    check();
    finish(case, &second, of_second);
    check();
    case.call(|| drop(first));
    case.call(|| drop(second));
    assert_eq!((budget.used(), budget.buffers()), (0, 0));
}

fn crowd(case: &mut Case) {
    let builder = ReplayBuffer::builder().capacity(40);
    let form = builder.hooks(Watch::new(&case.ledger)).build().unwrap();
    let ledger = case.ledger.clone();
    let mut tasks: Tasks<'_> = (0..5).flat_map(|_| receivers(&form)).collect();
    let (shared, ledger) = (&form, &ledger);
    let all = move |_| async move {
        for from in [0, 20, 40] {
            let events = (from..from + 20).map(|number| Value::new(ledger, number));
            assert!(shared.publish_all(events).is_ok());
        }
        yields(1).await;
    };
    tasks.push((Task::new("call of publish", all), None));
    finish(case, &form, tasks);
    case.call(|| drop(form));
}
