//! The grids against exact integers of any size, at every scale.
//!
//! A slot is found from a value's octave and the cell of a table that its next
//! `scale + 1` bits choose, by one comparison in that cell. So it can only change
//! at the edge of a cell or at the boundary in it. Right on both sides of all of
//! those, in all 64 octaves, it is right for every value there is. The values
//! below 2¹⁸ are tried one by one besides.

use core::cmp::Ordering;

use bellwether::{Grid, Histogram, Nanos, Plain};
use num_bigint::BigUint;

/// Compares `value` with `base · 2^(key/n)`: both to the power of n, exactly.
fn against(value: u64, base: u64, key: i32, n: u32) -> Ordering {
    let left = BigUint::from(value).pow(n);
    let right = BigUint::from(base).pow(n);
    if key < 0 {
        (left << key.unsigned_abs()).cmp(&right)
    } else {
        left.cmp(&(right << key.unsigned_abs()))
    }
}

fn check<G: Grid>(base: u64, first: i32, last: i32) {
    let n = 1 << G::SCALE;
    let empty = Histogram::<G>::new().snapshot();
    let keys: Vec<_> = empty.buckets().map(|bucket| bucket.key).collect();
    assert_eq!(keys, (first..=last).collect::<Vec<_>>());

    // Each bound is the greatest integer that is not above the true one.
    let mut lower = 0;
    let mut uppers = Vec::new();
    for bucket in empty.buckets() {
        assert_eq!(bucket.lower, lower, "no gap, no overlap: {bucket:?}");
        assert!(against(bucket.upper, base, bucket.key, n).is_le(), "{bucket:?}");
        assert!(against(bucket.upper + 1, base, bucket.key, n).is_gt(), "{bucket:?}");
        lower = bucket.upper;
        uppers.push(bucket.upper);
    }
    // All below the first bucket is zero.
    assert!(against(1, base, first - 1, n).is_gt());

    let powers = (0..64).map(|exponent| 1_u64 << exponent);
    let edges = powers.clone().flat_map(|power| {
        let cells = u64::from(2 * n);
        (0..cells).map(move |cell| {
            power + (u128::from(power) * u128::from(cell) / u128::from(cells)) as u64
        })
    });
    let interesting = uppers.iter().copied().chain(powers).chain(edges);
    let interesting = interesting.chain([1_000_000_000, u64::MAX - 1]);
    lie_where_they_should::<G>(
        &uppers,
        interesting.flat_map(|value| [value.saturating_sub(1), value, value + 1]),
    );
    lie_where_they_should::<G>(&uppers, 0..1 << 18);
}

/// Each value is recorded with a weight of its own: one that lands in a wrong
/// bucket makes two of the counts wrong.
fn lie_where_they_should<G: Grid>(uppers: &[u64], values: impl Iterator<Item = u64>) {
    let histogram = Histogram::<G>::new();
    let mut expected = vec![0_u64; G::BUCKETS + 2];
    let mut weight = 0x9e37_79b9_7f4a_7c15_u64;
    for value in values {
        weight ^= weight << 13;
        weight ^= weight >> 7;
        weight ^= weight << 17;
        histogram.record_n(value, weight >> 24);
        let slot = if value == 0 { 0 } else { 1 + uppers.partition_point(|&upper| upper < value) };
        expected[slot] += weight >> 24;
    }
    let snapshot = histogram.snapshot();
    assert_eq!(snapshot.underflow(), expected[0]);
    assert_eq!(snapshot.overflow(), expected[G::BUCKETS + 1]);
    for (bucket, expected) in snapshot.buckets().zip(&expected[1..]) {
        assert_eq!(bucket.count, *expected, "{bucket:?}");
    }
}

macro_rules! scales {
    ($($name:ident $scale:literal)*) => {
        mod nanos {
            $(#[test]
            fn $name() {
                super::check::<super::Nanos<$scale>>(
                    1_000_000_000, (-30 << $scale) + 1, 12 << $scale);
            })*
        }
        mod plain {
            $(#[test]
            fn $name() {
                super::check::<super::Plain<$scale>>(1, 0, 42 << $scale);
            })*
        }
    };
}

scales! {
    scale_0 0 scale_1 1 scale_2 2 scale_3 3 scale_4 4 scale_5 5 scale_6 6 scale_7 7
}
