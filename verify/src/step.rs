//! What a step is. To add one: a file in `steps/` with a function like this, and a
//! line in `steps.rs`.
//!
//! ```text
//! pub(crate) fn run(run: &mut Run) -> Result<(), String> {
//!     let mut command = run.cargo(["run", "-p", "loom-tests", "--bin", "full"]);
//!     if !run.full() {
//!         command.arg("--quick");
//!     }
//!     run.execute(&mut command)?;                    // lines `figure executions 123` are taken over
//!     run.goal("executions", AtLeast(10_000_000.0)); // missing or missed: the step fails
//!     run.note("Bounded to 5 preemptions.");         // for the page: limits, what was not run
//!     Ok(())
//! }
//! ```

use crate::run::Run;

/// One technique.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// What it shows, for readers.
    pub(crate) what: &'static str,
    /// Whether it has a quick form, which CI runs.
    pub(crate) quick: bool,
    /// An error says why it failed; it is printed and kept.
    pub(crate) run: fn(&mut Run) -> Result<(), String>,
}
