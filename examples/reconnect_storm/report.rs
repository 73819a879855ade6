//! What a person reads.

use core::fmt::{Display, Write};

use bellwether::{EvictReason, Histogram};

use crate::account::Account;
use crate::checks::{Check, sum};
use crate::scene::{BYTES, EVENTS, METRICS, Outcome};
use crate::wire::REASONS;

/// `10000` as `10,000`.
pub(crate) fn count(number: impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn text(outcome: &Outcome, checks: &[Check]) -> String {
    let mut out = format!(
        "A session server on loopback: {}.\n\
         One buffer for all of them, of at most {EVENTS} events and {} bytes; {} events/s.\n\n",
        outcome.why,
        count(BYTES),
        count(outcome.rate),
    );
    for (at, what) in &outcome.story {
        let _ = writeln!(out, "{:>8.2} s  {what}", at.as_secs_f64());
    }
    out.push('\n');
    events(&mut out, outcome);
    times(&mut out, outcome);
    memory(&mut out, outcome);
    let _ = writeln!(out, "Guarantees, checked in this run");
    for check in checks {
        let verdict = if check.held { "pass" } else { "FAIL" };
        let _ = writeln!(out, "  {verdict}  {:<24}{}", check.name, check.seen);
    }
    let held = checks.iter().filter(|check| check.held).count();
    let _ = writeln!(out, "{held} of {} guarantees held.", checks.len());
    out
}

fn events(out: &mut String, outcome: &Outcome) {
    let mut row = |label: &str, number: u64, more: &str| {
        let _ = writeln!(out, "{label:<40}{:>14}{more}", count(number));
    };
    let replayed = outcome.sessions.iter().map(|session| session.replayed).sum();
    row("events published", METRICS.published_events(), "");
    for (reason, name) in [(EvictReason::Count, "events"), (EvictReason::Bytes, "bytes")] {
        row(&format!("  evicted by the bound of {name}"), METRICS.evicted_events(reason), "");
    }
    row("events received by sessions", sum(outcome, |account| account.received), "");
    row("  of these, replayed after the storm", replayed, "");
    row("events missed by sessions, and told", sum(outcome, Account::missed), "");
    for (index, (_, name)) in REASONS.iter().enumerate().take(2) {
        let missed = sum(outcome, |account| account.missed[index]);
        row(&format!("  evicted last by the bound of {name}"), missed, "");
    }
    row("  as the metrics have it", METRICS.missed_events(), "");
    let behind = format!("  when {} connections died", count(outcome.served.behind));
    row("events not taken by stalled clients", outcome.served.pending, &behind);
    row("waits for an event", METRICS.waits().contentions(), "");
    out.push('\n');
}

fn times(out: &mut String, outcome: &Outcome) {
    let seen = &outcome.seen;
    let rows: [(&str, &Histogram); 4] = [
        ("resume: from the storm to the answer", &seen.resume),
        ("resume: from the storm to being up to date", &seen.caught_up),
        ("from publishing to delivery, of live events", &seen.delivery),
        ("publishing itself, waking all who wait", &outcome.publish_times),
    ];
    for (label, times) in rows {
        let _ = writeln!(out, "{label}\n  {}", times.snapshot());
    }
    let _ = writeln!(out, "how many events behind, when receiving one (at the server)");
    let _ = writeln!(out, "  {}", METRICS.lag().snapshot());
    out.push('\n');
}

fn memory(out: &mut String, outcome: &Outcome) {
    let most = &outcome.published;
    let _ = writeln!(
        out,
        "memory of the buffer: at most {} events with {} bytes; at the end {} with {}",
        most.most_events,
        count(most.most_bytes),
        outcome.stats.len,
        count(outcome.stats.bytes),
    );
    if let [Some((before, _)), Some((_, most))] = outcome.resident {
        let sessions = outcome.sessions.len() as u64;
        let _ = writeln!(
            out,
            "memory of the process: {} KiB without sessions, at most {} KiB with {}, both ends of \
             each\n  in it: {} KiB for a session",
            count(before >> 10),
            count(most >> 10),
            count(sessions),
            count(most.saturating_sub(before) / sessions / 1024),
        );
    }
    out.push('\n');
}
