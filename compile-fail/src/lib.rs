//! What the programs in `wrong/` and `right/` have in common; see `tests/pairs.rs`.

use std::thread;

/// As executors with many threads ask for.
pub fn spawn(_: impl Future + Send + 'static) {}

/// Moves a value to another thread, and back.
///
/// # Panics
///
/// If the thread does.
pub fn to_thread<T: Send>(value: T) -> T {
    thread::scope(|scope| scope.spawn(move || value).join()).expect("it does nothing")
}
