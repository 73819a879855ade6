//! What is shown of everything that can be shown, word for word; and that an error of
//! whoever it is written to ends it.

#![cfg(feature = "std")]

use core::fmt::{Debug, Display, Write};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use bellwether::{
    Budget, BuildError, Consistency, EvictReason, ExactHistogram, Histogram, Missed, OnceCell,
    OnceMetrics, PlainArray, PublishError, RecvError, ReplayBuffer, ReplayMetrics, Resume,
    ShardedHistogram, SingleProducer, Snapshot, Start, Token, TokenError, TryLead, TryRecvError,
};

/// Has room for so many bytes, and then fails; nothing may be written to it any more.
struct Room {
    left: usize,
    failed: bool,
}

impl Write for Room {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        assert!(!self.failed, "written to after an error");
        match self.left.checked_sub(text.len()) {
            Some(left) => self.left = left,
            None => self.failed = true,
        }
        if self.failed { Err(core::fmt::Error) } else { Ok(()) }
    }
}

/// Shown as that text; and not beyond an error, wherever it comes.
fn is_shown(shown: &dyn Display, text: &str) {
    assert_eq!(shown.to_string(), text);
    for left in 0..text.len() {
        let mut room = Room { left, failed: false };
        assert!(write!(room, "{shown}").is_err(), "{left} bytes of {text}");
    }
    assert!(write!(Room { left: text.len(), failed: false }, "{shown}").is_ok());
}

fn is_debugged(shown: &dyn Debug, text: &str) {
    is_shown(&format_args!("{shown:?}"), text);
}

#[test]
fn errors_of_publishing() {
    let texts = |error: PublishError<u8>, name: &str, text: &str| {
        is_debugged(&error, name);
        is_shown(&error, text);
        assert_eq!(error.into_inner(), 7);
    };
    let closed = "the buffer is closed: nothing can be published any more";
    texts(PublishError::Closed(7), "Closed(..)", closed);
    let large = "the event weighs more than the buffer's `max_bytes`: split it";
    texts(PublishError::TooLarge(7), "TooLarge(..)", large);
    let busy = "there is no room before somebody goes on: try again";
    texts(PublishError::Busy(7), "Busy(..)", busy);
}

#[test]
fn errors_of_receiving() {
    let missed = |reason| Missed { from: 3, to: 8, reason };
    for (reason, bound) in [
        (EvictReason::Count, "the number of events"),
        (EvictReason::Bytes, "the number of bytes"),
        (EvictReason::Budget, "a shared budget"),
    ] {
        let text = format!("missed the events from 3 to 7, which {bound} pushed out");
        is_shown(&missed(reason), &text);
        is_shown(&RecvError::Missed(missed(reason)), &text);
        is_shown(&TryRecvError::Missed(missed(reason)), &text);
    }
    let closed = "the buffer is closed, and everything was received";
    is_shown(&RecvError::Closed, closed);
    is_shown(&TryRecvError::Closed, closed);
    is_shown(&TryRecvError::Empty, "there is no event yet: wait with `recv`");
}

#[test]
fn errors_of_building_and_of_tokens() {
    is_shown(&BuildError::NoCapacity, "a buffer needs a bound: call `capacity`");
    let capacity = ReplayBuffer::<u8>::builder().capacity(0).build().unwrap_err();
    is_shown(&capacity, "a capacity of 0 events: it must be from 1 to 2147483648");
    assert_eq!(Budget::new(0).unwrap_err(), BuildError::NoBytes);
    is_shown(&BuildError::NoBytes, "`max_bytes(0)`: no event would fit");
    let budget = Budget::new(1).unwrap();
    let built = ReplayBuffer::<u8>::builder().budget(&budget).build();
    assert!(matches!(built, Err(BuildError::NoCapacity)), "as without a budget");

    let dot = "a token is two hexadecimal numbers with a dot between";
    is_shown(&"7".parse::<Token>().unwrap_err(), dot);
    assert_eq!("7.+8".parse::<Token>(), Err(TokenError::NotANumber { at: 2 }));
    let number = "a token has a hexadecimal number below 2^64 at byte 2";
    is_shown(&"7.x".parse::<Token>().unwrap_err(), number);
}

#[test]
fn buffers_without_their_events() {
    /// Cannot be shown.
    #[derive(Clone, Copy)]
    struct Secret;

    let builder = ReplayBuffer::<Secret>::builder().capacity(3).max_bytes(9).epoch(7);
    is_debugged(&builder, "Builder { capacity: Some(3), max_bytes: 9, epoch: 7, .. }");
    let buffer = builder.weigh(|_| 2).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    for _ in 0..4 {
        buffer.publish(Secret).unwrap();
    }
    let parts = "{ capacity: 3, max_bytes: 9, stats: Stats { published: 4, evicted_through: 1, \
                 len: 3, bytes: 6, subscribers: 1, closed: false }, .. }";
    is_debugged(&buffer, &format!("Replay {parts}"));
    assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
    assert!(subscriber.try_recv().is_ok());
    let text = "Subscriber { published: 4, received: 1, missed: 1, pending: 2, .. }";
    is_debugged(&subscriber, text);
    drop(subscriber);

    let parts = parts.replace("subscribers: 1", "subscribers: 0");
    let single = SingleProducer::new(buffer);
    is_debugged(&single, &format!("SingleProducer {parts}"));
    is_debugged(&single.producer().unwrap(), &format!("Producer {parts}"));
}

#[test]
fn where_a_subscriber_resumes() {
    let buffer = ReplayBuffer::<u8>::builder().capacity(2).epoch(1).build().unwrap();
    buffer.publish_all([1, 2, 3]).unwrap();
    let resume = |epoch, seq| buffer.resume(Token { epoch, seq });
    let subscriber = "Subscriber { published: 2, received: 0, missed: 0, pending: 2, .. }";
    is_debugged(&resume(1, 1), &format!("Complete({subscriber})"));
    is_debugged(&resume(2, 9), &format!("WrongEpoch {{ sub: {subscriber} }}"));
    is_debugged(&resume(1, 4), "Ahead { published: 3 }");
    let gap = resume(1, 0);
    is_debugged(
        &gap,
        "Gap { missed: Missed { from: 1, to: 2, reason: Count }, sub: Subscriber { published: 3, \
         received: 0, missed: 1, pending: 2, .. } }",
    );
    assert!(matches!(gap, Resume::Gap { .. }));
}

#[test]
fn a_budget() {
    let budget = Budget::new(100).unwrap();
    let buffer = ReplayBuffer::builder().capacity(9).budget(&budget).build().unwrap();
    buffer.publish_sized("event", 60).unwrap();
    is_debugged(&budget, "Budget { max_bytes: 100, used: 60, buffers: 1 }");
}

#[cfg(feature = "futures-core")]
#[test]
fn a_stream() {
    use futures::Stream;

    let buffer = ReplayBuffer::<u8>::builder().capacity(2).build().unwrap();
    let stream = buffer.subscribe(Start::Live).into_stream();
    assert_eq!(stream.size_hint(), (0, None), "as many as will be published");
    is_debugged(
        &stream,
        "EventStream { subscriber: Subscriber { published: 0, received: 0, missed: 0, pending: 0, \
         .. }, ended: false, .. }",
    );
}

#[test]
fn histograms_and_their_snapshots() {
    let histogram: Histogram = Histogram::new();
    histogram.record(5_000);
    let line = "count 1, p50 5.00 µs, p90 5.00 µs, p99 5.00 µs, p99.9 5.00 µs, max 5.00 µs";
    let snapshot = histogram.snapshot();
    is_shown(&snapshot, line);
    is_debugged(&snapshot, &format!("Snapshot({line})"));
    is_debugged(&Snapshot::<bellwether::Nanos>::default(), "Snapshot(count 0)");
    is_shown(&snapshot.plot().width(4), &snapshot.plot().width(4).to_string());

    is_shown(&Consistency::Exact, "exact");
    is_shown(&Consistency::Skewed { running: 1 }, "skewed: 1 record was running");
    is_shown(&Consistency::Skewed { running: 2 }, "skewed: 2 records were running");
    let exact = ExactHistogram::<bellwether::Nanos>::default();
    is_debugged(&exact, "ExactHistogram(count 0, exact)");
}

#[test]
fn plots_of_few_rows() {
    let histogram: Histogram = Histogram::new();
    for value in [0, 1, 3, 5_000, 5_500, 90_000, 7_000_000_000, u64::MAX] {
        histogram.record_n(value, 1 + value % 7);
    }
    let snapshot = histogram.snapshot();
    for rows in [2, 9] {
        let text = snapshot.plot().rows(rows).width(6).to_string();
        assert!(text.lines().count() <= rows + 2 && text.contains('>'), "{text}");
        is_shown(&snapshot.plot().rows(rows).width(6), &text);
    }
}

#[test]
fn metrics_of_a_cell() {
    // In steps that those in progress do not round.
    const STEP: u64 = 1 << 40;
    let time = AtomicU64::new(0);
    let metrics: OnceMetrics<_> =
        OnceMetrics::with_clock("config", || time.load(Relaxed)).wait_within(Duration::MAX);
    let cells: [OnceCell<u8, _>; 2] = [(); 2].map(|()| OnceCell::with_hooks(&metrics));
    let leads = cells.each_ref().map(OnceCell::try_lead);
    time.fetch_add(STEP, Relaxed);
    is_shown(&metrics.initializing(), "2 for 2199 s in all");
    let [TryLead::Leader(first), TryLead::Leader(second)] = leads else { panic!("empty") };
    drop(second);
    is_shown(&metrics.initializing(), "1 for 1100 s");
    let line = line!() + 1;
    let mut wait = Box::pin(cells[0].wait());
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    assert!(wait.as_mut().poll(&mut context).is_pending());
    time.fetch_add(STEP, Relaxed);
    first.set(7);
    assert!(wait.as_mut().poll(&mut context).is_ready());
    is_shown(&metrics.initializing(), "0");

    let times = |value: &str| {
        format!("count 1, p50 {value}, p90 {value}, p99 {value}, p99.9 {value}, max {value}")
    };
    let text = format!(
        "config: initializing 0, waiting 0\n  ok         {}\n  cancelled  {}\n  waits      {}\n  \
         coalesced  1 calls, 2199 s saved",
        times("2199 s"),
        times("1100 s"),
        times("1100 s"),
    );
    is_shown(&metrics, &text);
    is_debugged(&metrics, &format!("OnceMetrics({text})"));
    let objective = metrics.waits().objective();
    assert_eq!((objective.good, objective.total), (1, 1), "no wait is longer");
    let worst = metrics.waits().take_worst().unwrap();
    is_shown(&worst, &format!("1100 s at {}:{line}:38", file!()));
}

#[test]
fn metrics_of_a_buffer() {
    let time = AtomicU64::new(0);
    let metrics: ReplayMetrics<_, ()> =
        ReplayMetrics::<_, _, bellwether::Nanos, 8>::with("events", || time.load(Relaxed), ())
            .wait_within(Duration::from_nanos(5));
    assert_eq!(bellwether::Metrics::name(&metrics), "events");
    let buffer = ReplayBuffer::builder().capacity(1).max_bytes(9).hooks(&metrics).build().unwrap();
    let mut subscriber = buffer.subscribe(Start::Live);
    for (number, took) in [5, 6].into_iter().enumerate() {
        let mut ready = Box::pin(subscriber.ready());
        let mut context = core::task::Context::from_waker(core::task::Waker::noop());
        assert!(ready.as_mut().poll(&mut context).is_pending());
        time.fetch_add(took, Relaxed);
        buffer.publish_sized(number, 3).unwrap();
        assert!(ready.as_mut().poll(&mut context).is_ready());
        drop(ready);
        assert_eq!(subscriber.try_recv().unwrap().value, number);
    }
    buffer.publish_sized(2, 9).unwrap();
    buffer.publish_sized(3, 9).unwrap();
    assert!(matches!(subscriber.try_recv(), Err(TryRecvError::Missed(_))));
    let objective = metrics.waits().objective();
    assert_eq!((objective.good, objective.total), (1, 2), "6 ns are more than 5");

    let text = metrics.to_string();
    for line in [
        "events: waiting 0\n",
        "\n  published  4 events, 24 bytes\n",
        "\n  missed     1 events\n",
        "\n  lag        count 2, p50 0,",
        "\n  waits      count 2, p50 5 ns,",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let evicted =
        metrics.evicted_events(EvictReason::Count) + metrics.evicted_events(EvictReason::Bytes);
    assert_eq!(evicted, 3);
    assert!(text.contains("\n  evicted    "));
    is_shown(&metrics, &text);
    is_debugged(&metrics, &format!("ReplayMetrics({text})"));
}

#[test]
fn defaults_are_empty() {
    let array = PlainArray::<u8, 3>::default().epoch(5);
    assert_eq!(array.token(), Token { epoch: 5, seq: 0 });
    assert_eq!(array.publish(7), Ok(1));
    assert_eq!(array.subscribe(Start::Oldest).try_recv().unwrap().value, 7);
    assert!(Snapshot::<bellwether::Plain>::default().is_empty());
    let sharded: ShardedHistogram = ShardedHistogram::new();
    assert!(sharded.snapshot().is_empty());
    sharded.record(7);
    assert_eq!(sharded.snapshot().sum(), 7);
}
