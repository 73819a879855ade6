//! Events are received on every thread that has the buffer.

use std::sync::Arc;
use std::sync::Arc as Shared;

use bellwether::ReplayBuffer;

fn main() {
    let buffer = ReplayBuffer::<Shared<u8>>::builder().capacity(2).build().unwrap();
    drop(compile_fail::to_thread(Arc::new(buffer)));
}
