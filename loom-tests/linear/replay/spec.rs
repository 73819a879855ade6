//! What a replay buffer answers if one thread asks: a list of what is retained, and
//! where each subscriber is.
//!
//! Publishing is two operations here, if something goes: what goes does so before the
//! new event is there, and those who only receive may look in between. They are told
//! that they missed all up to the new one, and then that there is nothing, for now. So
//! may those who join, resume or leave: they take no lock either. Publishers wait for
//! both, and who closes or counts, unless the publisher lets go of the lock to fetch memory:
//! see [`Publishing`].

use std::collections::VecDeque;

use super::super::check::Model;
use crate::under_test::{EvictReason, Start};

/// What a buffer is bounded by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    pub(crate) capacity: usize,
    pub(crate) max_bytes: usize,
}

/// How much of the two halves of publishing others can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Publishing {
    /// Those who take the lock see both or none.
    Locked,
    /// A publisher that must fetch a chunk lets go in between, so that others join,
    /// publish and count while there is room for it. If they published, it makes room
    /// once more.
    LetsGo,
    /// And it may be closed meanwhile: what went is gone for nothing.
    Refused,
}

pub(crate) const EPOCH: u64 = 5;

/// What a thread may ask. A subscriber has a seat, from which it is taken, and one
/// thread at a time uses a seat.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Publish {
        value: u64,
        bytes: usize,
    },
    /// The first half of publishing: what is in the way of so many goes.
    MakeRoom {
        events: usize,
        bytes_each: usize,
    },
    /// Of one byte each, and as many as fit: they are there all at once.
    PublishAll(Vec<u64>),
    Close,
    /// Both watermarks, at one moment.
    Stats,
    /// All that is counted; for a thread that is alone.
    Totals,
    Join(Start),
    Resume {
        epoch: u64,
        seq: u64,
    },
    Leave,
    TryRecv,
    /// Waits, and gives up at once if there is nothing.
    Poll,
    /// Up to so many: as many times `TryRecv`, of which the last ones may be missing.
    Read(usize),
    Receipt,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Op {
    pub(crate) seat: usize,
    pub(crate) act: Act,
}

/// What it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ret {
    Published(u64),
    Stored(usize),
    TooLarge,
    /// Given back, as many as this.
    GivenBack(usize),
    WasOpen(bool),
    Stats {
        published: u64,
        evicted: u64,
    },
    Totals {
        published: u64,
        evicted: u64,
        bytes: usize,
        subscribers: usize,
        closed: bool,
    },
    /// With the number after which it goes on.
    Joined(u64),
    Complete(u64),
    Gap {
        from: u64,
        to: u64,
        reason: EvictReason,
    },
    WrongEpoch(u64),
    Ahead(u64),
    Left,
    Event {
        seq: u64,
        value: u64,
    },
    Missed {
        from: u64,
        to: u64,
        reason: EvictReason,
    },
    Empty,
    Closed,
    Receipt {
        published: u64,
        received: u64,
        missed: u64,
        pending: u64,
    },
    /// There is nobody, or already somebody, in the seat.
    NotNow,
    /// There is room now.
    Room,
    /// Somebody is about to publish. Nobody is answered so.
    Locked,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Seat {
    at: u64,
    began: u64,
    missed: u64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Spec {
    bounds: Bounds,
    publishing: Publishing,
    /// Values and bytes.
    retained: VecDeque<(u64, usize)>,
    /// How many went, and why the last one did.
    evicted: u64,
    reason: EvictReason,
    closed: bool,
    /// Room was made for an event that is not there yet.
    locked: bool,
    seats: [Option<Seat>; 3],
}

impl Spec {
    pub(crate) fn new(bounds: Bounds, publishing: Publishing) -> Self {
        Self {
            bounds,
            publishing,
            retained: VecDeque::new(),
            evicted: 0,
            reason: EvictReason::Count,
            closed: false,
            locked: false,
            seats: [None; 3],
        }
    }

    pub(crate) fn published(&self) -> u64 {
        self.evicted + self.retained.len() as u64
    }

    fn bytes(&self) -> usize {
        self.retained.iter().map(|(_, bytes)| bytes).sum()
    }

    fn make_room(&mut self, events: usize, bytes_each: usize) {
        loop {
            if self.retained.len() + events > self.bounds.capacity {
                self.reason = EvictReason::Count;
            } else if self.bytes() + events * bytes_each > self.bounds.max_bytes {
                self.reason = EvictReason::Bytes;
            } else {
                break;
            }
            self.retained.pop_front();
            self.evicted += 1;
        }
    }

    fn publish(&mut self, values: &[u64], bytes_each: usize, stored: Ret) -> Ret {
        if bytes_each > self.bounds.max_bytes {
            Ret::TooLarge
        } else if self.closed && !values.is_empty() {
            Ret::GivenBack(values.len())
        } else {
            self.make_room(values.len(), bytes_each);
            self.retained.extend(values.iter().map(|&value| (value, bytes_each)));
            self.locked = false;
            stored
        }
    }

    fn sit(&mut self, seat: usize, began: u64, at: u64) {
        self.seats[seat] = Some(Seat { at, began, missed: at - began });
    }

    fn join(&mut self, seat: usize, start: Start) -> Ret {
        let (oldest, newest) = (self.evicted, self.published());
        let at = match start {
            Start::Live => newest,
            Start::Latest(most) => newest.saturating_sub(most as u64).max(oldest),
            Start::Oldest => oldest,
            Start::After(seq) => seq.min(newest),
        };
        self.sit(seat, at, at);
        Ret::Joined(at)
    }

    fn resume(&mut self, seat: usize, epoch: u64, seq: u64) -> Ret {
        let (oldest, newest) = (self.evicted, self.published());
        if epoch != EPOCH {
            self.sit(seat, oldest, oldest);
            Ret::WrongEpoch(oldest)
        } else if seq > newest {
            Ret::Ahead(newest)
        } else if seq < oldest {
            self.sit(seat, seq, oldest);
            Ret::Gap { from: seq + 1, to: oldest + 1, reason: self.reason }
        } else {
            self.sit(seat, seq, seq);
            Ret::Complete(seq)
        }
    }

    fn receive(&mut self, seat: usize) -> Ret {
        let (oldest, newest) = (self.evicted, self.published());
        let Some(seat) = &mut self.seats[seat] else { return Ret::NotNow };
        if seat.at < oldest {
            let from = seat.at + 1;
            seat.missed += oldest - seat.at;
            seat.at = oldest;
            Ret::Missed { from, to: oldest + 1, reason: self.reason }
        } else if seat.at < newest {
            let (value, _) = self.retained[(seat.at - oldest) as usize];
            seat.at += 1;
            Ret::Event { seq: seat.at, value }
        } else if self.closed {
            Ret::Closed
        } else {
            Ret::Empty
        }
    }
}

impl Spec {
    fn receipt(&self, seat: usize) -> Ret {
        let Some(Seat { at, began, missed }) = self.seats[seat] else { return Ret::NotNow };
        let (newest, received) = (self.published(), at - began - missed);
        Ret::Receipt { published: newest - began, received, missed, pending: newest - at }
    }
}

impl Model for Spec {
    type Op = Op;
    type Ret = Ret;

    fn apply(&mut self, Op { seat, act }: &Op) -> Ret {
        let seat = *seat;
        match act {
            Act::TryRecv => self.receive(seat),
            // It parks under the lock, if there is nothing.
            Act::Poll => match self.receive(seat) {
                Ret::Empty if self.locked => Ret::Locked,
                ret => ret,
            },
            Act::Receipt => self.receipt(seat),
            Act::MakeRoom { events, bytes_each } if !self.locked && !self.closed => {
                self.make_room(*events, *bytes_each);
                self.locked = self.publishing == Publishing::Locked;
                Ret::Room
            }
            Act::MakeRoom { .. } => Ret::Locked,
            Act::Publish { value, bytes } => {
                let published = Ret::Published(self.published() + 1);
                self.publish(&[*value], *bytes, published)
            }
            Act::PublishAll(values) => self.publish(values, 1, Ret::Stored(values.len())),
            // Only who made room, which publishes next, goes on.
            Act::Close | Act::Stats | Act::Totals if self.locked => Ret::Locked,
            Act::Close => Ret::WasOpen(!core::mem::replace(&mut self.closed, true)),
            Act::Stats => Ret::Stats { published: self.published(), evicted: self.evicted },
            Act::Totals => Ret::Totals {
                published: self.published(),
                evicted: self.evicted,
                bytes: self.bytes(),
                subscribers: self.seats.iter().flatten().count(),
                closed: self.closed,
            },
            Act::Join(_) | Act::Resume { .. } if self.seats[seat].is_some() => Ret::NotNow,
            Act::Join(start) => self.join(seat, *start),
            Act::Resume { epoch, seq } => self.resume(seat, *epoch, *seq),
            Act::Leave => self.seats[seat].take().map_or(Ret::NotNow, |_| Ret::Left),
            Act::Read(_) => unreachable!("it is written down as several"),
        }
    }

    fn synchronises(op: &Op, ret: &Ret) -> bool {
        match (&op.act, ret) {
            // Refused without a look at the buffer.
            (_, Ret::TooLarge | Ret::NotNow) => false,
            // It has parked, under the lock.
            (Act::Poll, Ret::Empty) => true,
            (Act::TryRecv | Act::Poll | Act::Receipt, _) => false,
            (Act::Join(_) | Act::Resume { .. } | Act::Leave, _) => false,
            _ => true,
        }
    }
}
