//! Who waits for a value on another thread reads it there.

use std::cell::Cell as Mutable;

use bellwether::OnceCell;

fn main() {
    let cell: &'static OnceCell<Mutable<u32>> = Box::leak(Box::new(OnceCell::new()));
    compile_fail::spawn(async { _ = cell.wait().await });
}
