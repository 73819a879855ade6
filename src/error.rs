//! Errors. Each gives back what it was given, and says what to do next.

use core::fmt;

/// [`OnceCell::set`](crate::OnceCell::set) did not take the value: here it is.
///
/// ```
/// use bellwether::{OnceCell, SetError};
///
/// let cell = OnceCell::with_value("first".to_string());
/// let error = cell.set("second".to_string()).unwrap_err();
/// assert!(matches!(error, SetError::AlreadySet(_)));
/// assert_eq!(error.into_inner(), "second");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError<T> {
    /// The cell has a value: use [`get`](crate::OnceCell::get).
    AlreadySet(T),
    /// An initialiser runs: [`wait`](crate::OnceCell::wait) for it, or try again
    /// if it may fail.
    Initializing(T),
}

impl<T> SetError<T> {
    /// The value that was not taken.
    ///
    /// ```
    /// use bellwether::SetError;
    ///
    /// assert_eq!(SetError::Initializing("mine").into_inner(), "mine");
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::AlreadySet(value) | Self::Initializing(value) => value,
        }
    }
}

/// Without the value, so that any `T` can be unwrapped.
impl<T> fmt::Debug for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadySet(_) => "AlreadySet(..)",
            Self::Initializing(_) => "Initializing(..)",
        })
    }
}

impl<T> fmt::Display for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadySet(_) => "the cell already has a value: use `get`",
            Self::Initializing(_) => {
                "the cell is being initialised by somebody else: `wait` for it, or try again later"
            }
        })
    }
}

impl<T> core::error::Error for SetError<T> {}
