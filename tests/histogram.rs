//! The histogram and its snapshots against the values themselves.

use core::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bellwether::{Consistency, ExactHistogram, Grid, Histogram, Nanos, Plain, Snapshot};

/// Elsewhere the extremes are kept in one word of 32 bits each.
const WHOLE: bool = cfg!(all(target_has_atomic = "64", not(bellwether_no_u64)));

/// The place of the lowest bit that is kept of an extreme.
fn rounded(value: u64) -> u32 {
    if WHOLE { 0 } else { (64 - value.leading_zeros()).saturating_sub(27) }
}

/// What a minimum is rounded to.
fn down(value: u64) -> u64 {
    value >> rounded(value) << rounded(value)
}

/// What a maximum is rounded to.
fn up(value: u64) -> u64 {
    value | ((1 << rounded(value)) - 1)
}

/// Deterministic values of all magnitudes, zero and some that overflow among them.
struct Values(u64);

impl Iterator for Values {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Some(self.0 >> 12 >> (self.0 % 53))
    }
}

fn values(seed: u64, n: usize) -> Vec<u64> {
    Values(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).take(n).collect()
}

fn taken<G: Grid>(values: &[u64]) -> Snapshot<G> {
    let histogram = Histogram::<G>::new();
    values.iter().for_each(|&value| histogram.record(value));
    histogram.snapshot()
}

fn merged<G: Grid>(a: &Snapshot<G>, b: &Snapshot<G>) -> Snapshot<G> {
    let mut merged = a.clone();
    merged.merge(b);
    merged
}

/// As a snapshot's count must always be.
fn counted<G: Grid>(snapshot: &Snapshot<G>) -> u64 {
    let buckets: u64 = snapshot.buckets().map(|bucket| bucket.count).sum();
    snapshot.underflow() + buckets + snapshot.overflow()
}

#[test]
fn totals_are_exact() {
    for seed in 1..20 {
        let values = values(seed, 1_000);
        let snapshot = taken::<Nanos>(&values);
        assert_eq!(snapshot.count(), 1_000);
        assert_eq!(counted(&snapshot), 1_000);
        assert_eq!(snapshot.sum(), values.iter().sum::<u64>());
        assert_eq!(snapshot.min(), values.iter().min().copied().map(down));
        assert_eq!(snapshot.max(), values.iter().max().copied().map(up));
        let above = values.iter().filter(|&&v| v > 4_096_000_000_000).count();
        assert_eq!(snapshot.overflow(), above as u64);
        assert_eq!(snapshot.underflow(), values.iter().filter(|&&v| v == 0).count() as u64);
        assert!(above > 0, "the values go beyond the grid");
    }
}

/// And not the bounds of their bucket, which is what an unknown extreme would be.
#[test]
fn extremes_are_the_values_themselves() {
    let snapshot = taken::<Nanos>(&[1_000_002, 1_000_001, 1_000_003]);
    assert_eq!(snapshot.buckets().filter(|bucket| bucket.count > 0).count(), 1);
    assert_eq!((snapshot.min(), snapshot.max()), (Some(1_000_001), Some(1_000_003)));
}

#[test]
fn buckets_from_both_ends() {
    let snapshot = taken::<Plain<0>>(&[1, 3, 1 << 42]);
    let mut buckets = snapshot.buckets();
    assert_eq!(buckets.len(), 43);
    let fields =
        |bucket: bellwether::Bucket| (bucket.key, bucket.lower, bucket.upper, bucket.count);
    assert_eq!(buckets.next().map(fields), Some((0, 0, 1, 1)));
    assert_eq!(buckets.next().map(fields), Some((1, 1, 2, 0)));
    assert_eq!(buckets.next_back().map(fields), Some((42, 1 << 41, 1 << 42, 1)));
    assert_eq!(buckets.size_hint(), (40, Some(40)));
    let mut back: Vec<_> = snapshot.buckets().rev().collect();
    back.reverse();
    assert!(snapshot.buckets().eq(back));
}

#[test]
fn snapshots_that_differ_in_one_thing() {
    let counts = [taken::<Nanos>(&[1, 3, 6, 10]), taken(&[1, 4, 5, 10])];
    assert_eq!(counts[0].sum(), counts[1].sum());
    assert_ne!(counts[0], counts[1]);
    let sums = [taken::<Nanos>(&[1, 1_000_001, 1 << 30]), taken(&[1, 1_000_002, 1 << 30])];
    assert!(sums[0].buckets().eq(sums[1].buckets()));
    assert_ne!(sums[0], sums[1]);
}

#[test]
fn record_n_is_n_records() {
    let (once, each) = (Histogram::<Plain<2>>::new(), Histogram::<Plain<2>>::new());
    for (n, value) in values(7, 300).into_iter().enumerate() {
        once.record_n(value, n as u64);
        (0..n).for_each(|_| each.record(value));
    }
    assert_eq!(once.snapshot(), each.snapshot());
    let none = Histogram::<Nanos>::new();
    none.record_n(5, 0);
    assert_eq!(none.snapshot(), Snapshot::new());
}

#[test]
fn empty() {
    let snapshot = Snapshot::<Nanos>::new();
    assert!(snapshot.is_empty() && !taken::<Nanos>(&[0]).is_empty());
    assert_eq!((snapshot.min(), snapshot.max(), snapshot.quantile(0.5)), (None, None, Ok(None)));
    assert_eq!(snapshot.to_string(), "count 0");
    assert_eq!(merged(&snapshot, &snapshot), snapshot);
    assert_eq!(snapshot.delta_since(&snapshot), Ok(snapshot.clone()));
}

fn quantiles_within_the_bound<G: Grid>() {
    // (b - 1) / (b + 1), where b = 2^(1/2^scale).
    let growth = 2_f64.powf(1.0 / f64::from(1 << G::SCALE));
    let bound = (growth - 1.0) / (growth + 1.0);
    for seed in 1..8 {
        let mut values = values(seed, 997);
        values.retain(|&value| value <= 1 << 40);
        values.sort_unstable();
        let snapshot = taken::<G>(&values);
        let mut last = 0;
        for step in 0..=1_000 {
            let q = f64::from(step) / 1_000.0;
            let rank = ((q * values.len() as f64).ceil() as usize).max(1);
            let truth = values[rank - 1] as f64;
            let answer = snapshot.quantile(q).unwrap().unwrap();
            let off = (answer as f64 - truth).abs();
            assert!(off <= bound * truth + 0.5, "{q}: {answer} is off {truth}");
            assert!(answer >= last, "quantiles ascend");
            last = answer;
        }
        assert_eq!(snapshot.quantile(0.0).unwrap(), values.first().copied().map(down));
        assert_eq!(snapshot.quantile(1.0).unwrap(), values.last().copied().map(up));
    }
}

#[test]
fn quantiles() {
    quantiles_within_the_bound::<Nanos<0>>();
    quantiles_within_the_bound::<Nanos<3>>();
    quantiles_within_the_bound::<Nanos<7>>();
    quantiles_within_the_bound::<Plain<1>>();
    quantiles_within_the_bound::<Plain<3>>();
    quantiles_within_the_bound::<Plain<6>>();
}

#[test]
fn quantiles_that_are_none() {
    let snapshot = taken::<Nanos>(&[1, 2, 3]);
    for q in [-0.001, 1.001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = snapshot.quantile(q).unwrap_err();
        assert!(error.asked == q || q.is_nan());
    }
    assert_eq!(snapshot.quantile(-0.5).unwrap_err().to_string(), "quantile -0.5 is outside 0..=1");
}

#[test]
fn quantiles_of_what_overflowed_are_the_maximum() {
    let snapshot = taken::<Nanos>(&[0, 0, 0, u64::MAX - 9, u64::MAX - 8, u64::MAX - 7]);
    assert_eq!(snapshot.quantile(0.4), Ok(Some(0)));
    assert_eq!(snapshot.quantile(0.7), Ok(Some(up(u64::MAX - 7))));
}

/// What lies in the last bucket has not overflowed.
#[test]
fn quantiles_in_the_last_bucket() {
    let last = 1_u64 << 42;
    let snapshot = taken::<Plain<0>>(&[1, last - 2, last - 1, last, last + 1]);
    // The harmonic mean of the bucket's bounds.
    let middle =
        (2 * u128::from(last) * u128::from(last / 2 + 1) / u128::from(last + last / 2 + 1)) as u64;
    for q in [0.4, 0.6, 0.8] {
        assert!(snapshot.quantile(q).unwrap().unwrap().abs_diff(middle) <= 1, "{q}");
    }
    assert_eq!(snapshot.quantile(1.0), Ok(Some(up(last + 1))));
}

#[test]
fn merging_is_recording_together_in_any_order() {
    for seed in 1..20 {
        let all = values(seed, 900);
        let [a, b, c] = [0, 300, 600].map(|at| taken::<Plain>(&all[at..at + 300]));
        assert_eq!(merged(&a, &b), merged(&b, &a));
        assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        assert_eq!(merged(&merged(&a, &b), &c), taken(&all));
        assert_eq!(merged(&a, &Snapshot::new()), a);
    }
}

#[test]
fn a_delta_undoes_a_merge() {
    for seed in 1..20 {
        let all = values(seed, 600);
        let (a, b) = (taken::<Nanos>(&all[..300]), taken::<Nanos>(&all[300..]));
        let both = merged(&a, &b);
        let delta = both.delta_since(&a).unwrap();
        assert_eq!((delta.count(), delta.sum()), (b.count(), b.sum()));
        assert!(delta.buckets().eq(b.buckets()));
        // The extremes lie in the right bucket, on the outer side.
        assert!(delta.min() <= b.min() && delta.max() >= b.max());
        if a.max() < b.max() {
            assert_eq!(delta.max(), b.max());
        }
        if a.min() > b.min() {
            assert_eq!(delta.min(), b.min());
        }
        assert_eq!(both.delta_since(&both), Ok(Snapshot::new()));
    }
}

#[test]
fn a_delta_since_a_later_snapshot_is_refused() {
    let error = taken::<Plain>(&[1]).delta_since(&taken(&[1, 1, 1, 50])).unwrap_err();
    assert_eq!((error.upper, error.earlier, error.later), (1, 3, 1));
    let error = taken::<Plain>(&[0]).delta_since(&taken(&[0, 0])).unwrap_err();
    assert_eq!((error.upper, error.earlier, error.later), (0, 2, 1));
    let error = Snapshot::<Nanos>::new().delta_since(&taken(&[u64::MAX])).unwrap_err();
    assert_eq!((error.upper, error.earlier, error.later), (u64::MAX, 1, 0));
    assert_eq!(
        error.to_string(),
        "the snapshot given as the earlier one counts 1 up to 18446744073709551615, and the \
         later one only 0"
    );
    // As many in all, and in other buckets.
    taken::<Nanos>(&[9]).delta_since(&taken(&[7])).unwrap_err();
}

#[test]
fn downscaling_is_recording_on_the_coarser_grid() {
    fn check<From: Grid, To: Grid<Finest = From::Finest>>() {
        let (a, b) = (values(3, 2_000), values(4, 2_000));
        assert_eq!(taken::<From>(&a).downscale::<To>(), taken(&a));
        let (a, b) = (taken::<From>(&a), taken::<From>(&b));
        let (first, then) =
            (merged(&a, &b).downscale::<To>(), merged(&a.downscale(), &b.downscale()));
        assert_eq!(first, then);
    }
    check::<Nanos<7>, Nanos<0>>();
    check::<Nanos<7>, Nanos<6>>();
    check::<Nanos<5>, Nanos<3>>();
    check::<Nanos<3>, Nanos<3>>();
    check::<Nanos<3>, Nanos<1>>();
    check::<Plain<7>, Plain<0>>();
    check::<Plain<4>, Plain<3>>();
    check::<Plain<3>, Plain<2>>();
}

#[test]
fn lines_for_humans() {
    let line = |value: u64| taken::<Nanos>(&[value]).to_string().split_off("count 1, p50 ".len());
    let shown = |value| line(value).split(',').next().unwrap().to_string();
    for (value, text) in [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_000, "1.00 µs"),
        (1_004, "1.00 µs"),
        (1_005, "1.01 µs"),
        (9_994, "9.99 µs"),
        (9_995, "10.0 µs"),
        (99_949, "99.9 µs"),
        (99_950, "100 µs"),
        (999_499, "999 µs"),
        (999_500, "1.00 ms"),
        (1_234_567, "1.23 ms"),
        (12_345_678, "12.3 ms"),
        (999_499_999, "999 ms"),
        (999_999_999, "1.00 s"),
        (999_499_999_999, "999 s"),
        (999_600_000_000, "1000 s"),
        (4_096_000_000_000, "4096 s"),
        (1 << 63, "9223372037 s"),
    ] {
        assert_eq!(shown(value), text);
    }
    assert_eq!(
        taken::<Plain>(&[5, 5, 70]).to_string(),
        "count 3, p50 5, p90 70, p99 70, p99.9 70, max 70"
    );
    assert!(format!("{:.5}", taken::<Nanos>(&[1_234_567])).ends_with("max 1.2346 ms"));
    assert!(format!("{:.9}", taken::<Nanos>(&[1_234])).ends_with("max 1.234 µs"));
    assert!(format!("{:.1}", taken::<Nanos>(&[123_400])).ends_with("max 123 µs"));
    let debug = format!("{:?}", Histogram::<Plain>::new());
    assert_eq!(debug, "Histogram(count 0)");
    let debug = format!("{:?}", ExactHistogram::<Plain>::new());
    assert_eq!(debug, "ExactHistogram(count 0, exact)");
}

#[test]
fn sizes() {
    // Underflow, overflow, sum, and the extremes.
    let besides = if WHOLE { 8 * 5 } else { 8 * 3 + 4 * 2 };
    assert_eq!(size_of::<Histogram>(), 8 * 336 + besides);
    assert_eq!(size_of::<Histogram<Plain>>(), 8 * 337 + besides);
    assert_eq!(size_of::<ExactHistogram>(), size_of::<Histogram>() + 8);
    assert_eq!(size_of::<Snapshot>(), 8 * (336 + 6));
}

#[test]
fn thirty_two_threads_lose_nothing() {
    static HISTOGRAM: ExactHistogram = ExactHistogram::new();
    const EACH: u64 = 5_000;
    thread::scope(|scope| {
        for thread in 0..32 {
            scope.spawn(move || (1..=EACH).for_each(|n| HISTOGRAM.record(thread * EACH + n)));
        }
    });
    let (snapshot, consistency) = HISTOGRAM.snapshot();
    let n = 32 * EACH;
    assert_eq!(consistency, Consistency::Exact);
    assert_eq!((snapshot.count(), snapshot.sum()), (n, n * (n + 1) / 2));
    assert_eq!((snapshot.min(), snapshot.max()), (Some(1), Some(n)));
    assert_eq!(snapshot, taken(&(1..=n).collect::<Vec<_>>()));
}

/// Values below 1000, so that the sum is at most 1000 times the count.
#[test]
fn snapshots_under_load() {
    static HISTOGRAM: ExactHistogram<Plain> = ExactHistogram::new();
    static STOP: AtomicBool = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 1..=4_u64 {
            scope.spawn(move || {
                let mut values = Values(thread);
                while !STOP.load(Ordering::Relaxed) {
                    HISTOGRAM.record(values.next().unwrap() % 1_000);
                }
            });
        }
        let mut last = Snapshot::new();
        for _ in 0..2_000 {
            let (snapshot, consistency) = HISTOGRAM.snapshot();
            assert_eq!(counted(&snapshot), snapshot.count());
            assert!(snapshot.sum() <= 1_000 * snapshot.count());
            assert!(snapshot.max().is_none_or(|max| max < 1_000));
            if let Consistency::Skewed { running } = consistency {
                assert!(running > 0 && running <= snapshot.count());
            }
            let since = snapshot.delta_since(&last).expect("nothing is ever lost");
            assert_eq!(since.count(), snapshot.count() - last.count());
            last = snapshot;
        }
        STOP.store(true, Ordering::Relaxed);
    });
    assert_eq!(HISTOGRAM.snapshot().1, Consistency::Exact);
}
