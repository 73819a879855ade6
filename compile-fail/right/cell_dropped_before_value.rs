//! A value does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let cell = OnceCell::with_value(7);
    let value = cell.get();
    assert_eq!(value, Some(&7));
}
