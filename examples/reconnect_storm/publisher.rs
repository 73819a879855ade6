//! Publishes at a rate, from a thread that waits for nobody.

use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use bellwether::Histogram;

use crate::server::Buffer;
use crate::update::Update;

/// What the publisher saw.
#[derive(Default)]
pub(crate) struct Published {
    pub(crate) events: u64,
    /// The most that the buffer held, looked at after each event.
    pub(crate) most_events: usize,
    pub(crate) most_bytes: usize,
}

/// Publishes until `stop`. `times` are those of single calls: an event is stored, and
/// all who wait for it are woken.
pub(crate) fn publish(
    buffer: &Buffer,
    began: Instant,
    rate: usize,
    times: &Histogram,
    stop: &AtomicBool,
) -> Result<Published, String> {
    let mut published = Published::default();
    let pause = Duration::from_secs(1) / rate as u32;
    let mut due = Instant::now();
    while !stop.load(Relaxed) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        due += pause;
        let seq = published.events + 1;
        let start = Instant::now();
        let update = Arc::new(Update::new(seq, start.duration_since(began).as_nanos() as u64));
        match buffer.publish(update) {
            Ok(given) if given == seq => published.events = seq,
            Ok(given) => return Err(format!("event {seq} was given the number {given}")),
            Err(error) => return Err(format!("event {seq}: {error}")),
        }
        times.record(start.elapsed().as_nanos() as u64);
        let stats = buffer.stats();
        published.most_events = published.most_events.max(stats.len);
        published.most_bytes = published.most_bytes.max(stats.bytes);
    }
    Ok(published)
}
