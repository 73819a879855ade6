//! The ready-made metrics: what hooks tell them, and what readers are shown.

pub(crate) mod once;
pub(crate) mod replay;
