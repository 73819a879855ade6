//! Readers of a replay buffer, in every way there is to read, and their accounts.

use bellwether::{Missed, RecvError, ReplayHandle, Resume, Start, Subscriber, TryRecvError};
use std::thread;

use crate::crowd::Me;
use crate::random::Random;
use crate::value::Value;

/// How many ways there are to read.
pub(crate) const WAYS: usize = 7;

/// What one reader has got and missed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Account {
    pub(crate) received: u64,
    pub(crate) missed: u64,
}

impl Account {
    fn event<E: Value>(&mut self, seq: u64, event: &E) {
        event.check();
        assert_eq!(seq, self.received + self.missed + 1, "in order, without a gap");
        self.received += 1;
    }

    fn gap(&mut self, gap: Missed) {
        assert_eq!(gap.from, self.received + self.missed + 1);
        assert!(gap.events() > 0);
        self.missed += gap.events();
    }

    pub(crate) fn total(self) -> u64 {
        self.received + self.missed
    }
}

/// What came of one attempt, whether or not it could wait.
fn settled(result: Result<(), TryRecvError>) -> Result<(), RecvError> {
    match result {
        Err(TryRecvError::Empty) => {
            thread::yield_now();
            Ok(())
        }
        Err(TryRecvError::Missed(gap)) => Err(RecvError::Missed(gap)),
        Err(TryRecvError::Closed) => Err(RecvError::Closed),
        Err(other) => panic!("{other}"),
        Ok(()) => Ok(()),
    }
}

/// Reads in one way from the very first event until the buffer is closed and empty.
pub(crate) fn read<E, B>(way: usize, buffer: B, me: &Me, random: &mut Random) -> Account
where
    E: Value,
    B: ReplayHandle<Event = E> + Copy,
{
    let mut account = Account::default();
    let mut subscriber = Subscriber::new(buffer, Start::After(0));
    let mut batch = vec![];
    loop {
        let result = match way {
            0 => subscriber.recv_blocking().map(|event| account.event(event.seq, &event.value)),
            1 => me.block_on(subscriber.recv()).map(|event| account.event(event.seq, &event.value)),
            // Lent: the reader is inside.
            2 => settled(subscriber.for_each_ready(64, |seq, e| account.event(seq, e)).map(drop)),
            3 => {
                let many = me.block_on(subscriber.recv_many(&mut batch, 16)).map(drop);
                batch.drain(..).for_each(|event| account.event(event.seq, &event.value));
                many
            }
            // Goes away, and comes back by its token.
            4 if random.below(4) == 0 => {
                let token = subscriber.token();
                drop(subscriber);
                subscriber = match Subscriber::resume(buffer, token) {
                    Resume::Complete(sub) => sub,
                    Resume::Gap { missed, sub } => {
                        account.gap(missed);
                        sub
                    }
                    other => panic!("{other:?}"),
                };
                Ok(())
            }
            // Leaves before it is woken, if it is not quick.
            5 => match me.poll_at_most(1 + random.below(2), subscriber.recv()) {
                Some(result) => result.map(|event| account.event(event.seq, &event.value)),
                None => Ok(()),
            },
            // Goes on as its own twin.
            6 if random.below(8) == 0 => {
                subscriber = subscriber.clone();
                Ok(())
            }
            _ => settled(subscriber.try_recv().map(|e| account.event(e.seq, &e.value))),
        };
        match result {
            Ok(()) => {}
            Err(RecvError::Missed(gap)) => account.gap(gap),
            Err(RecvError::Closed) => break,
            Err(other) => panic!("{other}"),
        }
    }
    let receipt = subscriber.receipt();
    assert_eq!(receipt.received + receipt.missed, receipt.published);
    assert_eq!((receipt.pending, subscriber.token().seq), (0, account.total()));
    account
}
