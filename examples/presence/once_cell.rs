//! The scene with `bellwether::OnceCell`: tasks suspend, the first leader is
//! aborted, the second gets an error, the third has the value.

use core::cell::RefCell;
use core::mem;
use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use bellwether::OnceCell;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{sleep, sleep_until, timeout};

use crate::backend::{Backend, PATIENCE};
use crate::config::Config;
use crate::watch::Watch;

/// Before a task that got an error, or whose client hung up, asks again.
const BACK_OFF: Duration = Duration::from_millis(5);
/// No measure of anything: after so long, a task that is not served hangs.
const HANGS: Duration = Duration::from_secs(60);

pub(crate) struct Scene {
    pub(crate) cell: OnceCell<Config, Watch>,
    pub(crate) backend: Backend,
}

/// What one task got.
struct Answer {
    latency: Duration,
    /// Where the value is; none, if the task gave up.
    place: Option<usize>,
    errors: usize,
}

/// The calls that go on, and when each was made.
type Calls = Vec<(JoinHandle<Answer>, Instant)>;

/// What all of them got.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) places: BTreeSet<usize>,
    /// The task, once for each error that it got.
    pub(crate) errors: Vec<usize>,
    /// The task that was aborted, and whether that ended it.
    pub(crate) aborted: Option<(usize, bool)>,
}

async fn call(scene: Arc<Scene>, task: usize, asked: Instant) -> Answer {
    let mut errors = 0;
    loop {
        let place = match scene.cell.get_or_try_init(|| scene.backend.fetch(task)).await {
            Ok(config) => Some(core::ptr::from_ref(config).addr()),
            Err(_) => {
                errors += 1;
                if scene.backend.may_recover() {
                    sleep(BACK_OFF).await;
                    continue;
                }
                None
            }
        };
        return Answer { latency: asked.elapsed(), place, errors };
    }
}

pub(crate) async fn play(scene: Arc<Scene>, tasks: usize) -> Outcome {
    let calls = RefCell::new(Vec::with_capacity(tasks));
    let arrivals = async {
        for task in 0..tasks {
            let asked = Instant::now();
            let call = tokio::spawn(call(scene.clone(), task, asked));
            calls.borrow_mut().push((call, asked));
            if task % 256 == 255 {
                // The leader's client does not wait for them to hang up.
                yield_now().await;
            }
        }
    };
    let (aborted, ()) = tokio::join!(abort_the_leader(&scene, &calls), arrivals);
    let mut outcome = Outcome { aborted, ..Outcome::default() };
    let served = async {
        for (task, (call, _)) in calls.into_inner().into_iter().enumerate() {
            let Ok(answer) = call.await else { continue };
            outcome.errors.extend(core::iter::repeat_n(task, answer.errors));
            if let Some(place) = answer.place {
                outcome.latencies.push(answer.latency);
                outcome.places.insert(place);
            }
        }
    };
    // Whoever is missing then is missing in the count.
    let _ = timeout(HANGS, served).await;
    outcome.latencies.sort_unstable();
    outcome
}

/// The client of the task that got silence hangs up, and calls again later.
async fn abort_the_leader(scene: &Arc<Scene>, calls: &RefCell<Calls>) -> Option<(usize, bool)> {
    timeout(HANGS, scene.backend.silent.notified()).await.ok()?;
    let ledger = &scene.backend.ledger;
    let (task, began) = ledger.runs().first().map(|run| (run.task, run.began))?;
    sleep_until((ledger.start() + began + PATIENCE).into()).await;
    let stuck = {
        let mut calls = calls.borrow_mut();
        let (stuck, asked) = calls.get_mut(task)?;
        stuck.abort();
        let again = call(scene.clone(), task, *asked);
        let later = async {
            sleep(BACK_OFF).await;
            again.await
        };
        mem::replace(stuck, tokio::spawn(later))
    };
    let end = timeout(HANGS, stuck).await;
    Some((task, matches!(end, Ok(Err(end)) if end.is_cancelled())))
}
