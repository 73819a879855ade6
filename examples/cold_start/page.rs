//! An exporter: all metrics of a slice in the text format of Prometheus.
//!
//! This is what a service would answer to `GET /metrics`. Nothing is registered; the
//! values are those of this moment.

use core::fmt::{self, Write as _};
use std::collections::BTreeMap;

use bellwether::Metrics;
use bellwether::metrics::{Distribution, Exporter, Metric, Unit};

/// The bounds to show, in powers of two of the unit: 2⁻²⁰ s, about a microsecond, to
/// 64 s; or 1 to 2²⁰. The grid has them all, so that this loses no exactness.
fn is_shown(unit: Unit, key: i32, scale: u8) -> bool {
    let octaves = if unit == Unit::Nanos { -20..=6 } else { 0..=20 };
    key % (1 << scale) == 0 && octaves.contains(&(key >> scale))
}

/// The page, by its `Display`.
pub(crate) struct Page<'a>(pub(crate) &'a [&'a dyn Metrics]);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut families = Families::default();
        self.0.iter().for_each(|metrics| metrics.export(&mut families));
        families.0.values().try_for_each(|family| f.write_str(family))
    }
}

/// A metric of one name must stand together, whatever set it is of.
#[derive(Default)]
struct Families(BTreeMap<&'static str, String>);

impl Families {
    fn family(&mut self, metric: &Metric, kind: &str) -> &mut String {
        self.0.entry(metric.name).or_insert_with(|| {
            format!("# HELP {0} {1}\n# TYPE {0} {kind}\n", metric.name, metric.help)
        })
    }

    fn line(&mut self, metric: &Metric, kind: &str, suffix: &str, more: &str, value: &str) {
        let mut labels = format!("name=\"{}\",primitive=\"{}\"", metric.of, metric.primitive);
        if let Some((label, value)) = metric.label {
            // Writing to a string cannot fail.
            let _ = write!(labels, ",{label}=\"{value}\"");
        }
        let name = metric.name;
        let _ = writeln!(self.family(metric, kind), "{name}{suffix}{{{labels}{more}}} {value}");
    }
}

fn number(unit: Unit, value: u64) -> String {
    match unit {
        Unit::Nanos => format!("{}.{:09}", value / 1_000_000_000, value % 1_000_000_000),
        Unit::Count => value.to_string(),
    }
}

impl Exporter for Families {
    fn counter(&mut self, metric: &Metric, total: u64) {
        self.line(metric, "counter", "", "", &number(metric.unit, total));
    }

    fn gauge(&mut self, metric: &Metric, value: u64) {
        self.line(metric, "gauge", "", "", &number(metric.unit, value));
    }

    fn histogram(&mut self, metric: &Metric, values: &dyn Distribution) {
        let mut counted = values.underflow();
        values.each_bucket(&mut |bucket| {
            counted += bucket.count;
            if is_shown(metric.unit, bucket.key, values.scale()) {
                let le = format!(",le=\"{}\"", number(metric.unit, bucket.upper));
                self.line(metric, "histogram", "_bucket", &le, &counted.to_string());
            }
        });
        let count = values.count().to_string();
        self.line(metric, "histogram", "_bucket", ",le=\"+Inf\"", &count);
        self.line(metric, "histogram", "_sum", "", &number(metric.unit, values.sum()));
        self.line(metric, "histogram", "_count", "", &count);
    }
}
