//! The protocol: lines of text.
//!
//! | the client opens with | and is answered | which means |
//! |---|---|---|
//! | `new` | `hello TOKEN NEWEST` | what comes next is the event after the token |
//! | `resume TOKEN` | `hello TOKEN NEWEST` | the same: it goes on after its own token |
//! | | `unknown TOKEN NEWEST` | its token is of another epoch: it begins anew, with the oldest |
//! | | `ahead NEWEST` | its token names an event that does not exist; hangs up |
//! | | `malformed WHY` | that was no token; hangs up |
//!
//! Then, until either goes away:
//!
//! | the server says | which means |
//! |---|---|
//! | `event SEQ TIME CHECKSUM PAYLOAD` | an event |
//! | `gap FROM TO REASON` | the events from `FROM` to before `TO` went; the last for this reason |
//! | `closed` | there will be no more events |
//!
//! `NEWEST` is the sequence number of the newest event at this moment.

use core::fmt::Write;
use std::io;

use bellwether::{EvictReason, Missed, Token};
use tokio::net::TcpStream;

use crate::update::Update;

/// Why events went, with their names on the wire.
pub(crate) const REASONS: [(EvictReason, &str); 3] =
    [(EvictReason::Count, "count"), (EvictReason::Bytes, "bytes"), (EvictReason::Budget, "budget")];

/// What the server says.
pub(crate) enum Line<'a> {
    Hello { token: Token, newest: u64 },
    Unknown { token: Token, newest: u64 },
    Ahead,
    Malformed,
    Event { seq: u64, at: u64, checksum: u64, payload: &'a str },
    Gap(Missed),
    Closed,
}

pub(crate) fn event(out: &mut String, seq: u64, update: &Update) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "event {seq} {}", update.text);
}

pub(crate) fn gap(out: &mut String, missed: Missed) {
    let Missed { from, to, reason } = missed;
    let known = REASONS.iter().find(|(this, _)| *this == reason);
    let _ = writeln!(out, "gap {from} {to} {}", known.map_or("other", |(_, name)| name));
}

/// A line of the server, or `None` if it is none.
pub(crate) fn parse(line: &str) -> Option<Line<'_>> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut words = rest.splitn(4, ' ');
    let mut word = || words.next();
    let parsed = match verb {
        "event" => Line::Event {
            seq: word()?.parse().ok()?,
            at: word()?.parse().ok()?,
            checksum: u64::from_str_radix(word()?, 16).ok()?,
            payload: word()?,
        },
        "gap" => {
            let (from, to) = (word()?.parse().ok()?, word()?.parse().ok()?);
            let name = word()?;
            let (reason, _) = *REASONS.iter().find(|(_, known)| *known == name)?;
            Line::Gap(Missed { from, to, reason })
        }
        "hello" => Line::Hello { token: word()?.parse().ok()?, newest: word()?.parse().ok()? },
        "unknown" => Line::Unknown { token: word()?.parse().ok()?, newest: word()?.parse().ok()? },
        "ahead" => Line::Ahead,
        "malformed" => Line::Malformed,
        "closed" => Line::Closed,
        _ => return None,
    };
    Some(parsed)
}

/// What came in and was not understood yet: empty, and without memory, most of the time.
#[derive(Default)]
pub(crate) struct Inbox(Vec<u8>);

impl Inbox {
    /// Waits until there is more; `false` at the end. Nothing is lost if it is dropped.
    pub(crate) async fn more(&mut self, stream: &TcpStream) -> io::Result<bool> {
        loop {
            stream.readable().await?;
            match stream.try_read_buf(&mut self.0) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read.map(|bytes| bytes > 0),
            }
        }
    }

    /// Hands out the lines that are whole, until `on` breaks it off.
    pub(crate) fn lines<B>(&mut self, mut on: impl FnMut(&str) -> Option<B>) -> Option<B> {
        let mut rest = self.0.as_slice();
        let mut broke_off = None;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            // What is no text is no line of ours either.
            broke_off = on(core::str::from_utf8(&rest[..end]).unwrap_or("\u{fffd}"));
            rest = &rest[end + 1..];
            if broke_off.is_some() {
                break;
            }
        }
        self.0 = rest.to_vec();
        broke_off
    }

    /// Whether a line is already too long to be one.
    pub(crate) fn is_flooded(&self) -> bool {
        self.0.len() > 4096
    }
}
