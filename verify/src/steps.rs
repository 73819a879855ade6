//! All steps, in the order in which they run: the cheap ones first.

mod api;
mod auto_traits;
mod compile_fail;
mod coverage;
mod dependencies;
mod features;
mod linearizability;
mod machines;
mod matrices;
mod models;
mod mutants;
mod orderings;
mod sanitizers;
mod spelling;
mod tests;
mod workflows;

use crate::step::Step;

pub(crate) const ALL: &[Step] = &[
    Step {
        name: "spelling",
        what: "the spelling of sources and prose",
        quick: true,
        run: spelling::run,
    },
    Step {
        name: "workflows",
        what: "the public CI's workflows, and the scripts, linted",
        quick: false,
        run: workflows::run,
    },
    Step {
        name: "dependencies",
        what: "licences and sources of all dependencies",
        quick: false,
        run: dependencies::run,
    },
    Step {
        name: "auto-traits",
        what: "Send, Sync, Unpin and unwind safety of every public type, for six kinds of payload",
        quick: true,
        run: auto_traits::run,
    },
    Step {
        name: "api",
        what: "the public API as committed, feature by feature; its documentation; semantic versioning",
        quick: true,
        run: api::run,
    },
    Step {
        name: "features",
        what: "every set of features, without a warning",
        quick: false,
        run: features::run,
    },
    Step {
        name: "compile-fail",
        what: "programs that must not compile, each beside one that must",
        quick: true,
        run: compile_fail::run,
    },
    Step {
        name: "orderings",
        what: "every ordering, fence, wake-up and order of steps broken in turn: a model notices",
        quick: false,
        run: orderings::run,
    },
    Step {
        name: "matrices",
        what: "every future dropped at every moment, every callback panicking at every call",
        quick: false,
        run: matrices::run,
    },
    Step {
        name: "linearizability",
        what: "generated histories of cell, buffer and histogram have an order",
        quick: false,
        run: linearizability::run,
    },
    Step {
        name: "sanitizers",
        what: "stress programs under ThreadSanitizer, AddressSanitizer, LeakSanitizer, memcheck",
        quick: true,
        run: sanitizers::run,
    },
    Step {
        name: "firmware",
        what: "main loop and interrupts on emulated Cortex-M4 and M0; flash and RAM",
        quick: true,
        run: machines::firmware,
    },
    Step {
        name: "msrv",
        what: "the library's tests, compiled by the oldest Rust that it supports",
        quick: false,
        run: machines::msrv,
    },
    Step {
        name: "targets",
        what: "builds for RISC-V with and without compare-and-swap, wasm32, bare aarch64",
        quick: false,
        run: machines::targets,
    },
    Step {
        name: "wasm",
        what: "cell, replay buffer and histogram as WebAssembly, in Node",
        quick: false,
        run: machines::wasm,
    },
    Step {
        name: "i686",
        what: "the library's tests with 32-bit pointers",
        quick: false,
        run: machines::i686,
    },
    Step {
        name: "aarch64",
        what: "the library's tests on emulated 64-bit Arm",
        quick: false,
        run: machines::aarch64,
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
    Step {
        name: "models",
        what: "every loom model as far as it goes, and weak compare-exchanges that fail",
        quick: false,
        run: models::run,
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
