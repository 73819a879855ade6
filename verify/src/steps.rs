//! All steps, in the order in which they run: the cheap ones first.

mod orderings;
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
        name: "orderings",
        what: "every ordering, fence, wake-up and order of steps broken in turn: a model notices",
        quick: true,
        run: orderings::run,
    },
];
