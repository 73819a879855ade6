//! Measured: as `empty`, with a replay array of eight words. The interrupt publishes, the
//! main loop reads.
#![no_std]
#![no_main]

use bellwether::{ReplayArray, Start};
use cortex_m_rt::{entry, exception};

#[path = "../quiet.rs"]
mod quiet;

static READINGS: ReplayArray<u32, 8> = ReplayArray::new();

#[exception]
fn SysTick() {
    let _ = READINGS.publish(512);
}

#[entry]
fn main() -> ! {
    let mut subscriber = READINGS.subscribe(Start::Live);
    loop {
        while subscriber.try_recv().is_ok() {}
        cortex_m::asm::wfi();
    }
}
