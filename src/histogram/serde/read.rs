//! Reading a snapshot, and refusing what cannot be one.
//!
//! All of it writes into one snapshot, which is large, rather than returning parts.

use core::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{FIELDS, NAME};
use crate::{Grid, Snapshot};

/// With the feature `serde`. What is read must be of this very grid (a snapshot of
/// another scale is read as its own type, and [downscaled](Snapshot::downscale)),
/// its keys must ascend, its counts must add up to less than 2⁶⁴, and its extremes
/// must lie in its outermost buckets; otherwise there is an error that names both
/// sides. Any sum is believed: it is known modulo 2⁶⁴ only.
///
/// ```
/// use bellwether::{Plain, Snapshot};
///
/// let json = r#"{"unit":"1","scale":4,"sum":0,"min":null,"max":null,
///     "underflow":0,"overflow":0,"buckets":[]}"#;
/// assert!(serde_json::from_str::<Snapshot<Plain<4>>>(json)?.is_empty());
/// let error = serde_json::from_str::<Snapshot<Plain<3>>>(json).unwrap_err();
/// assert!(error.to_string().starts_with("a snapshot of scale 4, where scale 3 is expected"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de, G: Grid> Deserialize<'de> for Snapshot<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut snapshot = Self::new();
        let mut partial = Partial { snapshot: &mut snapshot, min: None, max: None };
        deserializer.deserialize_struct(NAME, &FIELDS, &mut partial)?;
        let Partial { min, max, .. } = partial;
        let mut total = 0_u64;
        for &count in snapshot.slots() {
            total = total.checked_add(count).ok_or_else(|| {
                D::Error::custom(format_args!("counts {total} and {count} add up to 2^64 or more"))
            })?;
        }
        check_extremes(&snapshot, min, max)?;
        snapshot.settle(min.unwrap_or(u64::MAX), max.unwrap_or(0));
        Ok(snapshot)
    }
}

/// What has been read: its extremes lie beside it until they can be checked.
struct Partial<'a, G: Grid> {
    snapshot: &'a mut Snapshot<G>,
    min: Option<u64>,
    max: Option<u64>,
}

impl<'de, G: Grid> Visitor<'de> for &mut Partial<'_, G> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot of a histogram")
    }

    /// For formats that describe themselves: fields in any order.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = [false; FIELDS.len()];
        while let Some(field) = map.next_key_seed(Name)? {
            if core::mem::replace(&mut seen[field], true) {
                return Err(A::Error::duplicate_field(FIELDS[field]));
            }
            map.next_value_seed(Field { field, partial: self })?;
        }
        match seen.iter().position(|&seen| !seen) {
            Some(field) => Err(A::Error::missing_field(FIELDS[field])),
            None => Ok(()),
        }
    }

    /// For the others.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        for field in 0..FIELDS.len() {
            fields
                .next_element_seed(Field { field, partial: self })?
                .ok_or_else(|| A::Error::invalid_length(field, &"8 fields"))?;
        }
        Ok(())
    }
}

/// Reads a field's name: its place in [`FIELDS`].
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        let field = FIELDS.iter().position(|&field| field == name);
        field.ok_or_else(|| E::unknown_field(name, &FIELDS))
    }
}

/// Reads one field's value.
struct Field<'a, 'b, G: Grid> {
    field: usize,
    partial: &'a mut Partial<'b, G>,
}

impl<'de, G: Grid> DeserializeSeed<'de> for Field<'_, '_, G> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Partial { snapshot, min, max } = self.partial;
        let slots: &mut [u64] = snapshot.slots.as_mut();
        match FIELDS[self.field] {
            "unit" => deserializer.deserialize_str(Unit(G::UNIT))?,
            "scale" => check_scale(u8::deserialize(deserializer)?, G::SCALE)?,
            "sum" => snapshot.sum = u64::deserialize(deserializer)?,
            "min" => *min = Option::deserialize(deserializer)?,
            "max" => *max = Option::deserialize(deserializer)?,
            "underflow" => slots[0] = u64::deserialize(deserializer)?,
            "overflow" => slots[G::BUCKETS + 1] = u64::deserialize(deserializer)?,
            _ => deserializer.deserialize_seq(Pairs(snapshot))?,
        }
        Ok(())
    }
}

/// The one unit that is right.
struct Unit(&'static str);

impl Visitor<'_> for Unit {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the unit \"{}\"", self.0)
    }

    fn visit_str<E: Error>(self, unit: &str) -> Result<(), E> {
        if unit == self.0 {
            return Ok(());
        }
        Err(E::custom(format_args!(
            "a snapshot in units of \"{unit}\", where \"{}\" is expected",
            self.0
        )))
    }
}

fn check_scale<E: Error>(scale: u8, expected: u8) -> Result<(), E> {
    if scale == expected {
        return Ok(());
    }
    Err(E::custom(format_args!("a snapshot of scale {scale}, where scale {expected} is expected")))
}

/// Puts the buckets into a snapshot that has none.
struct Pairs<'a, G: Grid>(&'a mut Snapshot<G>);

impl<'de, G: Grid> Visitor<'de> for Pairs<'_, G> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pairs of a bucket's key and its count")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<(), A::Error> {
        let mut last: Option<i32> = None;
        while let Some((key, count)) = pairs.next_element::<(i32, u64)>()? {
            if let Some(last) = last.filter(|&last| last >= key) {
                return Err(A::Error::custom(format_args!(
                    "the bucket with key {key} follows that with key {last}: keys must ascend"
                )));
            }
            last = Some(key);
            self.0.slots.as_mut()[slot_of::<G, A::Error>(key, count)?] = count;
        }
        Ok(())
    }
}

/// The slot of a bucket that can have been written.
fn slot_of<G: Grid, E: Error>(key: i32, count: u64) -> Result<usize, E> {
    let keys = G::FIRST_KEY..G::FIRST_KEY + G::BUCKETS as i32;
    if !keys.contains(&key) {
        let (first, last) = (keys.start, keys.end - 1);
        return Err(E::custom(format_args!(
            "a bucket with key {key}, where the grid has {first} to {last}"
        )));
    }
    if count == 0 {
        return Err(E::custom(format_args!(
            "the bucket with key {key} counts 0, where only buckets with 1 or more are listed"
        )));
    }
    let slot = (key - G::FIRST_KEY) as usize + 1;
    if G::lower(slot) > G::upper(slot) {
        return Err(E::custom(format_args!(
            "the bucket with key {key} counts {count}, and no integer lies in it"
        )));
    }
    Ok(slot)
}

/// The extremes lie in the outermost slots that are not empty.
fn check_extremes<G: Grid, E: Error>(
    snapshot: &Snapshot<G>,
    min: Option<u64>,
    max: Option<u64>,
) -> Result<(), E> {
    let first = snapshot.slots().iter().position(|&count| count > 0);
    let last = snapshot.slots().iter().rposition(|&count| count > 0);
    for (name, extreme, slot) in [("minimum", min, first), ("maximum", max, last)] {
        let bounds = slot.map(|slot| G::lower(slot)..=G::upper(slot));
        match (extreme, bounds) {
            (None, None) => {}
            (Some(value), Some(bounds)) if bounds.contains(&value) => {}
            (Some(value), Some(bounds)) => {
                let (lower, upper) = bounds.into_inner();
                return Err(E::custom(format_args!(
                    "the {name} is {value}, where the counts say {lower} to {upper}"
                )));
            }
            (Some(value), None) => {
                return Err(E::custom(format_args!("the {name} is {value}, and all counts are 0")));
            }
            (None, Some(_)) => {
                return Err(E::custom(format_args!("no {name}, and not all counts are 0")));
            }
        }
    }
    match (min, max) {
        (Some(min), Some(max)) if min > max => {
            Err(E::custom(format_args!("the minimum {min} is above the maximum {max}")))
        }
        _ => Ok(()),
    }
}
