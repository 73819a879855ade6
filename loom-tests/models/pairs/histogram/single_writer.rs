//! The histogram with one recorder, which each thread tries to be.

use super::*;

type Recorded = Shared<SingleWriter<Grid>>;

impl Form for SingleWriter<Grid> {
    fn build() -> Self {
        Self::new()
    }
    fn record(&self, _: usize, value: u64) -> bool {
        self.recorder().map(|mut recorder| recorder.record(value)).is_some()
    }
    fn record_n(&self, _: usize, value: u64, n: u64) -> bool {
        self.recorder().map(|mut recorder| recorder.record_n(value, n)).is_some()
    }
    fn snapshot(&self) -> (Snapshot<Grid>, bool) {
        (self.snapshot(), false)
    }
    fn snapshot_into(&self, snapshot: &mut Snapshot<Grid>) -> bool {
        self.snapshot_into(snapshot);
        false
    }
}

#[rustfmt::skip]
pairs! {
    Recorded, "recorder_", 0;
    record_beside_record = record | record, 3, 4;
    record_beside_record_two = record | record_two, 3, 4;
    record_beside_snapshot = record | snapshot, 3, 1;
    record_beside_snapshot_into = record | snapshot_into, 3, 1;
    record_two_beside_record_two = record_two | record_two, 3, 4;
    record_two_beside_snapshot = record_two | snapshot, 3, 1;
    record_two_beside_snapshot_into = record_two | snapshot_into, 3, 1;
    snapshot_beside_snapshot = snapshot | snapshot, 3, 1;
    snapshot_beside_snapshot_into = snapshot | snapshot_into, 3, 1;
    snapshot_into_beside_snapshot_into = snapshot_into | snapshot_into, 3, 1;
}
