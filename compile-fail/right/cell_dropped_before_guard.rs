//! A guard does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<u32>::new();
    let guard = cell.try_lead();
    drop(guard);
}
