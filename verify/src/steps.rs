//! All steps, in the order in which they run: the cheap ones first.

mod models;
mod tests;

use crate::step::Step;

pub(crate) const ALL: &[Step] = &[
    Step {
        name: "tests",
        what: "unit, integration, property, stress and documentation tests",
        quick: false,
        run: tests::run,
    },
    Step {
        name: "models",
        what: "every loom model as far as it goes, and weak compare-exchanges that fail",
        quick: false,
        run: models::run,
    },
];
