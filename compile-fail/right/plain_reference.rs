//! A reference is no plain event: one could be made of any word.

use bellwether::ReplayBuffer;

fn main() {
    let builder = ReplayBuffer::<u8>::builder();
    drop(builder.capacity(2).build_plain().unwrap());
}
