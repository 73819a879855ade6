//! Every loom model as far as it goes, against what was found before, and each weak
//! compare-exchange of each failing in turn. `cargo test` has the bounded form.

use core::time::Duration;

use crate::machine::root;
use crate::run::{Goal::AtLeast, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    run.limit(Duration::from_secs(3 * 3_600));
    let mut full = run.cargo(["run", "-p", "loom-tests", "-F", "full", "--bin", "full"]);
    if !root().join("loom-tests/full.tsv").exists() {
        full.args(["--", "--record"]);
        run.note("nothing was known before: what this run found is the floor of the next");
    }
    let text = run.execute(&mut full)?;
    run.goal("models", AtLeast(100.0));
    run.goal("executions", AtLeast(10e6));
    run.goal("weak-indices", AtLeast(100.0));
    let capped = text.lines().filter(|line| line.starts_with("not complete: ")).count();
    run.note(format!("{capped} models have more executions than were explored, with all or five preemptions; `cargo test` explores these to the end with fewer"));
    run.note("loom treats SeqCst accesses as AcqRel, explores no load buffering, at most 5 threads, and remembers 7 stores of an atomic");
    Ok(())
}
