//! A wait does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let wait = OnceCell::<u32>::new().wait();
    drop(wait);
}
