//! The session server: for each connection a task, which holds a cursor into the
//! buffer and, while it writes, one batch of text. Nothing else grows with a session
//! that stalls.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use bellwether::{
    Receipt, RecvError, ReplayBuffer, ReplayMetrics, Resume, Start, Subscriber, Token,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::update::Update;
use crate::wire::{self, Inbox};

pub(crate) type Buffer = ReplayBuffer<Arc<Update>, &'static ReplayMetrics>;

/// Events that are written at a time.
const BATCH: usize = 16;

/// How a connection was answered, in the order of [`Served::answers`].
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    New,
    Complete,
    Gap,
    WrongEpoch,
    Ahead,
    Malformed,
    /// It went before it had asked for anything.
    Silent,
}

/// What the server knows of a connection that has ended.
struct Connection {
    answer: Answer,
    receipt: Option<Receipt>,
}

/// What became of all connections.
#[derive(Default)]
pub(crate) struct Served {
    /// By [`Answer`].
    pub(crate) answers: [usize; 7],
    pub(crate) received: u64,
    pub(crate) missed: u64,
    /// Not received when the connection ended.
    pub(crate) pending: u64,
    /// Connections that ended with something pending.
    pub(crate) behind: usize,
    /// Those whose receipts do not balance.
    pub(crate) unbalanced: usize,
    /// Subscribers with a receipt.
    pub(crate) receipts: usize,
}

impl Served {
    fn count(&mut self, connection: Connection) {
        self.answers[connection.answer as usize] += 1;
        if let Some(Receipt { published, received, missed, pending }) = connection.receipt {
            self.receipts += 1;
            self.received += received;
            self.missed += missed;
            self.pending += pending;
            self.behind += usize::from(pending > 0);
            self.unbalanced += usize::from(received + missed + pending != published);
        }
    }
}

/// Listens on a port of the system's choice. The system's own buffers are kept small: what
/// is in them is memory, too, and a client that does not read should stall its session
/// soon.
pub(crate) fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_send_buffer_size(4 << 10)?;
    socket.set_recv_buffer_size(4 << 10)?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    // As long a queue as the system permits: a storm is coming.
    socket.listen(1 << 15)
}

/// Serves until `stop`, and then until all connections have ended.
pub(crate) async fn serve(
    listener: TcpListener,
    buffer: Arc<Buffer>,
    mut stop: oneshot::Receiver<()>,
) -> Served {
    let mut served = Served::default();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, buffer.clone()));
                }
                // Too many open files, as a rule: those of the dead are closed soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            },
            Some(ended) = connections.join_next() => served.count(whole(ended)),
            _ = &mut stop => break,
        }
    }
    while let Some(ended) = connections.join_next().await {
        served.count(whole(ended));
    }
    served
}

/// Passes on a panic.
fn whole<T>(ended: Result<T, tokio::task::JoinError>) -> T {
    ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn connection(mut stream: TcpStream, buffer: Arc<Buffer>) -> Connection {
    let Some(request) = request(&stream).await else {
        return Connection { answer: Answer::Silent, receipt: None };
    };
    let mut greeting = String::new();
    let (answer, subscriber) = answer(&request, buffer, &mut greeting);
    // That it is gone is no error: clients go.
    let written = stream.write_all(greeting.as_bytes()).await;
    let Some(mut subscriber) = subscriber else {
        return Connection { answer, receipt: None };
    };
    if written.is_ok() {
        let _gone = stream_events(&mut stream, &mut subscriber).await;
    }
    Connection { answer, receipt: Some(subscriber.receipt()) }
}

/// The line that a client opens with.
async fn request(stream: &TcpStream) -> Option<String> {
    let mut inbox = Inbox::default();
    while inbox.more(stream).await.ok()? && !inbox.is_flooded() {
        if let Some(line) = inbox.lines(|line| Some(line.to_string())) {
            return Some(line);
        }
    }
    None
}

/// Subscribes or resumes, and says so.
fn answer(
    request: &str,
    buffer: Arc<Buffer>,
    greeting: &mut String,
) -> (Answer, Option<Subscriber<Arc<Buffer>>>) {
    let hello = |verb, token: Token, sub: &Subscriber<_>| {
        format!("{verb} {token} {}\n", sub.token().seq + sub.lag())
    };
    if request == "new" {
        let sub = Subscriber::new(buffer, Start::Live);
        *greeting = hello("hello", sub.token(), &sub);
        return (Answer::New, Some(sub));
    }
    let token = match request.strip_prefix("resume ").map(str::parse::<Token>) {
        Some(Ok(token)) => token,
        Some(Err(error)) => {
            *greeting = format!("malformed {error}\n");
            return (Answer::Malformed, None);
        }
        None => {
            *greeting = "malformed: begin with `new` or `resume TOKEN`\n".into();
            return (Answer::Malformed, None);
        }
    };
    match Subscriber::resume(buffer, token) {
        Resume::Complete(sub) => {
            *greeting = hello("hello", token, &sub);
            (Answer::Complete, Some(sub))
        }
        Resume::Gap { missed, sub } => {
            *greeting = hello("hello", token, &sub);
            wire::gap(greeting, missed);
            (Answer::Gap, Some(sub))
        }
        Resume::WrongEpoch { sub } => {
            *greeting = hello("unknown", sub.token(), &sub);
            (Answer::WrongEpoch, Some(sub))
        }
        Resume::Ahead { published } => {
            *greeting = format!("ahead {published}\n");
            (Answer::Ahead, None)
        }
    }
}

/// Until the buffer is closed or the client gone.
async fn stream_events(
    stream: &mut TcpStream,
    subscriber: &mut Subscriber<Arc<Buffer>>,
) -> io::Result<()> {
    loop {
        let mut text = String::new();
        let mut events = Vec::new();
        let received = tokio::select! {
            received = subscriber.recv_many(&mut events, BATCH) => received,
            () = gone(stream) => return Ok(()),
        };
        events.iter().for_each(|event| wire::event(&mut text, event.seq, &event.value));
        // Not held while the client takes its time.
        drop(events);
        match received {
            Ok(_) => {}
            Err(RecvError::Missed(missed)) => wire::gap(&mut text, missed),
            Err(_) => text.push_str("closed\n"),
        }
        stream.write_all(text.as_bytes()).await?;
        if received == Err(RecvError::Closed) {
            return stream.shutdown().await;
        }
    }
}

/// A client that has asked has nothing more to say: what is there to be read is its end.
async fn gone(stream: &TcpStream) {
    let nothing_yet = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
    while stream.readable().await.is_ok() && stream.try_read(&mut [0]).is_err_and(nothing_yet) {}
}
