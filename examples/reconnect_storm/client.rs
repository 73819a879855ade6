//! A session, seen from the client: it reads, checks and keeps its place; perhaps it
//! stalls, goes away, and comes back with its token.

use core::net::SocketAddr;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use bellwether::{Histogram, Token};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::account::Account;
use crate::wire::{Inbox, Line, parse};

/// How far the scene is, and since when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Calm,
    Stall,
    Leave,
    Storm,
    /// Is never played.
    Never,
}

/// What a session does in the scene.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Reads all the time.
    Steady,
    /// Stalls, goes away, comes back with its token.
    Stalls,
    /// Is cut off as the storm begins, and comes back with its token.
    CutOff,
    /// Stalls, and comes back with a token that is of another epoch.
    WrongEpoch,
    /// Stalls, and comes back with one that is ahead, and then with the right one.
    Ahead,
    /// Stalls, and comes back with one that is none, and then without.
    Malformed,
}

impl Role {
    /// The part that session `n` plays.
    pub(crate) fn of(n: usize) -> Self {
        match (n % 3, n / 3 % 100) {
            (1 | 2, _) => Self::Steady,
            (_, 0) => Self::Malformed,
            (_, 1) => Self::WrongEpoch,
            (_, 2) => Self::Ahead,
            (_, goer) if goer % 10 == 3 => Self::CutOff,
            _ => Self::Stalls,
        }
    }

    fn stops_in(self) -> Act {
        match self {
            Self::Steady => Act::Never,
            Self::CutOff => Act::Storm,
            _ => Act::Stall,
        }
    }

    /// What it opens with in the storm, having been at `token`.
    fn comes_back_with(self, token: Token) -> String {
        let Token { epoch, seq } = token;
        match self {
            Self::WrongEpoch => resume(Token { epoch: !epoch, seq }),
            Self::Ahead => resume(Token { epoch, seq: seq + 1_000_000_000 }),
            Self::Malformed => format!("resume {seq}\n"),
            _ => resume(token),
        }
    }
}

fn resume(token: Token) -> String {
    format!("resume {token}\n")
}

/// What all clients share.
#[derive(Default)]
pub(crate) struct Seen {
    /// From publishing to receiving, of events that were published after the session
    /// had been answered.
    pub(crate) delivery: Histogram,
    /// From the beginning of the storm to the answer that lets a session go on.
    pub(crate) resume: Histogram,
    /// From the beginning of the storm to the newest event at the time of the answer.
    pub(crate) caught_up: Histogram,
    /// Sessions that were answered, that stall, and that were answered in the storm.
    pub(crate) joined: AtomicUsize,
    pub(crate) stalled: AtomicUsize,
    pub(crate) back: AtomicUsize,
}

/// What a session has in the end.
pub(crate) struct Session {
    /// One, or two if it had to begin anew.
    pub(crate) accounts: Vec<Account>,
    /// Events it received in the storm that were older than its answer.
    pub(crate) replayed: u64,
}

/// Why a connection is done with.
enum End {
    Told,
    Closed,
    Ahead,
    Malformed,
}

pub(crate) struct Client {
    pub(crate) role: Role,
    pub(crate) server: SocketAddr,
    pub(crate) began: Instant,
    pub(crate) acts: watch::Receiver<(Act, Instant)>,
    pub(crate) seen: Arc<Seen>,
    pub(crate) session: Session,
    pub(crate) epoch: u64,
    /// The newest event when it was answered.
    pub(crate) newest: u64,
    /// Since when it wants to be back, until it is.
    pub(crate) storm: Option<Instant>,
}

impl Client {
    /// From the first connection to `closed`.
    pub(crate) async fn play(mut self, mut stream: TcpStream) -> io::Result<Session> {
        let stop = self.role.stops_in();
        match self.follow(&mut stream, "new\n", stop).await? {
            End::Told => {}
            End::Closed if stop == Act::Never => return Ok(self.session),
            _ => return Err(unexpected("an end")),
        }
        // It does not read any more, and does not say why.
        self.seen.stalled.fetch_add(1, Relaxed);
        reach(&mut self.acts, stop.max(Act::Leave)).await;
        drop(stream);
        reach(&mut self.acts, Act::Storm).await;
        self.storm = Some(self.acts.borrow().1);
        let token = Token { epoch: self.epoch, seq: self.account()?.at };
        let first = self.role.comes_back_with(token);
        let second = match self.storm_in(&first).await? {
            End::Ahead if self.role == Role::Ahead => resume(token),
            End::Malformed if self.role == Role::Malformed => "new\n".into(),
            End::Closed => return Ok(self.session),
            _ => return Err(unexpected("a refusal")),
        };
        match self.storm_in(&second).await? {
            End::Closed => Ok(self.session),
            _ => Err(unexpected("a second refusal")),
        }
    }

    async fn storm_in(&mut self, request: &str) -> io::Result<End> {
        let mut stream = TcpStream::connect(self.server).await?;
        self.follow(&mut stream, request, Act::Never).await
    }

    /// Reads until the end, or until it is told to stop.
    async fn follow(
        &mut self,
        stream: &mut TcpStream,
        request: &str,
        stop: Act,
    ) -> io::Result<End> {
        stream.write_all(request.as_bytes()).await?;
        let mut inbox = Inbox::default();
        let mut acts = self.acts.clone();
        loop {
            let more = tokio::select! {
                more = inbox.more(stream) => more?,
                () = reach(&mut acts, stop), if stop != Act::Never => return Ok(End::Told),
            };
            if let Some(end) = inbox.lines(|line| self.read(line).transpose()) {
                return end;
            }
            if !more || inbox.is_flooded() {
                return Err(unexpected("the end of the stream, or no line"));
            }
        }
    }

    /// One line of the server.
    fn read(&mut self, line: &str) -> io::Result<Option<End>> {
        match parse(line).ok_or_else(|| unexpected(line))? {
            Line::Hello { token, newest } => {
                match self.session.accounts.last_mut() {
                    // After a token that was none.
                    Some(_) if self.role == Role::Malformed => self.begin(token),
                    Some(account) => account.go_on(token.seq),
                    None => self.begin(token),
                }
                self.answered(newest);
            }
            Line::Unknown { token, newest } => {
                self.begin(token);
                self.answered(newest);
            }
            Line::Event { seq, at, checksum, payload } => {
                self.account()?.receive(seq, at, checksum, payload);
                if seq > self.newest {
                    let now = self.began.elapsed().as_nanos() as u64;
                    self.seen.delivery.record(now.saturating_sub(at));
                } else {
                    self.session.replayed += 1;
                }
            }
            Line::Gap(missed) => self.account()?.miss(missed),
            Line::Ahead => return Ok(Some(End::Ahead)),
            Line::Malformed => return Ok(Some(End::Malformed)),
            Line::Closed => return Ok(Some(End::Closed)),
        }
        let here = self.account()?.at;
        if let Some(storm) = self.storm.filter(|_| here >= self.newest) {
            self.seen.caught_up.record(storm.elapsed().as_nanos() as u64);
            self.storm = None;
        }
        Ok(None)
    }

    fn begin(&mut self, token: Token) {
        self.epoch = token.epoch;
        self.session.accounts.push(Account::begin(token.seq));
    }

    fn answered(&mut self, newest: u64) {
        self.newest = newest;
        let counter = match self.storm {
            Some(storm) => {
                self.seen.resume.record(storm.elapsed().as_nanos() as u64);
                &self.seen.back
            }
            None => &self.seen.joined,
        };
        counter.fetch_add(1, Relaxed);
    }

    fn account(&mut self) -> io::Result<&mut Account> {
        self.session.accounts.last_mut().ok_or_else(|| unexpected("no answer yet"))
    }
}

/// Once the scene is that far.
async fn reach(acts: &mut watch::Receiver<(Act, Instant)>, act: Act) {
    // If it is cut short, everybody is aborted.
    let _ = acts.wait_for(|(now, _)| *now >= act).await;
}

fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the server sent {what:?}"))
}
