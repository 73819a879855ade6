//! An array has room for an event.

use bellwether::ReplayArray;

static BUFFER: ReplayArray<u8, 1> = ReplayArray::new();

fn main() {
    assert!(!BUFFER.is_closed());
}
