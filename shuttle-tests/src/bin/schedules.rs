//! Runs schedules.
fn main() {}
