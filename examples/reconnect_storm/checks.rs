//! What was guaranteed, checked against what this run did.

use crate::account::Account;
use crate::client::Role;
use crate::report::count;
use crate::scene::{BYTES, EVENTS, METRICS, Outcome, playing};
use crate::server::Answer;
use bellwether::EvictReason;

/// A guarantee, and what was seen of it.
pub(crate) struct Check {
    pub(crate) held: bool,
    pub(crate) name: &'static str,
    pub(crate) seen: String,
}

pub(crate) fn all(outcome: &Outcome) -> Vec<Check> {
    vec![
        balanced(outcome),
        receipts(outcome),
        order(outcome),
        checksums(outcome),
        memory(outcome),
        answers(outcome),
        nobody_left(outcome),
        true_hooks(outcome),
    ]
}

pub(crate) fn sum(outcome: &Outcome, of: impl Fn(&Account) -> u64) -> u64 {
    outcome.sessions.iter().flat_map(|session| &session.accounts).map(of).sum()
}

/// For each session: received + missed = published since it began, up to the end; or,
/// for a session that had to begin anew, up to where it was.
fn balanced(outcome: &Outcome) -> Check {
    let published = outcome.published.events;
    let is_so = |accounts: &[Account]| {
        accounts.last().is_some_and(|last| last.at == published)
            && accounts.iter().all(Account::balances)
    };
    let so = outcome.sessions.iter().filter(|session| is_so(&session.accounts)).count();
    let received = sum(outcome, |account| account.received);
    let missed = sum(outcome, Account::missed);
    let since = sum(outcome, |account| account.at - account.began);
    Check {
        held: so == outcome.sessions.len(),
        name: "every session balances",
        seen: format!(
            "{} of {}: {} received + {} missed = {} published since they began",
            count(so),
            count(outcome.sessions.len()),
            count(received),
            count(missed),
            count(since),
        ),
    }
}

fn receipts(outcome: &Outcome) -> Check {
    let served = &outcome.served;
    Check {
        held: served.unbalanced == 0,
        name: "every receipt balances",
        seen: format!(
            "{} subscribers: {} received, {} missed, {} pending when they went",
            count(served.receipts),
            count(served.received),
            count(served.missed),
            count(served.pending),
        ),
    }
}

fn order(outcome: &Outcome) -> Check {
    let wrong = sum(outcome, |account| account.out_of_order);
    let seen = format!("{} events or gaps out of their turn", count(wrong));
    Check { held: wrong == 0, name: "in order, once", seen }
}

fn checksums(outcome: &Outcome) -> Check {
    let damaged = sum(outcome, |account| account.damaged);
    let seen = format!("{} checksum failures", count(damaged));
    Check { held: damaged == 0, name: "undamaged", seen }
}

fn memory(outcome: &Outcome) -> Check {
    let published = &outcome.published;
    Check {
        held: published.most_events <= EVENTS && published.most_bytes <= BYTES,
        name: "bounded memory",
        seen: format!(
            "at most {} of {} events, {} of {} bytes",
            count(published.most_events),
            count(EVENTS),
            count(published.most_bytes),
            count(BYTES),
        ),
    }
}

/// Every token got the answer that it deserves.
fn answers(outcome: &Outcome) -> Check {
    let answered = |answer: Answer| outcome.served.answers[answer as usize];
    let all = outcome.sessions.len();
    let [steady, unknown, ahead, malformed] =
        [Role::Steady, Role::WrongEpoch, Role::Ahead, Role::Malformed].map(|r| playing(all, r));
    let resumed = answered(Answer::Complete) + answered(Answer::Gap);
    Check {
        held: answered(Answer::New) == all + malformed
            && resumed == all - steady - unknown - malformed
            && answered(Answer::WrongEpoch) == unknown
            && answered(Answer::Ahead) == ahead
            && answered(Answer::Malformed) == malformed
            && answered(Answer::Silent) == 0,
        name: "true answers",
        seen: format!(
            "{} complete, {} with a gap, {} of another epoch, {} ahead, {} malformed",
            count(answered(Answer::Complete)),
            count(answered(Answer::Gap)),
            count(answered(Answer::WrongEpoch)),
            count(answered(Answer::Ahead)),
            count(answered(Answer::Malformed)),
        ),
    }
}

fn nobody_left(outcome: &Outcome) -> Check {
    let stats = &outcome.stats;
    let waiting = METRICS.waits().in_progress().count;
    Check {
        held: stats.closed && stats.subscribers == 0 && waiting == 0,
        name: "nobody left",
        seen: format!("{} subscribers, {} of them waiting", count(stats.subscribers), waiting),
    }
}

fn true_hooks(outcome: &Outcome) -> Check {
    let (stats, delivered) = (&outcome.stats, METRICS.lag().snapshot().count());
    let reasons = [EvictReason::Count, EvictReason::Bytes, EvictReason::Budget];
    let evicted: u64 = reasons.iter().map(|reason| METRICS.evicted_events(*reason)).sum();
    Check {
        held: METRICS.published_events() == stats.published
            && stats.published == outcome.published.events
            && evicted == stats.evicted_through
            && delivered == outcome.served.received
            && METRICS.missed_events() == outcome.served.missed,
        name: "hooks tell the truth",
        seen: format!(
            "{} published, {} evicted, {} delivered, {} missed",
            count(METRICS.published_events()),
            count(evicted),
            count(delivered),
            count(METRICS.missed_events()),
        ),
    }
}
