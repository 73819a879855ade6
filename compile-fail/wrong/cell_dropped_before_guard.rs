//! A guard does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let guard = OnceCell::<u32>::new().try_lead();
    drop(guard);
}
