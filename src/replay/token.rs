//! Where a subscriber was, in a form that survives a reconnect.

use core::fmt;
use core::str::FromStr;

/// Where a subscriber is: after the event `seq` of the buffer with this epoch.
///
/// Its text is short, and made of hexadecimal digits and a dot, so that it may stand in
/// a header or a URL.
///
/// ```
/// use bellwether::Token;
///
/// let token = Token { epoch: 10, seq: 255 };
/// assert_eq!(token.to_string(), "a.ff");
/// assert_eq!("a.ff".parse(), Ok(token));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// Of which buffer: see [`Builder::epoch`](crate::ReplayBuilder::epoch).
    pub epoch: u64,
    /// The sequence number of the last event that is done with; 0 before the first.
    pub seq: u64,
}

/// The text is not that of a [`Token`].
///
/// ```
/// use bellwether::{Token, TokenError};
///
/// assert_eq!("17".parse::<Token>(), Err(TokenError::NoDot));
/// assert_eq!("17.".parse::<Token>(), Err(TokenError::NotANumber { at: 3 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no dot between the epoch and the sequence number.
    NoDot,
    /// No hexadecimal number below 2⁶⁴ begins at this byte.
    NotANumber {
        /// Counted from 0.
        at: usize,
    },
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.epoch, self.seq)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let dot = text.find('.').ok_or(TokenError::NoDot)?;
        let number = |from: usize, to: usize| {
            let digits = &text[from..to];
            // `from_str_radix` takes a sign.
            if digits.starts_with('+') {
                return Err(TokenError::NotANumber { at: from });
            }
            u64::from_str_radix(digits, 16).map_err(|_| TokenError::NotANumber { at: from })
        };
        Ok(Self { epoch: number(0, dot)?, seq: number(dot + 1, text.len())? })
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDot => f.write_str("a token is two hexadecimal numbers with a dot between"),
            Self::NotANumber { at } => {
                write!(f, "a token has a hexadecimal number below 2^64 at byte {at}")
            }
        }
    }
}

impl core::error::Error for TokenError {}
