//! Compiles `../src` with its atomics taken from shuttle. No flag is needed, and a
//! user of `bellwether` never sees shuttle in a lockfile.
fn main() {
    println!("cargo::rustc-cfg=bellwether_shuttle");
    println!("cargo::rustc-cfg=bellwether_modelled");
    // Features of the library that make no difference to a schedule.
    println!(
        r#"cargo::rustc-check-cfg=cfg(feature, values("critical-section", "futures-core", "portable-atomic", "serde"))"#
    );
    println!("cargo::rerun-if-changed=build.rs");
}
