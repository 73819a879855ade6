//! All steps, in the order in which they run: the cheap ones first.

mod tests;

use crate::step::Step;

pub(crate) const ALL: &[Step] = &[Step {
    name: "tests",
    what: "unit, integration, property, stress and documentation tests",
    quick: false,
    run: tests::run,
}];
