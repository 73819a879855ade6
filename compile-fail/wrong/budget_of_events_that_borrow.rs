//! A budget drops the events of any buffer, at any time.

use bellwether::{Budget, ReplayBuffer};

fn main() {
    let text = String::from("borrowed");
    let budget = Budget::new(100).unwrap();
    let buffer = ReplayBuffer::builder().capacity(2).budget(&budget).build().unwrap();
    buffer.publish(text.as_str()).unwrap();
    drop(text);
}
