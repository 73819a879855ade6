//! 64-bit values in 32 bits, in their order: exact below 2²⁷, and with 27
//! significant bits above, so that a maximum or minimum is off by less than one
//! in 10⁷, outwards.

/// The significant bits, less one.
const BITS: u32 = 26;

/// A greater value has a greater code, or the same.
pub(crate) fn word(value: u64) -> u32 {
    let shift = (value | 1 << BITS).ilog2() - BITS;
    (shift << BITS) + (value >> shift) as u32
}

/// The least value that has this code. `u64::MAX` for codes that none has.
pub(crate) fn least(word: u32) -> u64 {
    let shift = (word >> BITS).saturating_sub(1);
    if shift > 63 - BITS {
        return u64::MAX;
    }
    u64::from(word - (shift << BITS)) << shift
}

/// The greatest value that has this code.
pub(crate) fn greatest(word: u32) -> u64 {
    let shift = (word >> BITS).saturating_sub(1);
    least(word) + ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_every_value_narrowly_and_in_order() {
        let mut last = 0;
        for exponent in 0..64 {
            let power = 1_u64 << exponent;
            for value in [power - 1, power, power + 1, power + power / 3, power - 1 + power] {
                let code = word(value);
                assert!(least(code) <= value && value <= greatest(code), "{value}");
                assert!(greatest(code) - least(code) <= value >> BITS, "{value}");
                assert!(value < 1 << 27 || code >= last);
                last = last.max(code);
            }
        }
        assert_eq!(least(!0), u64::MAX);
        assert_eq!(greatest(word(u64::MAX)), u64::MAX);
        assert_eq!(greatest(0), 0);
    }
}
