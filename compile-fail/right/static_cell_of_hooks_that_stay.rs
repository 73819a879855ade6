//! Hooks are called from whichever thread waits.

use std::sync::Mutex as Mutable;

use bellwether::{InitOutcome, OnceCell, OnceHooks, WaitOutcome};

struct Hooks(#[expect(dead_code)] Mutable<u32>);

impl OnceHooks for Hooks {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    fn init_begin(&self) {}
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

static CELL: OnceCell<u32, Hooks> = OnceCell::with_hooks(Hooks(Mutable::new(0)));

fn main() {
    assert!(CELL.get().is_none());
}
