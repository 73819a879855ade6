//! The buffer with one producer, whom each publisher tries to be: an event is given
//! back if somebody else is.

use bellwether_loom::{Producer, PublishError, ReplayBuffer, ReplayStats, SingleProducer, Token};

use super::*;

type Only = SingleProducer<ReplayBuffer<u64>>;

impl Form for Arc<Only> {
    const FULL: u64 = 2;
    fn build() -> Self {
        Self::new(SingleProducer::new(ReplayBuffer::builder().capacity(2).build().unwrap()))
    }
    fn publish(&self, event: u64) -> Result<u64, PublishError<u64>> {
        match Producer::new(self.clone()) {
            Some(mut producer) => producer.publish(event),
            None => Err(PublishError::Busy(event)),
        }
    }
    fn publish_all(&self, events: [u64; 2]) -> Result<usize, PublishError<Vec<u64>>> {
        match Producer::new(self.clone()) {
            Some(mut producer) => producer.publish_all(events),
            None => Err(PublishError::Busy(events.to_vec())),
        }
    }
    /// Until the producer's place is free.
    fn close(&self) -> bool {
        loop {
            if let Some(mut producer) = Producer::new(self.clone()) {
                return producer.close();
            }
            loom::thread::yield_now();
        }
    }
    fn stats(&self) -> ReplayStats {
        SingleProducer::stats(self)
    }
    fn token(&self) -> Token {
        SingleProducer::token(self)
    }
}

type Subscribed = Shared<Arc<Only>>;

#[rustfmt::skip]
pairs! {
    Subscribed, "single_", 110;
    publish_beside_publish = publish | publish, 2, 10;
    publish_beside_batch = publish | batch, 2, 10;
    publish_beside_join_latest = publish | join_latest, 2, 89;
    publish_beside_read = publish | read, 2, 132;
    publish_beside_lend = publish | lend, 2, 53;
    publish_beside_account = publish | account, 2, 485;
    publish_beside_close = publish | close, 2, 10;
    publish_beside_give_up = publish | give_up, 2, 59;
    batch_beside_batch = batch | batch, 2, 10;
    batch_beside_join_latest = batch | join_latest, 2, 122;
    batch_beside_read = batch | read, 2, 152;
    batch_beside_lend = batch | lend, 2, 80;
    batch_beside_account = batch | account, 2, 485;
    batch_beside_close = batch | close, 2, 6;
    batch_beside_give_up = batch | give_up, 2, 87;
    join_latest_beside_join_latest = join_latest | join_latest, 2, 11;
    join_latest_beside_read = join_latest | read, 2, 4;
    join_latest_beside_lend = join_latest | lend, 2, 4;
    join_latest_beside_account = join_latest | account, 2, 13;
    join_latest_beside_close = join_latest | close, 2, 5;
    join_latest_beside_give_up = join_latest | give_up, 2, 1;
    read_beside_read = read | read, 2, 10;
    read_beside_lend = read | lend, 2, 10;
    read_beside_account = read | account, 2, 1;
    read_beside_close = read | close, 2, 3;
    read_beside_give_up = read | give_up, 2, 1;
    lend_beside_lend = lend | lend, 2, 10;
    lend_beside_account = lend | account, 2, 1;
    lend_beside_close = lend | close, 2, 1;
    lend_beside_give_up = lend | give_up, 2, 1;
    account_beside_account = account | account, 2, 1;
    account_beside_close = account | close, 2, 5;
    account_beside_give_up = account | give_up, 2, 1;
    close_beside_close = close | close, 2, 17;
    close_beside_give_up = close | give_up, 2, 53;
    give_up_beside_give_up = give_up | give_up, 2, 17;
    wait_beside_publish = wait | publish close, 2, 50;
    wait_beside_batch = wait | batch close, 2, 39;
    wait_beside_join_latest = wait | join_latest close, 2, 16;
    wait_beside_read = wait | read close, 2, 16;
    wait_beside_lend = wait | lend close, 2, 16;
    wait_beside_account = wait | account close, 2, 16;
    wait_beside_close = wait | close, 2, 16;
    wait_beside_give_up = wait | give_up close, 2, 43;
    wait_beside_wait = ring | ring | close, 1, 45;
}
