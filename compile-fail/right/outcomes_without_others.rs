//! There may be more outcomes one day.

use bellwether::{InitOutcome, OnceCell, hooks::OnInitEnd};

fn main() {
    let report = |outcome, _| match outcome {
        InitOutcome::Ok | InitOutcome::Failed => {}
        _ => {}
    };
    let cell: OnceCell<u32, _> = OnceCell::with_hooks(OnInitEnd(report));
    assert!(cell.set(1).is_ok());
}
