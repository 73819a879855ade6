//! The stress programs under ThreadSanitizer, AddressSanitizer, LeakSanitizer and
//! memcheck: see `stress/src/bin/sanitize.rs`.

use crate::run::{Goal::AtLeast, Goal::Exactly, Run};

pub(crate) fn run(run: &mut Run) -> Result<(), String> {
    // First what the programs do without a sanitizer.
    run.execute(&mut run.cargo(["test", "--locked", "-p", "stress"]))?;
    let mut sanitize = run.cargo(["run", "--locked", "-p", "stress", "--bin", "sanitize"]);
    if run.full() {
        run.tool("valgrind", run.command("valgrind").arg("--version"))?;
    } else {
        sanitize.args(["--", "--quick"]);
    }
    run.execute(&mut sanitize)?;
    run.goal("suppressions", Exactly(0.0));
    run.goal("seeds_reported", AtLeast(if run.full() { 9.0 } else { 2.0 }));
    run.note("The precompiled `std` is not built with a sanitizer.");
    run.note(
        "ThreadSanitizer does not understand fences. The buffers that come and go in a budget \
         are not run under it: the last owner of an `Arc` frees it after a fence, and is \
         reported. The library's own fences order atomics only, of which nothing is reported.",
    );
    Ok(())
}
