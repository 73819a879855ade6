//! All steps, in the order in which they run: the cheap ones first.

mod coverage;
mod sanitizers;
mod tests;

use crate::step::Step;

pub(crate) const ALL: &[Step] = &[
    Step {
        name: "sanitizers",
        what: "stress programs under ThreadSanitizer, AddressSanitizer, LeakSanitizer, memcheck",
        quick: true,
        run: sanitizers::run,
    },
    Step {
        name: "tests",
        what: "unit, integration, property, stress and documentation tests",
        quick: false,
        run: tests::run,
    },
    Step {
        name: "coverage",
        what: "regions of the library's sources that its tests run",
        quick: false,
        run: coverage::run,
    },
];
