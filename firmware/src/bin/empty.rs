//! Measured: a main loop and a SysTick interrupt that do nothing.
#![no_std]
#![no_main]

use cortex_m_rt::{entry, exception};

#[path = "../quiet.rs"]
mod quiet;

#[exception]
fn SysTick() {}

#[entry]
fn main() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
