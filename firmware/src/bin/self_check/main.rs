//! The cell, a replay array and a histogram between a main loop and its interrupts.
//!
//! First scene by scene, with an interrupt that comes when it is asked for; then with
//! one that comes at any instruction. Whatever is wrong panics, and the emulator ends
//! with an error.
//!
//! | file | what |
//! |---|---|
//! | `request.rs` | PendSV: does what main asks for, at once |
//! | `tick.rs` | SysTick: comes at any instruction, and works at what main works at |
//! | `cell.rs`, `array.rs`, `histogram.rs` | main's part of each, and the interrupt's |
//! | `support.rs` | wakers that count, random numbers, polling |
#![no_std]
#![no_main]

mod array;
mod cell;
mod histogram;
mod request;
mod support;
mod tick;

use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::{debug, hprintln};

#[entry]
fn main() -> ! {
    let mut peripherals = cortex_m::Peripherals::take().expect("nobody has them yet");
    hprintln!(
        "compare-and-swap {}",
        if cfg!(target_has_atomic = "ptr") { "native" } else { "masked" }
    );
    cell::scenes();
    array::scenes();
    tick::start(&mut peripherals.SYST);
    cell::storm();
    array::storm();
    histogram::storm();
    tick::stop(&mut peripherals.SYST);
    hprintln!("all is well, after {} ticks", tick::count());
    exit(debug::EXIT_SUCCESS)
}

fn exit(status: debug::ExitStatus) -> ! {
    debug::exit(status);
    unreachable!("the emulator has ended")
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    hprintln!("{info}");
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::udf();
    }
}

// SAFETY: it reads nothing but its argument, and does not return.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    panic!("hard fault at {:#010x}", frame.pc())
}
