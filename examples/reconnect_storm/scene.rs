//! The scene: who does what, and when. Acts are as long as it takes to publish a
//! number of events, not a time.

use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bellwether::{Histogram, ReplayBuffer, ReplayMetrics, ReplayStats};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use crate::args::Options;
use crate::client::{Act, Client, Role, Seen, Session};
use crate::limits::Cast;
use crate::memory::resident;
use crate::publisher::{self, Published};
use crate::report::count;
use crate::server::{self, Served};

/// The bounds of the buffer.
pub(crate) const EVENTS: usize = 64;
pub(crate) const BYTES: usize = 8 << 10;

pub(crate) static METRICS: ReplayMetrics = ReplayMetrics::new("events");

/// What became of it all.
pub(crate) struct Outcome {
    pub(crate) why: String,
    pub(crate) rate: usize,
    pub(crate) story: Vec<(Duration, String)>,
    pub(crate) published: Published,
    pub(crate) publish_times: Arc<Histogram>,
    /// After everything has ended.
    pub(crate) stats: ReplayStats,
    pub(crate) served: Served,
    pub(crate) sessions: Vec<Session>,
    pub(crate) seen: Arc<Seen>,
    /// Before there was any session, and at the end; both with the most so far.
    pub(crate) resident: [Option<(u64, u64)>; 2],
}

/// How many sessions play this part.
pub(crate) fn playing(sessions: usize, role: Role) -> usize {
    (0..sessions).filter(|n| Role::of(*n) == role).count()
}

pub(crate) fn stage(options: &Options, cast: &Cast) -> Result<Outcome, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("the runtime cannot be started: {error}"))?;
    let outcome = runtime.block_on(play(options, cast));
    // If it was cut short, nobody is waited for.
    runtime.shutdown_background();
    outcome
}

/// Ends the publisher, however the scene ends.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

type Clients = JoinSet<io::Result<Session>>;

async fn play(options: &Options, cast: &Cast) -> Result<Outcome, String> {
    let began = Instant::now();
    let mut story = Vec::new();
    let mut tell = |what: String| story.push((began.elapsed(), what));
    let before = resident();

    let epoch = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64);
    let buffer = ReplayBuffer::builder()
        .capacity(EVENTS)
        .max_bytes(BYTES)
        .weigh(|update: &Arc<crate::update::Update>| update.weight())
        .epoch(epoch)
        .hooks(&METRICS)
        .build();
    let buffer = Arc::new(buffer.map_err(|error| error.to_string())?);
    let listener = server::listen().map_err(|error| format!("cannot listen: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (stop_serving, stopped) = oneshot::channel();
    let served = tokio::spawn(server::serve(listener, buffer.clone(), stopped));

    let seen = Arc::new(Seen::default());
    let (acts, act) = watch::channel((Act::Calm, began));
    let mut clients = Clients::new();
    for n in 0..cast.sessions {
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(|error| format!("session {n} cannot connect: {error}"))?;
        let client = Client {
            role: Role::of(n),
            server: address,
            began,
            acts: act.clone(),
            seen: seen.clone(),
            session: Session { accounts: Vec::new(), replayed: 0 },
            epoch: 0,
            newest: 0,
            storm: None,
        };
        clients.spawn(client.play(stream));
    }
    // Now, while the server is busy with who subscribes where.
    let publish_times = Arc::new(Histogram::new());
    let stop = Stop(Arc::default());
    let publisher = {
        let (buffer, times) = (buffer.clone(), publish_times.clone());
        let (stop, rate) = (stop.0.clone(), options.rate);
        std::thread::spawn(move || publisher::publish(&buffer, began, rate, &times, &stop))
    };
    let more = async |clients: &mut Clients, events: usize| {
        let target = buffer.token().seq + events as u64;
        until(clients, || publisher.is_finished() || buffer.token().seq >= target).await
    };
    until(&mut clients, || seen.joined.load(Relaxed) == cast.sessions).await?;
    tell(format!("all {} sessions are connected and receive", count(cast.sessions)));
    more(&mut clients, EVENTS / 4).await?;

    let cut_off = playing(cast.sessions, Role::CutOff);
    let leave = cast.sessions - playing(cast.sessions, Role::Steady);
    acts.send_replace((Act::Stall, Instant::now()));
    until(&mut clients, || seen.stalled.load(Relaxed) == leave - cut_off).await?;
    tell(format!("{} of them stop reading", count(leave - cut_off)));
    more(&mut clients, EVENTS).await?;

    acts.send_replace((Act::Leave, Instant::now()));
    tell("these are gone, without a word".into());
    more(&mut clients, EVENTS / 4).await?;

    acts.send_replace((Act::Storm, Instant::now()));
    tell(format!(
        "{} more are cut off, and all {} come back at once",
        count(cut_off),
        count(leave)
    ));
    until(&mut clients, || seen.back.load(Relaxed) == leave).await?;
    tell("all of them are answered".into());
    more(&mut clients, EVENTS / 4).await?;

    drop(stop);
    let published = publisher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    buffer.close();
    tell("the buffer is closed".into());
    let mut sessions = Vec::with_capacity(cast.sessions);
    while let Some(ended) = clients.join_next().await {
        sessions.push(session(ended)?);
    }
    // The server has nobody left who could keep it.
    let _ = stop_serving.send(());
    let served = served.await.map_err(|error| error.to_string())?;
    tell(format!("{} sessions have received `closed`", count(sessions.len())));
    let (stats, resident) = (buffer.stats(), [before, resident()]);
    let (why, rate) = (cast.why.clone(), options.rate);
    Ok(Outcome {
        why,
        rate,
        story,
        published,
        publish_times,
        stats,
        served,
        sessions,
        seen,
        resident,
    })
}

/// Waits for something that is not an event of the runtime. No session may end before.
async fn until(clients: &mut Clients, is_so: impl Fn() -> bool) -> Result<(), String> {
    while !is_so() {
        tokio::select! {
            Some(ended) = clients.join_next() => {
                session(ended)?;
                return Err("a session was closed before the buffer".into());
            }
            () = tokio::time::sleep(Duration::from_millis(2)) => {}
        }
    }
    Ok(())
}

fn session(ended: Result<io::Result<Session>, tokio::task::JoinError>) -> Result<Session, String> {
    match ended {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(error)) => Err(format!("a session failed: {error}")),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
