//! Events are received on every thread that has the buffer.

use std::rc::Rc as Shared;
use std::sync::Arc;

use bellwether::ReplayBuffer;

fn main() {
    let buffer = ReplayBuffer::<Shared<u8>>::builder().capacity(2).build().unwrap();
    drop(compile_fail::to_thread(Arc::new(buffer)));
}
