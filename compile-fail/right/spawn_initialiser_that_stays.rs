//! What is spawned moves between threads, and its initialiser with it.

use std::future::ready;
use std::sync::Arc as Shared;

use bellwether::OnceCell;

static CELL: OnceCell<u32> = OnceCell::new();

fn main() {
    let shared = Shared::new(7);
    compile_fail::spawn(CELL.get_or_init(move || ready(*shared)));
}
