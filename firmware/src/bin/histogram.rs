//! Measured: as `empty`, with a histogram. The interrupt records, the main loop takes
//! snapshots into a static.
#![no_std]
#![no_main]

use bellwether::{Histogram, Snapshot};
use cortex_m_rt::{entry, exception};

#[path = "../quiet.rs"]
mod quiet;

static LATENCY: Histogram = Histogram::new();

#[exception]
fn SysTick() {
    LATENCY.record(512);
}

#[entry]
fn main() -> ! {
    static mut SNAPSHOT: Snapshot = Snapshot::new();
    loop {
        LATENCY.snapshot_into(SNAPSHOT);
        core::hint::black_box(SNAPSHOT.count());
        cortex_m::asm::wfi();
    }
}
