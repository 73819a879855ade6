//! Values for humans: three digits, and a unit. Integers only.

use core::fmt;

const UNITS: [(u128, &str); 4] =
    [(1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")];

/// Nanoseconds: `870 ns`, `1.25 ms`, `4096 s`.
pub(crate) fn duration(nanos: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let nanos = u128::from(nanos);
    if nanos < 1_000 {
        return write!(f, "{nanos} ns");
    }
    for (unit, name) in &UNITS[1..] {
        // As many decimals as leave three digits, after rounding.
        for (decimals, power) in [(2, 100), (1, 10), (0, 1)] {
            let digits = (nanos * power + unit / 2) / unit;
            if digits < 1_000 {
                write!(f, "{}", digits / power)?;
                if decimals > 0 {
                    write!(f, ".{:0decimals$}", digits % power)?;
                }
                return write!(f, " {name}");
            }
        }
    }
    write!(f, "{} s", (nanos + 500_000_000) / 1_000_000_000)
}

/// As it is.
pub(crate) fn plain(value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{value}")
}
