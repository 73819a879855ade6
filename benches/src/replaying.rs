//! Buffers whose events many subscribers read: the adapters' traits.
//!
//! | file | what it is |
//! |---|---|
//! | `replaying/peers.rs` | the published peers |
//! | `replaying/by_hand.rs` | the peer that people write |
//! | `replaying/ours.rs` | our form |
//! | `replaying/forms.rs` | our other forms, and what they take |
//! | `replaying/floor.rs` | a lock, a store and a load in order, a load and a clone |
//! | `replaying/prove.rs` | what is proved |
//! | `replaying/work.rs` | the timed work of one thread |
//! | `replaying/publishing.rs` | the timed work of publishers that meet, or that are waited for |
//! | `replaying/delivery.rs` | the timed work of threads and of tasks |
//! | `replaying/counter.rs` | the floor of delivery: a number in the place of a buffer |
//! | `replaying/counts.rs` | bytes, allocations, clones, wakes and polls |
//! | `replaying/memory.rs` | bytes held for subscribers that do not read |

use std::sync::Arc;

pub mod by_hand;
pub mod counter;
pub mod counts;
pub mod delivery;
pub mod floor;
pub mod forms;
pub mod memory;
pub mod ours;
pub mod peers;
pub mod prove;
pub mod publishing;
pub mod work;

/// What carries a number.
pub trait Numbered: Send + 'static {
    /// The number.
    fn number(&self) -> u64;
}

/// What is published.
pub trait Event: Numbered + Clone + Sync {
    /// One that carries this number.
    fn numbered(number: u64) -> Self;
}

impl Event for u64 {
    fn numbered(number: u64) -> Self {
        number
    }
}

impl Numbered for u64 {
    #[inline(always)]
    fn number(&self) -> u64 {
        *self
    }
}

/// A cache line.
impl Event for [u64; 8] {
    fn numbered(number: u64) -> Self {
        [number; 8]
    }
}

impl Numbered for [u64; 8] {
    #[inline(always)]
    fn number(&self) -> u64 {
        self[0]
    }
}

/// 64 bytes on the heap. A clone and its drop are a locked instruction each.
impl Event for Arc<[u8]> {
    fn numbered(number: u64) -> Self {
        let mut bytes = [0; 64];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        Arc::new(bytes)
    }
}

impl Numbered for Arc<[u8]> {
    #[inline(always)]
    fn number(&self) -> u64 {
        self.iter().take(8).rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }
}

/// What a subscriber got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Got<T> {
    /// The next event.
    Event(T),
    /// So many events were overwritten before it came to them.
    Missed(u64),
    /// It has all that there is.
    Empty,
    /// It has all that there will be.
    Closed,
}

/// What a subscriber got at a time: events, then a gap or an end, if there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many events.
    pub events: usize,
    /// How many are missing after them.
    pub missed: u64,
    /// Nothing will follow.
    pub is_closed: bool,
}

impl Batch {
    /// What ends a batch.
    #[must_use]
    pub fn end<T>(events: usize, got: &Got<T>) -> Self {
        let missed = if let Got::Missed(missed) = got { *missed } else { 0 };
        Self { events, missed, is_closed: matches!(got, Got::Closed) }
    }
}

/// A buffer of the latest events. Whoever publishes never waits.
pub trait Replaying<T: Event>: Sized + Send + Sync + 'static {
    /// As the tables call it.
    const NAME: &'static str;

    /// What reads.
    type Subscriber: Subscriber<T>;

    /// Keeps so many events: a power of two, which some insist on.
    fn new(events: usize) -> Self;

    /// The same, and at most so many bytes, for whom this can be told.
    fn bounded(events: usize, _bytes: usize) -> Self {
        Self::new(events)
    }

    /// Gets what is published from now on.
    fn subscribe(&self) -> Self::Subscriber;

    /// Appends an event, in place of the oldest if it is full.
    fn publish(&self, event: T);

    /// The same, for whom the bytes can be told that an event has on the heap.
    fn publish_sized(&self, event: T, _heap: usize) {
        self.publish(event);
    }

    /// Nothing will follow.
    fn close(self);
}

/// Reads, in order.
pub trait Subscriber<T: Event>: Send + 'static {
    /// Whether several are read at the price of one.
    const HAS_BATCHES: bool = false;

    /// What is in a batch that is received: the event, or more.
    type Item: Numbered;

    /// What there is, at once.
    fn try_recv(&mut self) -> Got<T>;

    /// The same, once there is something: never [`Got::Empty`].
    fn recv(&mut self) -> impl Future<Output = Got<T>> + Send;

    /// Looks at up to so many that are there.
    fn for_each_ready(&mut self, max: usize, mut look: impl FnMut(&T)) -> Batch {
        for events in 0..max {
            match self.try_recv() {
                Got::Event(event) => look(&event),
                other => return Batch::end(events, &other),
            }
        }
        Batch { events: max, ..Batch::default() }
    }

    /// Appends up to so many, once there is something.
    fn recv_many(
        &mut self,
        into: &mut Vec<Self::Item>,
        max: usize,
    ) -> impl Future<Output = Batch> + Send;
}

/// [`Subscriber::recv_many`] for whom has no batches.
#[inline(always)]
async fn one_by_one<T: Event>(
    reader: &mut impl Subscriber<T>,
    into: &mut Vec<T>,
    max: usize,
) -> Batch {
    let mut got = reader.recv().await;
    for events in 0..max {
        match got {
            Got::Event(event) => into.push(event),
            other => return Batch::end(events, &other),
        }
        if events + 1 == max {
            break;
        }
        got = reader.try_recv();
    }
    Batch { events: max, ..Batch::default() }
}

/// A subscriber's account of events that are numbered from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many it got.
    pub received: u64,
    /// How many it was told that it did not get.
    pub missed: u64,
}

impl Tally {
    /// The event that comes next: the account balances at every event.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.received + self.missed
    }

    /// An event was received.
    ///
    /// # Panics
    ///
    /// If it is not the next one.
    #[inline(always)]
    pub fn receive(&mut self, number: u64) {
        assert_eq!(number, self.next(), "{} received, {} missed", self.received, self.missed);
        self.received += 1;
    }

    /// Takes note of what was got; whether it goes on.
    ///
    /// # Panics
    ///
    /// If it is not what comes next.
    #[inline(always)]
    pub fn take<T: Event>(&mut self, got: &Got<T>) -> bool {
        match got {
            Got::Event(event) => self.receive(event.number()),
            Got::Missed(missed) => self.missed += missed,
            Got::Empty => {}
            Got::Closed => return false,
        }
        true
    }

    /// At the end: nothing is unaccounted for.
    ///
    /// # Panics
    ///
    /// If something is.
    pub fn check(&self, name: &str, published: u64) {
        assert_eq!(self.next(), published, "{name}: received + missed = published");
    }
}

/// Does the same with each of them: `each_replaying!(P of u64 => work::<P>());`.
#[macro_export]
macro_rules! each_replaying {
    ($peer:ident of $event:ty => $work:expr) => {{
        $crate::each_of!(
            $peer => $work,
            ::tokio::sync::broadcast::Sender<$event>,
            $crate::replaying::peers::AsyncBroadcast<$event>,
            $crate::replaying::by_hand::ByHand<$event>,
            $crate::replaying::ours::Shared<$event>
        );
    }};
}
