//! Every future dropped, begun anew or moved at every moment, every callback panicking at
//! every call: `tests/matrix/`. A scan of the sources there fails when a future or a
//! callback of the API is not among them. The full form tries more orders of the tasks, and
//! pairs of cancellations and of panics in all programs, in a release build.

use crate::run::{Goal::AtLeast, Run};

/// Figures, and what they must be at least: in the quick form, in the full one.
const GOALS: [(&str, f64, f64); 8] = [
    ("matrix-futures", 9.0, 9.0),
    ("matrix-callbacks", 88.0, 88.0),
    ("cancel-cases", 40_000.0, 130_000.0),
    ("cancel-moments", 100.0, 100.0),
    ("cancel-pairs", 10_000.0, 500_000.0),
    ("panic-cases", 25_000.0, 500_000.0),
    ("panic-callbacks", 40.0, 40.0),
    ("panic-pairs", 15_000.0, 100_000.0),
];

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    let mut tests = run.cargo(["test", "-p", "bellwether", "--all-features", "--test", "matrix"]);
    if run.full() {
        tests.arg("--release").env("MATRIX", "full");
    }
    tests.args(["--", "--nocapture"]);
    run.execute(&mut tests)?;
    for (name, quick, full) in GOALS {
        run.goal(name, AtLeast(if run.full() { full } else { quick }));
    }
    run.note(
        "One thread, a poll at a time: interleavings within a poll are the models' matter. \
         A panic while another unwinds is tried where the library drops or calls, not where \
         a program's own frames do.",
    );
    Ok(())
}
