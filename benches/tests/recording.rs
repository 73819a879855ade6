//! The histograms' adapters do the work, and what is drawn is what is described.

use benches::recording::values::Values;
use benches::recording::{self, Recording, Total, work};

#[test]
fn every_adapter_records() {
    recording::prove_all();
}

#[test]
fn every_timed_run_records() {
    benches::each_recording!(P => {
        for threads in [1, 3] {
            assert!(work::record::<P>(1_000, threads).as_nanos() > 0, "{}", <P as Recording>::NAME);
        }
    });
}

#[test]
#[should_panic(expected = "lossy: the count")]
fn a_lost_record_is_found() {
    Total { count: Some(9), ..Total::default() }.check("lossy", 10, 1.0, 1);
}

#[test]
#[should_panic(expected = "wrong: the sum is off")]
fn a_wrong_sum_is_found() {
    Total { sum: Some(999.0), ..Total::default() }.check("wrong", 10, 1000.0, 1);
}

#[test]
fn durations_are_from_128_nanoseconds_to_8_seconds_in_all_octaves() {
    let mut octaves = [0_u32; 64];
    Values::new(0).take(32_000).for_each(|nanos| octaves[nanos.ilog2() as usize] += 1);
    for (octave, &drawn) in octaves.iter().enumerate() {
        if (7..=32).contains(&octave) {
            assert!((800..=2_400).contains(&drawn), "octave {octave}: {drawn}");
        } else {
            assert_eq!(drawn, 0, "octave {octave}");
        }
    }
}
