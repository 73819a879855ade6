//! Laws of snapshots, on drawn values: zero, all octaves, both sides of boundaries,
//! overflow and the greatest integer. Without 64-bit atomics extremes are rounded
//! and sums have 63 bits: `histogram.rs` has the tests that hold there too.

#![cfg(all(target_has_atomic = "64", not(bellwether_no_u64)))]

use bellwether::{Grid, Histogram, Nanos, Plain, Snapshot};
use proptest::collection::vec;
use proptest::prelude::*;

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

/// A value of any kind.
fn value<G: Grid>() -> impl Strategy<Value = u64> {
    let uppers: Vec<u64> = Snapshot::<G>::new().buckets().map(|bucket| bucket.upper).collect();
    let boundary = (0..uppers.len()).prop_map(move |at| uppers[at]);
    let last = Snapshot::<G>::new().buckets().next_back().expect("a grid has buckets").upper;
    prop_oneof![
        1 => Just(0),
        1 => Just(u64::MAX),
        1 => (last - 1)..=(last + 1),
        2 => last..=u64::MAX,
        4 => (boundary, 0..3_u64).prop_map(|(upper, side)| (upper + side).saturating_sub(1)),
        8 => (any::<u64>(), 0..64).prop_map(|(bits, shift)| bits >> shift),
    ]
}

fn values<G: Grid>() -> impl Strategy<Value = Vec<u64>> {
    vec(value::<G>(), 0..80)
}

/// Counts in all slots.
fn counts<G: Grid>(snapshot: &Snapshot<G>) -> Vec<u64> {
    let buckets = snapshot.buckets().map(|bucket| bucket.count);
    [snapshot.underflow(), snapshot.overflow()].into_iter().chain(buckets).collect()
}

fn totals<G: Grid>(values: &[u64]) {
    let snapshot = taken::<G>(values);
    assert_eq!(snapshot.count(), values.len() as u64);
    assert_eq!(counts(&snapshot).iter().sum::<u64>(), values.len() as u64);
    assert_eq!(snapshot.sum(), values.iter().fold(0, |sum, &value| value.wrapping_add(sum)));
    assert_eq!(snapshot.min(), values.iter().min().copied());
    assert_eq!(snapshot.max(), values.iter().max().copied());
    assert_eq!(snapshot.is_empty(), values.is_empty());
}

fn merging<G: Grid>(a: &[u64], b: &[u64], c: &[u64]) {
    let together = taken::<G>(&[a, b, c].concat());
    let [a, b, c] = [a, b, c].map(taken::<G>);
    assert_eq!(merged(&a, &b), merged(&b, &a));
    assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
    assert_eq!(merged(&merged(&a, &b), &c), together);
    assert_eq!(merged(&a, &Snapshot::new()), a);
    assert_eq!(merged(&Snapshot::new(), &a), a);
}

fn subtracting<G: Grid>(a: &[u64], b: &[u64]) {
    let (a, b) = (taken::<G>(a), taken::<G>(b));
    let both = merged(&a, &b);
    let delta = both.delta_since(&a).expect("the later contains the earlier");
    assert_eq!((delta.count(), delta.sum()), (b.count(), b.sum()));
    assert_eq!(counts(&delta), counts(&b));
    // The extremes are known if they are those of all; else they lie further out,
    // in the right bucket.
    assert!(delta.min() <= b.min() && delta.max() >= b.max());
    if both.min() == b.min() {
        assert_eq!(delta.min(), b.min());
    }
    if both.max() == b.max() {
        assert_eq!(delta.max(), b.max());
    }
    // Merging undoes it.
    assert_eq!(counts(&merged(&a, &delta)), counts(&both));
    assert_eq!(both.delta_since(&Snapshot::new()).as_ref(), Ok(&both));
    assert!(both.delta_since(&both).expect("it contains itself").is_empty());
    assert_eq!(a.delta_since(&both).is_err(), !b.is_empty());
}

fn downscaling<G: Grid, To: Grid<Finest = G::Finest>>(a: &[u64], b: &[u64]) {
    let coarse = taken::<To>(a);
    let (a, b) = (taken::<G>(a), taken::<G>(b));
    assert_eq!(a.downscale::<To>(), coarse);
    assert_eq!(merged(&a, &b).downscale::<To>(), merged(&a.downscale(), &b.downscale()));
    assert_eq!(a.downscale::<G>(), a);
}

fn quantiles<G: Grid>(values: &[u64], mut qs: Vec<f64>) {
    let snapshot = taken::<G>(values);
    let (mut sorted, n) = (values.to_vec(), values.len());
    sorted.sort_unstable();
    assert_eq!(snapshot.quantile(0.0), Ok(sorted.first().copied()));
    assert_eq!(snapshot.quantile(1.0), Ok(sorted.last().copied()));
    if n == 0 {
        return;
    }
    let last = snapshot.buckets().next_back().expect("a grid has buckets").upper;
    let growth = 2_f64.powf(1.0 / f64::from(1 << G::SCALE));
    // And what 64-bit floating point is off itself.
    let bound = (growth - 1.0) / (growth + 1.0) + 1e-12;
    qs.sort_by(f64::total_cmp);
    let mut before = 0;
    for q in qs {
        let truth = sorted[((q * n as f64).ceil() as usize).max(1) - 1];
        let answer = snapshot.quantile(q).expect("in 0..=1").expect("there are records");
        assert!(before <= answer, "quantiles ascend");
        before = answer;
        if truth > last {
            assert!((truth..=sorted[n - 1]).contains(&answer), "{q}: {answer} for {truth}");
        } else {
            let off = answer.abs_diff(truth) as f64;
            assert!(off <= bound * truth as f64 + 0.5, "{q}: {answer} for {truth}");
        }
    }
}

#[cfg(feature = "serde")]
fn round_trip<G: Grid>(a: &[u64], b: &[u64]) {
    let (a, b) = (taken::<G>(a), taken::<G>(b));
    let delta = merged(&a, &b).delta_since(&a).expect("the later contains the earlier");
    for snapshot in [a, b, delta] {
        let text = serde_json::to_string(&snapshot).expect("it can be written");
        assert_eq!(serde_json::from_str::<Snapshot<G>>(&text).expect("it can be read"), snapshot);
    }
}

macro_rules! laws {
    ($($name:ident: $grid:ty, to $coarser:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(32))]

                #[test]
                fn totals(a in values::<$grid>()) {
                    super::totals::<$grid>(&a);
                }

                #[test]
                fn merging(
                    a in values::<$grid>(),
                    b in values::<$grid>(),
                    c in values::<$grid>(),
                ) {
                    super::merging::<$grid>(&a, &b, &c);
                }

                #[test]
                fn subtracting(a in values::<$grid>(), b in values::<$grid>()) {
                    super::subtracting::<$grid>(&a, &b);
                }

                #[test]
                fn downscaling(a in values::<$grid>(), b in values::<$grid>()) {
                    super::downscaling::<$grid, $coarser>(&a, &b);
                }

                #[test]
                fn quantiles(a in values::<$grid>(), qs in vec(0.0..=1.0, 1..40)) {
                    super::quantiles::<$grid>(&a, qs);
                }
            }

            #[cfg(feature = "serde")]
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(32))]

                #[test]
                fn round_trip(a in values::<$grid>(), b in values::<$grid>()) {
                    super::round_trip::<$grid>(&a, &b);
                }
            }
        }
    )*};
}

laws! {
    nanos_0: Nanos<0>, to Nanos<0>;
    nanos_3: Nanos<3>, to Nanos<2>;
    nanos_5: Nanos<5>, to Nanos<0>;
    nanos_7: Nanos<7>, to Nanos<3>;
    plain_0: Plain<0>, to Plain<0>;
    plain_3: Plain<3>, to Plain<0>;
    plain_4: Plain<4>, to Plain<3>;
    plain_7: Plain<7>, to Plain<2>;
}
