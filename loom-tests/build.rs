//! Compiles `../src` with its atomics taken from loom. No flag is needed, and a
//! user of `bellwether` never sees loom in a lockfile.
fn main() {
    println!("cargo::rustc-cfg=bellwether_loom");
    println!("cargo::rerun-if-changed=build.rs");
}
