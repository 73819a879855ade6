//! A wait does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<u32>::new();
    let wait = cell.wait();
    drop(wait);
}
