//! Says where flash and RAM are, on the machine that a target stands for.

use std::path::Path;
use std::{env, fs};

/// BBC micro:bit, an nRF51822 with a Cortex-M0.
const MICROBIT: &str = "
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM : ORIGIN = 0x20000000, LENGTH = 16K
";

/// Arm MPS2+ with the image AN386, a Cortex-M4.
const MPS2_AN386: &str = "
    FLASH : ORIGIN = 0x00000000, LENGTH = 4M
    RAM : ORIGIN = 0x20000000, LENGTH = 4M
";

fn main() {
    let target = env::var("TARGET").unwrap();
    let memory = match target.as_str() {
        "thumbv6m-none-eabi" => MICROBIT,
        "thumbv7em-none-eabi" => MPS2_AN386,
        other => panic!("there is no machine for {other}"),
    };
    let out = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&out).join("memory.x"), format!("MEMORY {{{memory}}}\n")).unwrap();
    println!("cargo::rustc-link-search={out}");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
