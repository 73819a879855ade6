//! Measured: as `empty`, with a cell. The interrupt sets it, the main loop waits for it
//! with a future.
#![no_std]
#![no_main]

use core::pin::pin;
use core::task::{Context, Waker};

use bellwether::{OnceCell, TryLead};
use cortex_m_rt::{entry, exception};

#[path = "../quiet.rs"]
mod quiet;

static READING: OnceCell<u32> = OnceCell::new();

#[exception]
fn SysTick() {
    if let TryLead::Leader(guard) = READING.try_lead() {
        guard.set(512);
    }
}

#[entry]
fn main() -> ! {
    {
        let mut wait = pin!(READING.wait());
        while wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            cortex_m::asm::wfi();
        }
    }
    loop {
        cortex_m::asm::wfi();
    }
}
