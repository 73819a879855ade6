//! Nor is a pointer, which would come without its provenance.

use bellwether::PlainArray;

static BUFFER: PlainArray<*const u8, 2> = PlainArray::new();

fn main() {
    assert!(!BUFFER.is_closed());
}
