//! So has an array of plain events.

use bellwether::PlainArray;

static BUFFER: PlainArray<u8, 1> = PlainArray::new();

fn main() {
    assert!(!BUFFER.is_closed());
}
