//! Snapshots written and read, and everything that must not be read.

#![cfg(feature = "serde")]

use bellwether::{Grid, Histogram, Nanos, Plain, Snapshot};
use serde_json::{Value, json};

fn taken<G: Grid>(values: &[(u64, u64)]) -> Snapshot<G> {
    let histogram = Histogram::<G>::new();
    values.iter().for_each(|&(value, n)| histogram.record_n(value, n));
    histogram.snapshot()
}

/// One that exercises every field.
fn full<G: Grid>() -> Snapshot<G> {
    taken(&[(0, 2), (1, 1), (1_000, 7), (1_000_000_000, 1 << 60), (u64::MAX, 3), (1 << 43, 1)])
}

fn round_trips<G: Grid>() {
    for snapshot in [Snapshot::new(), taken(&[(0, 1)]), taken(&[(u64::MAX, 1)]), full::<G>()] {
        let text = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot<G>>(&text).unwrap(), snapshot);
        // By way of a map, whose fields come in the order of the alphabet.
        let value = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(serde_json::from_value::<Snapshot<G>>(value).unwrap(), snapshot);
        // Not self-describing, and without an allocator.
        let mut memory = [0; 128];
        let bytes = postcard::to_slice(&snapshot, &mut memory).unwrap();
        assert_eq!(postcard::from_bytes::<Snapshot<G>>(bytes).unwrap(), snapshot);
        assert_eq!(postcard::from_bytes::<Snapshot<G>>(bytes).unwrap().count(), snapshot.count());
        assert!(postcard::from_bytes::<Snapshot<G>>(&bytes[..bytes.len() - 1]).is_err());
    }
}

#[test]
fn every_snapshot_round_trips() {
    round_trips::<Nanos<0>>();
    round_trips::<Nanos<3>>();
    round_trips::<Nanos<7>>();
    round_trips::<Plain<0>>();
    round_trips::<Plain<3>>();
    round_trips::<Plain<7>>();
}

#[test]
fn a_delta_round_trips() {
    let histogram: Histogram = Histogram::new();
    histogram.record(1_010);
    let earlier = histogram.snapshot();
    histogram.record(1_000);
    // Its maximum is a bound, its sum is exact.
    let delta = histogram.snapshot().delta_since(&earlier).unwrap();
    let text = serde_json::to_string(&delta).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), delta);
}

#[test]
fn what_is_written() {
    let snapshot = taken::<Nanos>(&[(0, 1), (1_000_000_000, 2), (1 << 43, 1)]);
    assert_eq!(
        serde_json::to_value(&snapshot).unwrap(),
        json!({
            "unit": "ns", "scale": 3, "sum": 2_000_000_000 + (1_u64 << 43),
            // Rounded up, without 64-bit atomics.
            "min": 0, "max": snapshot.max(),
            "underflow": 1, "overflow": 1, "buckets": [[0, 2]],
        })
    );
    // As small as can be: 1 + 1 for the unit, 1 each for the six numbers and the
    // number of pairs, 1 more for each extreme, and 2 for the pair.
    let mut memory = [0; 32];
    let bytes = postcard::to_slice(&taken::<Plain>(&[(2, 3)]), &mut memory).unwrap();
    assert_eq!(bytes, [1, b'1', 3, 6, 1, 2, 1, 2, 0, 0, 1, 16, 3]);
}

/// Reads 3 records of 7 and 1 of 9 with one field exchanged, and returns the error.
fn refused(field: &str, value: Value) -> String {
    let mut good = serde_json::to_value(taken::<Plain<1>>(&[(7, 3), (9, 1)])).unwrap();
    assert_eq!(good["buckets"], json!([[6, 3], [7, 1]]));
    serde_json::from_value::<Snapshot<Plain<1>>>(good.clone()).expect("good as it is");
    good[field] = value;
    serde_json::from_value::<Snapshot<Plain<1>>>(good).expect_err("must be refused").to_string()
}

#[test]
fn another_grid_is_refused() {
    assert_eq!(
        refused("unit", json!("ns")),
        "a snapshot in units of \"ns\", where \"1\" is expected"
    );
    assert_eq!(refused("unit", json!(1)), "invalid type: integer `1`, expected the unit \"1\"");
    assert_eq!(refused("scale", json!(2)), "a snapshot of scale 2, where scale 1 is expected");
    assert_eq!(refused("scale", json!(256)), "invalid value: integer `256`, expected u8");
    assert_eq!(
        serde_json::from_value::<Snapshot<Nanos>>(json!({"unit": "1"})).unwrap_err().to_string(),
        "a snapshot in units of \"1\", where \"ns\" is expected"
    );
}

#[test]
fn bad_keys_are_refused() {
    for key in [-1, 85, i32::MIN, i32::MAX] {
        assert_eq!(
            refused("buckets", json!([[key, 1]])),
            format!("a bucket with key {key}, where the grid has 0 to 84")
        );
    }
    assert_eq!(
        refused("buckets", json!([[1_u64 << 31, 1]])),
        "invalid value: integer `2147483648`, expected i32"
    );
    assert_eq!(
        refused("buckets", json!([[6, 2], [6, 1], [7, 1]])),
        "the bucket with key 6 follows that with key 6: keys must ascend"
    );
    assert_eq!(
        refused("buckets", json!([[7, 1], [6, 3]])),
        "the bucket with key 6 follows that with key 7: keys must ascend"
    );
    // 1 < 2^(1/2) < 2: no integer is above 1 and up to 2^(1/2).
    assert_eq!(
        refused("buckets", json!([[1, 4]])),
        "the bucket with key 1 counts 4, and no integer lies in it"
    );
}

#[test]
fn bad_counts_are_refused() {
    assert_eq!(
        refused("buckets", json!([[6, 0]])),
        "the bucket with key 6 counts 0, where only buckets with 1 or more are listed"
    );
    assert_eq!(
        refused("overflow", json!(u64::MAX)),
        "counts 4 and 18446744073709551615 add up to 2^64 or more"
    );
    assert_eq!(
        refused("buckets", json!([[6, u64::MAX - 1], [7, 2]])),
        "counts 18446744073709551614 and 2 add up to 2^64 or more"
    );
    assert!(refused("underflow", json!(-1)).starts_with("invalid value: integer `-1`"));
    assert!(refused("buckets", json!([[6, 3, 1]])).starts_with("invalid length 3"));
    assert!(refused("buckets", json!([[6]])).starts_with("invalid length 1"));
    assert!(
        refused("buckets", json!(6)).ends_with("expected pairs of a bucket's key and its count")
    );
}

#[test]
fn extremes_that_contradict_the_counts_are_refused() {
    for (field, value, error) in [
        ("min", json!(5), "the minimum is 5, where the counts say 6 to 8"),
        ("min", json!(9), "the minimum is 9, where the counts say 6 to 8"),
        ("max", json!(8), "the maximum is 8, where the counts say 9 to 11"),
        ("max", json!(12), "the maximum is 12, where the counts say 9 to 11"),
        ("min", json!(null), "no minimum, and not all counts are 0"),
        ("max", json!(null), "no maximum, and not all counts are 0"),
        ("underflow", json!(1), "the minimum is 7, where the counts say 0 to 0"),
        (
            "overflow",
            json!(1),
            "the maximum is 9, where the counts say 4398046511105 to 18446744073709551615",
        ),
        ("buckets", json!([]), "the minimum is 7, and all counts are 0"),
    ] {
        assert_eq!(refused(field, value), error);
    }
    let mut inverted = serde_json::to_value(taken::<Plain<1>>(&[(7, 3)])).unwrap();
    inverted["min"] = json!(8);
    let error = serde_json::from_value::<Snapshot<Plain<1>>>(inverted).unwrap_err();
    assert_eq!(error.to_string(), "the minimum 8 is above the maximum 7");
}

#[test]
fn fields_that_lack_or_are_too_many_are_refused() {
    let good = serde_json::to_value(taken::<Plain<1>>(&[(7, 3)])).unwrap();
    for field in ["unit", "scale", "sum", "min", "max", "underflow", "overflow", "buckets"] {
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove(field).expect("it was there");
        serde_json::from_value::<Snapshot<Plain<1>>>(less).expect_err(field);
    }
    assert!(refused("count", json!(4)).starts_with("unknown field `count`"));
    let read = |text| serde_json::from_str::<Snapshot<Plain<1>>>(text).unwrap_err().to_string();
    assert!(read(r#"{"sum":4,"sum":4}"#).starts_with("duplicate field `sum`"));
    assert!(read(r#"["1",1,4]"#).starts_with("invalid length 3, expected 8 fields"));
    assert!(read("7").starts_with("invalid type: integer `7`, expected a snapshot of a histogram"));
}

/// Takes so many bytes, and then fails.
struct Room(usize);

impl std::io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_the_format_comes_through() {
    let text = serde_json::to_string(&full::<Plain<1>>()).unwrap();
    for end in 0..text.len() {
        let error = serde_json::to_writer(Room(end), &full::<Plain<1>>()).unwrap_err();
        assert_eq!(error.io_error_kind(), Some(std::io::ErrorKind::StorageFull));
        let error = serde_json::from_str::<Snapshot<Plain<1>>>(&text[..end]).unwrap_err();
        assert!(error.is_eof(), "{end}: {error}");
    }
    assert!(serde_json::to_writer(Room(text.len()), &full::<Plain<1>>()).is_ok());
    let good = serde_json::to_value(full::<Plain<1>>()).unwrap();
    for field in ["scale", "sum", "min", "max", "underflow", "overflow"] {
        let mut wrong = good.clone();
        wrong[field] = json!("many");
        let error = serde_json::from_value::<Snapshot<Plain<1>>>(wrong).unwrap_err();
        assert!(error.to_string().starts_with("invalid type: string \"many\""), "{error}");
    }
}

#[test]
fn a_field_has_a_name() {
    use serde::de::value::{Error, MapDeserializer};

    let numbered = MapDeserializer::<_, Error>::new([(7_u32, 7_u32)].into_iter());
    let read = <Snapshot<Plain<1>> as serde::Deserialize>::deserialize(numbered);
    let error = read.unwrap_err().to_string();
    assert_eq!(error, "invalid type: integer `7`, expected a field's name");
}
