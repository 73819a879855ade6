//! Compiles `../src` with its atomics taken from loom. No flag is needed, and a
//! user of `bellwether` never sees loom in a lockfile.
fn main() {
    println!("cargo::rustc-cfg=bellwether_loom");
    println!("cargo::rustc-cfg=bellwether_modelled");
    // Features of the library that make no difference to a model.
    println!(
        r#"cargo::rustc-check-cfg=cfg(feature, values("critical-section", "futures-core", "portable-atomic", "serde"))"#
    );
    println!("cargo::rerun-if-changed=build.rs");
}
