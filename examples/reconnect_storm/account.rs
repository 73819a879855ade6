//! The books of a session: what it has of the events that were published.

use bellwether::Missed;

use crate::update::checksum;
use crate::wire::REASONS;

/// From where a session began to where it is: no event is neither received nor missed.
#[derive(Clone, Default)]
pub(crate) struct Account {
    /// The event after which it began.
    pub(crate) began: u64,
    /// The last event that it received or knows it missed.
    pub(crate) at: u64,
    pub(crate) received: u64,
    /// By reason, in the order of [`REASONS`].
    pub(crate) missed: [u64; REASONS.len()],
    /// Events and gaps that did not come in their turn.
    pub(crate) out_of_order: u64,
    /// Events with a wrong checksum.
    pub(crate) damaged: u64,
}

impl Account {
    pub(crate) fn begin(after: u64) -> Self {
        Self { began: after, at: after, ..Self::default() }
    }

    /// An event came.
    pub(crate) fn receive(&mut self, seq: u64, at: u64, sum: u64, payload: &str) {
        self.out_of_order += u64::from(seq != self.at + 1);
        self.damaged += u64::from(sum != checksum(seq, at, payload));
        self.received += 1;
        self.at = seq;
    }

    /// The server said that events went.
    pub(crate) fn miss(&mut self, missed: Missed) {
        self.out_of_order += u64::from(missed.from != self.at + 1 || missed.to <= missed.from);
        for ((reason, _), sum) in REASONS.iter().zip(&mut self.missed) {
            if *reason == missed.reason {
                *sum += missed.events();
            }
        }
        self.at = missed.to - 1;
    }

    /// Goes on in another connection, after this event.
    pub(crate) fn go_on(&mut self, after: u64) {
        self.out_of_order += u64::from(after != self.at);
    }

    pub(crate) fn missed(&self) -> u64 {
        self.missed.iter().sum()
    }

    /// Everything up to where it is has been received or missed.
    pub(crate) fn balances(&self) -> bool {
        self.received + self.missed() == self.at - self.began
    }
}
