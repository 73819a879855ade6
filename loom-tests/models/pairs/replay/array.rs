//! The buffer without an allocator, of one event that is dropped, and a spare slot.

use bellwether_loom::replay::Inline;
use bellwether_loom::{Replay, ReplayArray};

use super::super::super::replay::events::Marked;
use super::*;

impl Built for Inline<Marked, 2, 1> {
    const FULL: u64 = 2;
    fn build() -> Replay<Self> {
        ReplayArray::new()
    }
}

type Subscribed = Shared<Arc<Replay<Inline<Marked, 2, 1>>>>;

#[rustfmt::skip]
pairs! {
    Subscribed, "array_", 125;
    publish_beside_publish = publish | publish, 2, 4;
    publish_beside_batch = publish | batch, 2, 13;
    publish_beside_join_oldest = publish | join_oldest, 2, 102;
    publish_beside_read = publish | read, 2, 105;
    publish_beside_lend = publish | lend, 2, 45;
    publish_beside_close = publish | close, 2, 13;
    publish_beside_give_up = publish | give_up, 2, 33;
    batch_beside_batch = batch | batch, 2, 15;
    batch_beside_join_oldest = batch | join_oldest, 2, 106;
    batch_beside_read = batch | read, 2, 103;
    batch_beside_lend = batch | lend, 2, 52;
    batch_beside_close = batch | close, 2, 7;
    batch_beside_give_up = batch | give_up, 2, 43;
    join_oldest_beside_join_oldest = join_oldest | join_oldest, 2, 45;
    join_oldest_beside_read = join_oldest | read, 2, 4;
    join_oldest_beside_lend = join_oldest | lend, 2, 4;
    join_oldest_beside_close = join_oldest | close, 2, 22;
    join_oldest_beside_give_up = join_oldest | give_up, 2, 13;
    read_beside_read = read | read, 2, 10;
    read_beside_lend = read | lend, 2, 10;
    read_beside_close = read | close, 2, 3;
    read_beside_give_up = read | give_up, 2, 1;
    lend_beside_lend = lend | lend, 2, 10;
    lend_beside_close = lend | close, 2, 1;
    lend_beside_give_up = lend | give_up, 2, 1;
    close_beside_close = close | close, 2, 17;
    close_beside_give_up = close | give_up, 2, 44;
    give_up_beside_give_up = give_up | give_up, 2, 17;
    wait_beside_publish = wait | publish close, 2, 111;
    wait_beside_batch = wait | batch close, 2, 178;
    wait_beside_join_oldest = wait | join_oldest close, 2, 63;
    wait_beside_read = wait | read close, 2, 34;
    wait_beside_lend = wait | lend close, 2, 34;
    wait_beside_close = wait | close, 2, 34;
    wait_beside_give_up = wait | give_up close, 2, 118;
    wait_beside_wait = ring | ring | close, 1, 82;
}
