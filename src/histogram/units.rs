//! Values for humans: three digits unless asked for more, and a unit. Integers only.

use core::fmt;

const UNITS: [(u128, &str); 4] =
    [(1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")];

/// Nanoseconds: `870 ns`, `1.25 ms`, `4096 s`. With the formatter's precision as
/// the number of digits: `{:.4}` gives `1.250 ms`.
pub(crate) fn duration(nanos: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let most = f.precision().unwrap_or(3).clamp(1, 10) as u32;
    let nanos = u128::from(nanos);
    if nanos < 1_000 {
        return write!(f, "{nanos} ns");
    }
    for (unit, name) in &UNITS[1..] {
        // As many decimals as leave that many digits, after rounding; none that
        // are below a nanosecond.
        for decimals in (0..most.min(unit.ilog10() + 1)).rev() {
            let power = 10_u128.pow(decimals);
            let digits = (nanos * power + unit / 2) / unit;
            if digits < 1_000 * power && (digits < 10_u128.pow(most) || decimals == 0) {
                write!(f, "{}", digits / power)?;
                if decimals > 0 {
                    write!(f, ".{:01$}", digits % power, decimals as usize)?;
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
