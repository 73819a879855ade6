//! The replay buffers' adapters do the work, and what is timed is checked.

use benches::each_replaying;
use benches::replaying::delivery::{self, Scene};
use benches::replaying::{Got, Replaying, Tally, prove, publishing, work};
use tokio::runtime::Builder;

#[test]
fn every_adapter_delivers() {
    prove::prove_all();
}

#[test]
fn every_timed_run_delivers() {
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("threads");
    each_replaying!(P of u64 => {
        for time in [
            work::alone::<P, u64>(1_000),
            work::batches::<P, u64>(1_000),
            work::Audience::<P>::new(3, 5).publish(2_000),
            delivery::threads::<P>(1_000, 3),
            publishing::contended::<P>(1_000, 3),
            publishing::parked::<P>(100, 5),
        ] {
            assert!(time.as_nanos() > 0, "{}", <P as Replaying<u64>>::NAME);
        }
        for (in_batches, burst) in [(false, 64), (true, 64), (false, u64::MAX), (true, u64::MAX)] {
            let scene = Scene { tasks: 3, in_batches, burst };
            let all = delivery::tasks::<P>(&runtime, scene, 5_000).tally;
            assert_eq!(all.next(), 3 * 5_000, "{}", <P as Replaying<u64>>::NAME);
        }
    });
}

#[test]
#[should_panic(expected = "2 received, 0 missed")]
fn a_lost_event_is_found() {
    let mut tally = Tally::default();
    for number in [0, 1, 3] {
        tally.take(&Got::Event::<u64>(number));
    }
}

#[test]
#[should_panic(expected = "lossy: received + missed = published")]
fn a_lost_end_is_found() {
    let mut tally = Tally::default();
    tally.take(&Got::Event::<u64>(0));
    tally.take(&Got::Missed::<u64>(7));
    tally.check("lossy", 9);
}
