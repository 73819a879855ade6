//! The replay buffers' adapters do the work, and what is timed is checked.

use benches::each_replaying;
use benches::replaying::delivery::{self, Scene};
use benches::replaying::{Got, Replaying, Subscriber, Tally, prove, work};
use benches::work::now;
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
fn a_batch_is_no_larger_than_asked() {
    each_replaying!(P of u64 => {
        let peer = <P as Replaying<u64>>::new(16);
        let mut reader = Replaying::<u64>::subscribe(&peer);
        (0..10).for_each(|number| Replaying::publish(&peer, number));
        assert_eq!(reader.for_each_ready(3, |_: &u64| ()).events, 3);
        assert_eq!(now(reader.recv_many(&mut Vec::<u64>::new(), 3)).events, 3);
        assert_eq!(Subscriber::<u64>::try_recv(&mut reader), Got::Event(6));
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
