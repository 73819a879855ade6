//! A value set on one thread may be dropped on another.

use std::sync::MutexGuard;

use bellwether::OnceCell;

static CELL: OnceCell<MutexGuard<'static, u8>> = OnceCell::new();

fn main() {
    assert!(CELL.get().is_none());
}
