//! A real replay buffer, asked what the specification is.

use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

use super::super::run::Subject;
use super::Replay;
use super::spec::{Act, Bounds, EPOCH, Op, Ret};
use crate::under_test::{
    PublishError, RecvError, ReplayBuffer, Resume, Subscriber, Token, TryRecvError,
};

/// What is published: with and without a drop, which take different ways.
pub(crate) trait Payload: Clone + Send + Sync + From<u64> + 'static {
    fn value(&self) -> u64;
}

impl Payload for u64 {
    fn value(&self) -> u64 {
        *self
    }
}

impl Payload for Box<u64> {
    fn value(&self) -> u64 {
        **self
    }
}

/// The system's `Arc`, which orders nothing that loom sees.
pub(crate) struct Real<T>(Arc<ReplayBuffer<T>>);

impl<T> Clone for Real<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

type Seat<T> = Option<Subscriber<Arc<ReplayBuffer<T>>>>;

impl<T: Payload> Subject for Real<T> {
    type Of = Replay;
    type Seat = Subscriber<Arc<ReplayBuffer<T>>>;

    fn new(&Bounds { capacity, max_bytes }: &Bounds) -> Self {
        let builder = ReplayBuffer::builder().capacity(capacity).max_bytes(max_bytes);
        Self(Arc::new(builder.epoch(EPOCH).weigh(|_| 1).build().unwrap()))
    }

    fn perform(&self, sits: &mut Seat<T>, op: &Op) -> Vec<(Op, Ret)> {
        let one = |ret| vec![(op.clone(), ret)];
        match (&op.act, sits.as_mut()) {
            (Act::Publish { value, bytes }, _) => {
                in_two(op, 1, *bytes, self.publish(*value, *bytes))
            }
            (Act::PublishAll(values), _) => in_two(op, values.len(), 1, self.publish_all(values)),
            (Act::Close, _) => one(Ret::WasOpen(self.0.close())),
            (Act::Stats, _) => one(self.stats()),
            (Act::Totals, _) => one(self.totals()),
            (Act::Join(_) | Act::Resume { .. }, Some(_)) => one(Ret::NotNow),
            (Act::Join(start), None) => {
                let subscriber = sits.insert(Subscriber::new(self.0.clone(), *start));
                one(Ret::Joined(subscriber.token().seq))
            }
            (Act::Resume { epoch, seq }, None) => {
                let (ret, subscriber) = self.resume(Token { epoch: *epoch, seq: *seq });
                *sits = subscriber;
                one(ret)
            }
            (Act::MakeRoom { .. }, _) => unreachable!("only written down"),
            (Act::Read(_), None) => vec![],
            (_, None) => one(Ret::NotNow),
            (Act::Leave, Some(_)) => {
                *sits = None;
                one(Ret::Left)
            }
            (Act::TryRecv, Some(subscriber)) => {
                let received = subscriber.try_recv();
                one(received.map_or_else(refused, |e| event(e.seq, &e.value)))
            }
            (Act::Poll, Some(subscriber)) => {
                let mut context = Context::from_waker(Waker::noop());
                one(match pin!(subscriber.recv()).poll(&mut context) {
                    Poll::Pending => Ret::Empty,
                    Poll::Ready(Ok(e)) => event(e.seq, &e.value),
                    Poll::Ready(Err(RecvError::Missed(missed))) => {
                        refused(TryRecvError::Missed(missed))
                    }
                    Poll::Ready(Err(_)) => Ret::Closed,
                })
            }
            (Act::Read(max), Some(subscriber)) => {
                let mut seen = vec![];
                let read =
                    subscriber.for_each_ready(*max, |seq, value| seen.push(event(seq, value)));
                match read {
                    Ok(many) => assert_eq!(many, seen.len()),
                    Err(error) => seen.push(refused(error)),
                }
                let single = Op { seat: op.seat, act: Act::TryRecv };
                seen.into_iter().map(|ret| (single.clone(), ret)).collect()
            }
            (Act::Receipt, Some(subscriber)) => {
                let r = subscriber.receipt();
                let (published, received, missed) = (r.published, r.received, r.missed);
                one(Ret::Receipt { published, received, missed, pending: r.pending })
            }
        }
    }
}

/// What was published is two operations, see the specification.
fn in_two(op: &Op, events: usize, bytes_each: usize, ret: Ret) -> Vec<(Op, Ret)> {
    let first = Op { seat: op.seat, act: Act::MakeRoom { events, bytes_each } };
    match ret {
        Ret::Published(_) | Ret::Stored(_) => vec![(first, Ret::Room), (op.clone(), ret)],
        _ => vec![(op.clone(), ret)],
    }
}

fn event<T: Payload>(seq: u64, value: &T) -> Ret {
    Ret::Event { seq, value: value.value() }
}

fn refused(error: TryRecvError) -> Ret {
    match error {
        TryRecvError::Empty => Ret::Empty,
        TryRecvError::Missed(m) => Ret::Missed { from: m.from, to: m.to, reason: m.reason },
        _ => Ret::Closed,
    }
}

impl<T: Payload> Real<T> {
    fn publish(&self, value: u64, bytes: usize) -> Ret {
        match self.0.publish_sized(T::from(value), bytes) {
            Ok(seq) => Ret::Published(seq),
            Err(PublishError::Closed(back)) => {
                assert_eq!(back.value(), value);
                Ret::GivenBack(1)
            }
            Err(_) => Ret::TooLarge,
        }
    }

    fn publish_all(&self, values: &[u64]) -> Ret {
        match self.0.publish_all(values.iter().map(|&value| T::from(value))) {
            Ok(stored) => Ret::Stored(stored),
            Err(PublishError::Closed(back)) => Ret::GivenBack(back.len()),
            Err(_) => Ret::TooLarge,
        }
    }

    fn stats(&self) -> Ret {
        let stats = self.0.stats();
        assert_eq!(stats.len as u64, stats.published - stats.evicted_through);
        Ret::Stats { published: stats.published, evicted: stats.evicted_through }
    }

    fn totals(&self) -> Ret {
        let stats = self.0.stats();
        Ret::Totals {
            published: stats.published,
            evicted: stats.evicted_through,
            bytes: stats.bytes,
            subscribers: stats.subscribers,
            closed: stats.closed,
        }
    }

    fn resume(&self, token: Token) -> (Ret, Seat<T>) {
        match Subscriber::resume(self.0.clone(), token) {
            Resume::Complete(sub) => (Ret::Complete(sub.token().seq), Some(sub)),
            Resume::Gap { missed, sub } => {
                assert_eq!(sub.token().seq + 1, missed.to);
                let (from, to, reason) = (missed.from, missed.to, missed.reason);
                (Ret::Gap { from, to, reason }, Some(sub))
            }
            Resume::WrongEpoch { sub } => (Ret::WrongEpoch(sub.token().seq), Some(sub)),
            Resume::Ahead { published } => (Ret::Ahead(published), None),
        }
    }
}
