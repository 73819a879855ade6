//! Nothing is evicted for a publication that is refused.

#![cfg(feature = "std")]

use bellwether::ReplayBuffer;
use std::sync::{Arc, OnceLock, Weak};

static BUFFER: OnceLock<Weak<ReplayBuffer<Closes>>> = OnceLock::new();

struct Closes(bool);

impl Drop for Closes {
    fn drop(&mut self) {
        if self.0 {
            if let Some(buffer) = BUFFER.get().and_then(Weak::upgrade) {
                buffer.close();
            }
        }
    }
}

#[test]
fn a_refused_publication_evicts_nothing() {
    let buffer = Arc::new(ReplayBuffer::builder().capacity(112).max_bytes(112).build().unwrap());
    BUFFER.set(Arc::downgrade(&buffer)).unwrap();
    for n in 0..112 {
        assert!(buffer.publish_sized(Closes(n == 0), 1).is_ok());
    }
    // Evicts all, in one step with being published; one of them then closes the buffer.
    assert_eq!(buffer.publish_sized(Closes(false), 112).unwrap(), 113);
    let stats = buffer.stats();
    assert_eq!((stats.published, stats.len, stats.bytes, stats.closed), (113, 1, 112, true));
    assert!(buffer.publish_sized(Closes(false), 1).is_err());
    assert_eq!(buffer.stats().len, 1, "nothing went for it");
}
