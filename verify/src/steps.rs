//! All steps, in the order in which they run: the cheap ones first.

mod linearizability;
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
        name: "linearizability",
        what: "generated histories of cell, buffer and histogram have an order",
        quick: false,
        run: linearizability::run,
    },
];
