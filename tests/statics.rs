//! Cells in statics, constants and other constants' fields, plain or with hooks.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bellwether::{InitOutcome, OnceCell, OnceHooks, Status, TryLead, WaitOutcome};
use futures::executor::block_on;

struct Leads(AtomicUsize);

impl Leads {
    const fn none() -> Self {
        Self(AtomicUsize::new(0))
    }
}

impl OnceHooks for Leads {
    type Span = ();
    type Site = ();
    fn wait_begin(&self, (): ()) {}
    fn wait_end(&self, (): (), _: WaitOutcome) {}
    fn init_begin(&self) {
        self.0.fetch_add(1, Relaxed);
    }
    fn init_end(&self, (): (), _: InitOutcome, _: usize) {}
}

struct Service {
    name: &'static str,
    port: OnceCell<u16>,
    hooked: OnceCell<u16, Leads>,
}

impl Service {
    const fn new(name: &'static str) -> Self {
        Self { name, port: OnceCell::new(), hooked: OnceCell::with_hooks(Leads::none()) }
    }
}

#[test]
fn a_static_is_initialised_once() {
    static CELL: OnceCell<String> = OnceCell::new();
    assert_eq!(CELL.status(), Status::Empty);
    let first: &'static str = block_on(CELL.get_or_init(|| async { "first".to_string() }));
    let second: &'static str = block_on(CELL.get_or_init(|| async { unreachable!() }));
    assert!(core::ptr::eq(first, second));
    assert_eq!(block_on(CELL.wait()), "first");
}

#[test]
fn a_static_may_have_its_value_from_the_start() {
    static CELL: OnceCell<&str> = OnceCell::with_value("there");
    const LENGTH: usize = size_of_val(&CELL);
    assert_eq!((CELL.get(), LENGTH), (Some(&"there"), size_of::<OnceCell<&str>>()));
}

#[test]
fn a_static_may_have_hooks_of_its_own_or_shared_ones() {
    static OWN: OnceCell<u32, Leads> = OnceCell::with_hooks(Leads::none());
    static SHARED: Leads = Leads::none();
    static FIRST: OnceCell<u32, &Leads> = OnceCell::with_hooks(&SHARED);
    static SECOND: OnceCell<u32, &Leads> = OnceCell::with_hooks(&SHARED);
    assert_eq!(block_on(OWN.get_or_init(|| async { 1 })), &1);
    assert_eq!(block_on(FIRST.get_or_init(|| async { 2 })), &2);
    assert_eq!(block_on(SECOND.get_or_init(|| async { 3 })), &3);
    assert_eq!((OWN.hooks().0.load(Relaxed), SHARED.0.load(Relaxed)), (1, 2));
}

#[test]
fn a_cell_may_be_part_of_a_constant() {
    static SERVICES: [Service; 2] = [Service::new("a"), Service::new("b")];
    static MANY: [OnceCell<usize>; 8] = [const { OnceCell::new() }; 8];
    SERVICES[1].port.set(80).unwrap();
    SERVICES[1].hooked.set(81).unwrap();
    assert_eq!(SERVICES[0].port.get().or(SERVICES[0].hooked.get()), None);
    assert_eq!((SERVICES[1].port.get(), SERVICES[1].hooked.get()), (Some(&80), Some(&81)));
    assert_eq!([SERVICES[0].name, SERVICES[1].name], ["a", "b"]);
    for (index, cell) in MANY.iter().enumerate() {
        cell.set(index).unwrap();
    }
    assert!(MANY.iter().enumerate().all(|(index, cell)| cell.get() == Some(&index)));
}

#[test]
fn a_guard_of_a_static_goes_to_any_thread() {
    static CELL: OnceCell<u32> = OnceCell::new();
    let TryLead::Leader(guard) = CELL.try_lead() else { panic!("empty") };
    let setter = std::thread::spawn(|| guard.set(7));
    assert_eq!(block_on(CELL.wait()), &7);
    assert_eq!(setter.join().unwrap(), &7);
}

#[cfg(feature = "std")]
#[test]
fn a_static_is_initialised_by_blocking() {
    static CELL: OnceCell<String> = OnceCell::new();
    let value: &'static String = CELL.get_or_init_blocking(|| "loaded".to_string());
    assert!(core::ptr::eq(value, CELL.wait_blocking()));
}
