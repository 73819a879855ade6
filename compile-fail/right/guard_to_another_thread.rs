//! Who leads elsewhere puts a value there into the cell of here.

use std::sync::Mutex as Mutable;

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<Mutable<u8>>::new();
    drop(compile_fail::to_thread(cell.try_lead()));
}
