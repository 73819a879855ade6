//! A value does not outlive its cell.

use bellwether::OnceCell;

fn main() {
    let value = OnceCell::with_value(7).get();
    assert_eq!(value, Some(&7));
}
