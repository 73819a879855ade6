//! The histogram that says whether a snapshot is exact.

use super::*;

type Recorded = Shared<ExactHistogram<Grid>>;

impl Form for ExactHistogram<Grid> {
    const SAYS: bool = true;
    fn build() -> Self {
        Self::new()
    }
    fn record(&self, _: usize, value: u64) -> bool {
        self.record(value);
        true
    }
    fn record_n(&self, _: usize, value: u64, n: u64) -> bool {
        self.record_n(value, n);
        true
    }
    fn snapshot(&self) -> (Snapshot<Grid>, bool) {
        let (snapshot, consistency) = self.snapshot();
        (snapshot, consistency == Consistency::Exact)
    }
    fn snapshot_into(&self, snapshot: &mut Snapshot<Grid>) -> bool {
        self.snapshot_into(snapshot) == Consistency::Exact
    }
}

#[rustfmt::skip]
pairs! {
    Recorded, "exact_", 0;
    record_beside_record = record | record, 3, 18;
    record_beside_record_two = record | record_two, 3, 18;
    record_beside_snapshot = record | snapshot, 3, 34;
    record_beside_snapshot_into = record | snapshot_into, 3, 254;
    record_two_beside_record_two = record_two | record_two, 3, 18;
    record_two_beside_snapshot = record_two | snapshot, 3, 34;
    record_two_beside_snapshot_into = record_two | snapshot_into, 3, 254;
    snapshot_beside_snapshot = snapshot | snapshot, 3, 1;
    snapshot_beside_snapshot_into = snapshot | snapshot_into, 3, 1;
    snapshot_into_beside_snapshot_into = snapshot_into | snapshot_into, 3, 1;
}
