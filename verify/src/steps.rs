//! All steps, in the order in which they run: the cheap ones first.

mod machines;
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
        name: "msrv",
        what: "the library's tests, compiled by the oldest Rust that it supports",
        quick: false,
        run: machines::msrv,
    },
    Step {
        name: "aarch64",
        what: "the library's tests on emulated 64-bit Arm",
        quick: false,
        run: machines::aarch64,
    },
    Step {
        name: "i686",
        what: "the library's tests with 32-bit pointers",
        quick: false,
        run: machines::i686,
    },
    Step {
        name: "firmware",
        what: "main loop and interrupts on emulated Cortex-M4 and M0; flash and RAM",
        quick: true,
        run: machines::firmware,
    },
    Step {
        name: "wasm",
        what: "cell, replay buffer and histogram as WebAssembly, in Node",
        quick: false,
        run: machines::wasm,
    },
    Step {
        name: "targets",
        what: "builds for RISC-V with and without compare-and-swap, wasm32, bare aarch64",
        quick: false,
        run: machines::targets,
    },
];
