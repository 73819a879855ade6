//! Scales go from 0 to 7.

use bellwether::{Histogram, Nanos};

static LATENCY: Histogram<Nanos<7>> = Histogram::new();

fn main() {
    LATENCY.record(1);
}
