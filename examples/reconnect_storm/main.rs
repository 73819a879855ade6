//! A reconnect storm, survived with bounded memory.
//!
//! A session server streams events to its sessions over TCP, out of one
//! `ReplayBuffer`. A third of the clients stop reading and go away without a word,
//! while events keep coming; then all of them come back at once, each with the token
//! of the last event it got, and want to go on from there. A server that keeps a queue
//! for each session runs out of memory here. This one has the same few kilobytes of
//! events before, meanwhile and after, replays what is still there, and tells each
//! session exactly what is not.
//!
//! ```text
//! cargo run --release --example reconnect_storm -- [--sessions N] [--rate N]
//! ```
//!
//! It exits with 3 if an event is lost without a word, doubled, damaged or out of
//! order for any of the sessions, or if the buffer grew past its bounds.
//!
//! | file | what |
//! |---|---|
//! | `update.rs` | an event, and its checksum |
//! | `wire.rs` | what server and clients say to each other, line by line |
//! | `server.rs` | the service: accept, subscribe or resume, stream |
//! | `publisher.rs` | a thread that publishes at a rate |
//! | `client.rs`, `account.rs` | a session: read, check, stall, come back; its books |
//! | `scene.rs` | who does what, and when |
//! | `checks.rs`, `report.rs` | what was guaranteed, and what was seen |
//! | `limits.rs`, `memory.rs` | how many files may be open, how much memory is held |

mod account;
mod args;
mod checks;
mod client;
mod limits;
mod memory;
mod publisher;
mod report;
mod scene;
mod server;
mod update;
mod wire;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match args::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return say(args::USAGE, 0),
        Err(what) => return complain(&format!("{what}.\n\n{}", args::USAGE), 2),
    };
    let cast = limits::cast(options.sessions);
    if cast.sessions < args::FEWEST {
        return complain(&format!("{}: too few for the scene.\n", cast.why), 1);
    }
    let played = scene::stage(&options, &cast);
    match played.map(|outcome| (checks::all(&outcome), outcome)) {
        Ok((checks, outcome)) => {
            let held = checks.iter().all(|check| check.held);
            say(&report::text(&outcome, &checks), if held { 0 } else { 3 })
        }
        Err(what) => complain(&format!("{what}\n"), 1),
    }
}

/// To stdout. Who closes the pipe has read enough.
fn say(text: &str, status: u8) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("the output cannot be written: {error}\n"), 1)
        }
        _ => ExitCode::from(status),
    }
}

/// To stderr. If that fails, nobody is left to be told.
fn complain(text: &str, status: u8) -> ExitCode {
    let _ = write!(io::stderr(), "reconnect_storm: {text}");
    ExitCode::from(status)
}
