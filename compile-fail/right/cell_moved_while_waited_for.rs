//! A cell is not moved while somebody waits for it.

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::<u32>::new();
    let wait = cell.wait();
    let moved = &cell;
    drop(wait);
    assert!(moved.get().is_none());
}
