//! What is in every program whose size is measured: a panic that says nothing.

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
