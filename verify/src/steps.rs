//! All steps, in the order in which they run: the cheap ones first.

mod matrices;
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
        name: "matrices",
        what: "every future dropped at every moment, every callback panicking at every call",
        quick: true,
        run: matrices::run,
    },
];
