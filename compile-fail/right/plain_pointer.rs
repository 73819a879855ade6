//! Nor is a pointer, which would come without its provenance.

use bellwether::PlainArray;

static BUFFER: PlainArray<usize, 2> = PlainArray::new();

fn main() {
    assert!(!BUFFER.is_closed());
}
