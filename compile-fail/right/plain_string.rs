//! Nor is what owns memory.

use bellwether::PlainArray;

static BUFFER: PlainArray<[u8; 6], 2> = PlainArray::new();

fn main() {
    assert!(!BUFFER.is_closed());
}
