//! A cell in a `static` lends its value to all threads.

use std::cell::Cell as Mutable;

use bellwether::OnceCell;

static CELL: OnceCell<Mutable<u32>> = OnceCell::new();

fn main() {
    assert!(CELL.get().is_none());
}
