//! A value that is lent is not taken.

use bellwether::OnceCell;

fn main() {
    let mut cell = OnceCell::with_value(String::from("lent"));
    let value = cell.get();
    let taken = cell.take();
    assert_eq!(value.is_some(), taken.is_some());
}
