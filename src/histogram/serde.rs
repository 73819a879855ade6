//! Snapshots serialised: sparse, and with all that is needed to read them.
//!
//! | field | what |
//! |---|---|
//! | `unit` | of `sum`, `min` and `max`: `"ns"` for [`Nanos`](super::Nanos), `"1"` for [`Plain`](super::Plain) |
//! | `scale` | an octave has 2^scale buckets |
//! | `sum`, `min`, `max` | the extremes are none if there are no records |
//! | `underflow`, `overflow` | counts |
//! | `buckets` | pairs of a key and a count, of buckets that are not empty, keys ascending |
//!
//! What is read is believed in nothing: it is a snapshot that this crate can have
//! written, or an error. Only the sum cannot be checked: see [`Snapshot`].

mod read;

use serde::ser::{Serialize, SerializeSeq as _, SerializeStruct as _, Serializer};

use super::{Grid, Snapshot};

const NAME: &str = "Snapshot";
/// In the order in which they are written.
const FIELDS: [&str; 8] =
    ["unit", "scale", "sum", "min", "max", "underflow", "overflow", "buckets"];

/// With the feature `serde`. Sparse: only the buckets that are not empty are
/// written, by their keys. Neither `std` nor an allocator is needed.
///
/// ```
/// use bellwether::{Histogram, Plain};
///
/// let histogram: Histogram<Plain> = Histogram::new();
/// histogram.record_n(2, 3);
/// let json = serde_json::to_string(&histogram.snapshot())?;
/// assert_eq!(
///     json,
///     r#"{"unit":"1","scale":3,"sum":6,"min":2,"max":2,"#.to_owned()
///         + r#""underflow":0,"overflow":0,"buckets":[[8,3]]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<G: Grid> Serialize for Snapshot<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct(NAME, FIELDS.len())?;
        fields.serialize_field("unit", G::UNIT)?;
        fields.serialize_field("scale", &G::SCALE)?;
        fields.serialize_field("sum", &self.sum())?;
        fields.serialize_field("min", &self.min())?;
        fields.serialize_field("max", &self.max())?;
        fields.serialize_field("underflow", &self.underflow())?;
        fields.serialize_field("overflow", &self.overflow())?;
        fields.serialize_field("buckets", &Pairs(self))?;
        fields.end()
    }
}

struct Pairs<'a, G: Grid>(&'a Snapshot<G>);

impl<G: Grid> Serialize for Pairs<'_, G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = || self.0.buckets().filter(|bucket| bucket.count > 0);
        let mut sequence = serializer.serialize_seq(Some(pairs().count()))?;
        pairs().try_for_each(|bucket| sequence.serialize_element(&(bucket.key, bucket.count)))?;
        sequence.end()
    }
}
