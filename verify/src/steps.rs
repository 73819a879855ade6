//! All steps, in the order in which they run: the cheap ones first.

mod mutants;
mod tests;

use crate::step::Step;

pub(crate) const ALL: &[Step] = &[
    Step {
        name: "tests",
        what: "unit, integration, property, stress and documentation tests",
        quick: false,
        run: tests::run,
    },
    mutants::step("mutants-grid", "a mutant of the grid's arithmetic fails a test"),
    mutants::step("mutants-narrow", "a mutant of what is in words of 32 bits fails a test"),
    mutants::step("mutants-recording", "a mutant of recording fails a test"),
    mutants::step("mutants-log", "a mutant of the replay buffer's arithmetic fails a test"),
    mutants::step("mutants-cell", "a mutant of the cell's states or queue fails a test"),
    mutants::step("mutants-budget", "a mutant of the budgets fails a test"),
    mutants::step("mutants-calls", "a mutant of publishing, receiving or an error fails a test"),
    mutants::step("mutants-metrics", "a mutant of the metrics fails a test"),
];
