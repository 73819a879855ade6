//! The configuration, and the parser of its line format (see `presence.conf`).
//! It takes any bytes and never panics: what it cannot read, it names by line.

use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

/// What the service must know before it can answer anybody.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Config {
    heartbeat: Duration,
    offline_after: Duration,
    max_sessions: u32,
    shards: Vec<Shard>,
}

#[derive(Debug, PartialEq, Eq)]
struct Shard {
    name: String,
    address: SocketAddr,
    weight: u8,
}

/// Where the text is wrong, and what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// What was read so far.
#[derive(Default)]
struct Draft {
    heartbeat: Option<Duration>,
    offline_after: Option<Duration>,
    max_sessions: Option<u32>,
    shards: Vec<Shard>,
    closed: bool,
}

/// Reads a whole file.
pub(crate) fn parse(bytes: &[u8]) -> Result<Config, ParseError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        let what = "the file is empty; expected `heartbeat = 15 s` and the like".into();
        return Err(ParseError { line: 1, what });
    }
    let mut draft = Draft::default();
    let mut last = 1;
    for (index, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let read = match core::str::from_utf8(bytes) {
            Ok(text) => draft.read(text),
            Err(error) => Err(format!("byte {} is not UTF-8 text", error.valid_up_to() + 1)),
        };
        read.map_err(|what| ParseError { line: index + 1, what })?;
        if !bytes.trim_ascii().is_empty() {
            last = index + 1;
        }
    }
    draft.finish().map_err(|what| ParseError { line: last, what })
}

impl Draft {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let whole = text.trim();
        // Before comments are cut off: a file that lacks its tail must not pass.
        if self.closed && !whole.is_empty() {
            return Err(format!("expected nothing after `end`, found {}", quoted(whole)));
        }
        if whole == "end" {
            self.closed = true;
            return Ok(());
        }
        let text = whole.split('#').next().unwrap_or_default().trim_end();
        if text.is_empty() {
            return Ok(());
        }
        let Some((key, value)) = text.split_once('=') else {
            return Err(format!("expected `key = value` or `end`, found {}", quoted(whole)));
        };
        match (key.trim(), value.trim()) {
            ("heartbeat", value) => once(&mut self.heartbeat, duration(value)?),
            ("offline_after", value) => once(&mut self.offline_after, duration(value)?),
            ("max_sessions", value) => once(&mut self.max_sessions, positive(value)?),
            (key, value) => match key.strip_prefix("shard ") {
                Some(name) => self.shard(name.trim(), value),
                None => Err(format!(
                    "unknown key {}; expected heartbeat, offline_after, max_sessions or shard NAME",
                    quoted(key)
                )),
            },
        }
    }

    fn shard(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(format!(
                "expected a shard's name of letters, digits and `-`, found {}",
                quoted(name)
            ));
        }
        let words: Vec<&str> = value.split_whitespace().collect();
        let [address, "weight", weight] = words[..] else {
            return Err(format!("expected `ADDRESS:PORT weight NUMBER`, found {}", quoted(value)));
        };
        let Ok(address) = address.parse() else {
            return Err(format!(
                "expected an address such as 10.20.0.11:7400, found {}",
                quoted(address)
            ));
        };
        let weight = match weight.parse() {
            Ok(weight @ 1..=100) => weight,
            _ => return Err(format!("expected a weight from 1 to 100, found {}", quoted(weight))),
        };
        for shard in &self.shards {
            if shard.name == name || shard.address == address {
                return Err(format!("shard {name} at {address}: name or address is taken"));
            }
        }
        self.shards.push(Shard { name: name.into(), address, weight });
        Ok(())
    }

    fn finish(self) -> Result<Config, String> {
        if !self.closed {
            return Err("the file stops here; expected a last line `end`".into());
        }
        let missing = |key| format!("`{key}` is missing above `end`");
        let heartbeat = self.heartbeat.ok_or_else(|| missing("heartbeat"))?;
        let offline_after = self.offline_after.ok_or_else(|| missing("offline_after"))?;
        let max_sessions = self.max_sessions.ok_or_else(|| missing("max_sessions"))?;
        if self.shards.is_empty() {
            return Err(missing("shard NAME"));
        }
        if offline_after <= heartbeat {
            return Err(format!(
                "offline_after ({offline_after:?}) must be longer than heartbeat ({heartbeat:?})"
            ));
        }
        Ok(Config { heartbeat, offline_after, max_sessions, shards: self.shards })
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err("the key is given twice".into()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [number, "s"] => positive(number).map(|s| Duration::from_secs(s.into())),
        [number, "ms"] => positive(number).map(|ms| Duration::from_millis(ms.into())),
        _ => Err(format!("expected a time such as `15 s` or `500 ms`, found {}", quoted(text))),
    }
}

fn positive(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("expected a whole number from 1 to {}, found {}", u32::MAX, quoted(text))),
    }
}

/// Foreign text in a message: escaped, and not all of it.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None if text.is_empty() => "nothing".into(),
        None => format!("{text:?}"),
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight: u32 = self.shards.iter().map(|shard| u32::from(shard.weight)).sum();
        write!(
            f,
            "heartbeat {:?}, offline after {:?}, {} shards of weight {weight}, up to {} sessions",
            self.heartbeat,
            self.offline_after,
            self.shards.len(),
            self.max_sessions,
        )
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}
