//! The replay array: who publishes, who reads, and whether the receipts add up.

use core::pin::pin;
use core::task::Poll;

use bellwether::{Event, Missed, RecvError, ReplayArray, Start, Subscriber, TryRecvError};
use cortex_m_semihosting::hprintln;

use crate::request;
use crate::support::{Bell, Post, Random, poll};
use crate::tick::{self, Scene};

type Events = ReplayArray<u32, 8>;
/// A subscriber, and how much it received and missed by our count.
pub type Reader = Counting;

static SCENES: Events = Events::new();
static STORM: Events = Events::new();

pub enum Request {
    /// So many events, from 100 upwards.
    Publish(u32),
    Subscribe,
    /// All there is: answers how many were received, and in thousands how many missed.
    Read,
    Unsubscribe,
}

pub struct Counting {
    subscriber: Subscriber<&'static Events>,
    received: u32,
    missed: u64,
    /// The newest of each publisher's, by their lowest bit: each comes in order.
    newest: [u32; 2],
}

impl Counting {
    fn new(events: &'static Events) -> Self {
        let subscriber = events.subscribe(Start::Live);
        Self { subscriber, received: 0, missed: 0, newest: [0; 2] }
    }

    fn take(&mut self, event: &Event<u32>) {
        self.received += 1;
        let newest = &mut self.newest[event.value as usize % 2];
        assert!(*newest < event.value, "{} after {newest}", event.value);
        *newest = event.value;
    }

    fn miss(&mut self, missed: Missed) {
        self.missed += missed.events();
    }

    /// One event, or one gap. Returns whether there was any.
    fn read(&mut self) -> bool {
        match self.subscriber.try_recv() {
            Ok(event) => self.take(&event),
            Err(TryRecvError::Missed(missed)) => self.miss(missed),
            Err(TryRecvError::Empty) => return false,
            Err(error) => panic!("{error:?}"),
        }
        true
    }

    /// As [`Self::read`], by a future that is polled once and dropped.
    fn poll(&mut self, bell: &'static Bell) -> bool {
        let polled = poll(pin!(self.subscriber.recv()), bell);
        self.polled(polled)
    }

    /// As [`Self::read`], by a future that is polled again only once it is woken: if
    /// the wake-up is lost, for ever. Returns whether it had to wait.
    fn wait(&mut self, bell: &'static Bell) -> bool {
        let rings = bell.rings();
        let (polled, waits) = {
            let mut recv = pin!(self.subscriber.recv());
            match poll(recv.as_mut(), bell) {
                Poll::Pending => {
                    while bell.rings() == rings {}
                    (poll(recv, bell), true)
                }
                ready => (ready, false),
            }
        };
        assert!(self.polled(polled), "woken for nothing");
        waits
    }

    fn polled(&mut self, polled: Poll<Result<Event<u32>, RecvError>>) -> bool {
        match polled {
            Poll::Ready(Ok(event)) => self.take(&event),
            Poll::Ready(Err(RecvError::Missed(missed))) => self.miss(missed),
            Poll::Ready(Err(error)) => panic!("{error:?}"),
            Poll::Pending => return false,
        }
        true
    }

    /// What it says, once all is read, is what we counted.
    fn settle(&self, who: &str) {
        let receipt = self.subscriber.receipt();
        assert_eq!(receipt.published, receipt.received + receipt.missed, "{who}");
        assert_eq!((receipt.received, receipt.missed), (self.received.into(), self.missed));
        assert_eq!(receipt.pending, 0);
        let (published, received, missed) = (receipt.published, self.received, self.missed);
        hprintln!("  {who}: published {published} = received {received} + missed {missed}");
    }
}

pub fn interrupt(request: Request, reader: &mut Option<Reader>) -> u32 {
    match request {
        Request::Publish(many) => {
            for n in 0..many {
                SCENES.publish(100 + n).expect("nobody is inside");
            }
            many
        }
        Request::Subscribe => {
            *reader = Some(Counting::new(&SCENES));
            0
        }
        Request::Read => {
            let reader = reader.as_mut().expect("it has subscribed");
            let before = (reader.received, reader.missed as u32);
            while reader.read() {}
            reader.received - before.0 + 1_000 * (reader.missed as u32 - before.1)
        }
        Request::Unsubscribe => {
            reader.take().expect("it has subscribed").settle("interrupt");
            0
        }
    }
}

fn ask(request: Request) -> u32 {
    request::interrupt(request::Request::Array(request))
}

pub fn scenes() {
    static BELL: Bell = Bell::new();

    let mut reader = Counting::new(&SCENES);
    ask(Request::Subscribe);
    {
        let mut recv = pin!(reader.subscriber.recv());
        assert!(poll(recv.as_mut(), &BELL).is_pending());
        ask(Request::Publish(5));
        assert_eq!(BELL.rings(), 1, "one wake-up for a waiter, not one for an event");
        assert!(matches!(poll(recv, &BELL), Poll::Ready(Ok(event)) if event.value == 100));
    }
    reader.received = 1;
    reader.newest = [100, 0];
    while reader.read() {}
    assert_eq!((reader.received, reader.missed), (5, 0));
    assert_eq!(ask(Request::Read), 5, "its own");
    hprintln!("array: the interrupt published 5, main was woken and received them");

    for n in 0..20 {
        SCENES.publish(200 + n).expect("nobody is inside");
    }
    assert_eq!(ask(Request::Read), 8 + 1_000 * 12);
    while reader.read() {}
    assert_eq!((reader.received, reader.missed), (13, 12));
    hprintln!("array: main published 20; 8 were retained, 12 missed, as the interrupt was told");

    reader.settle("main");
    ask(Request::Unsubscribe);
}

// At any instruction.

static TICK: Bell = Bell::new();
static ANSWER: Post<Told> = Post::new();

/// The interrupt's side: it publishes and reads.
pub struct Party {
    reader: Reader,
    published: u32,
}

/// What the interrupt tells at the end.
struct Told {
    published: u32,
    party: Reader,
}

impl Party {
    /// `side` is the lowest bit of what it publishes.
    fn publish(&mut self, side: u32) {
        self.published += 1;
        // Two readers at most are inside at once, and there are two spare slots.
        STORM.publish(2 * self.published + side).expect("never busy");
    }
}

pub fn tick(party: &mut Option<Party>, random: &mut Random) {
    let new = || Party { reader: Counting::new(&STORM), published: 0 };
    let party = party.get_or_insert_with(new);
    for _ in 0..random.below(3) {
        party.publish(1);
    }
    for n in 0..random.below(4) {
        let _ = if n == 0 { party.reader.poll(&TICK) } else { party.reader.read() };
    }
}

pub fn last_tick(party: &mut Option<Party>) {
    let Party { mut reader, published } = party.take().expect("it has ticked");
    while reader.read() {}
    ANSWER.put(Told { published, party: reader });
}

pub fn storm() {
    static BELL: Bell = Bell::new();

    let mut random = Random::new(0xa77a);
    let mut party = Party { reader: Counting::new(&STORM), published: 0 };
    let mut waited = 0;
    let until = tick::count() + 2_000;
    tick::play(Scene::Array);
    while tick::count() < until {
        for _ in 0..random.below(6) {
            party.publish(0);
        }
        for n in 0..random.below(12) {
            match n % 4 {
                0 => waited += u32::from(party.reader.wait(&BELL)),
                1 => _ = party.reader.poll(&BELL),
                _ => _ = party.reader.read(),
            }
        }
        // The bookkeeping's figures are of one moment, whenever the interrupt comes.
        let stats = STORM.stats();
        assert!(stats.len <= 8 && stats.published == stats.evicted_through + stats.len as u64);
    }
    let told = tick::end(Scene::ArrayEnds, &ANSWER);
    while party.reader.read() {}

    let stats = STORM.stats();
    assert_eq!(stats.published, u64::from(party.published + told.published));
    assert!(waited > 0, "main never waited for the interrupt");
    let (ours, theirs) = (party.published, told.published);
    hprintln!("array: main published {ours}, the interrupt {theirs}, both read all along,");
    hprintln!("  and main {waited} times waited until the interrupt woke it");
    party.reader.settle("main");
    told.party.settle("interrupt");
    assert!(party.reader.missed > 0 && told.party.missed > 0, "nobody was too slow");
    assert_eq!(stats.subscribers, 2);
}
