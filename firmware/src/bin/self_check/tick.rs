//! SysTick: an interrupt that comes at any instruction of main's, each time after a
//! different while, and works at what main works at.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;

use crate::support::{Post, Random, add};
use crate::{array, cell, histogram};

/// What both work at.
#[derive(Clone, Copy)]
pub enum Scene {
    Nothing,
    Cell { round: u32 },
    CellEnds,
    Array,
    ArrayEnds,
    Histogram,
    HistogramEnds,
}

static NEXT: Post<Scene> = Post::new();
static TICKS: AtomicU32 = AtomicU32::new(0);

/// From the next tick on.
pub fn play(scene: Scene) {
    NEXT.put(scene);
}

/// Once: waits until the interrupt has answered.
pub fn end<T>(scene: Scene, answer: &Post<T>) -> T {
    play(scene);
    loop {
        if let Some(answer) = answer.take() {
            return answer;
        }
    }
}

pub fn count() -> u32 {
    TICKS.load(Relaxed)
}

pub fn start(timer: &mut SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(100);
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

pub fn stop(timer: &mut SYST) {
    timer.disable_interrupt();
    timer.disable_counter();
}

#[exception]
fn SysTick() {
    static mut SCENE: Scene = Scene::Nothing;
    static mut RANDOM: Random = Random::new(0x5eed);
    static mut WAITER: cell::Waiter = cell::Waiter::new();
    static mut CELL: cell::Counts = cell::Counts::new();
    static mut PARTY: Option<array::Party> = None;
    static mut SAMPLES: histogram::Samples = histogram::Samples::new();

    add(&TICKS, 1);
    if let Some(next) = NEXT.take() {
        *SCENE = next;
    }
    match *SCENE {
        Scene::Nothing => {}
        Scene::Cell { round } => cell::tick(round, WAITER, CELL, RANDOM),
        Scene::CellEnds => cell::last_tick(WAITER, CELL),
        Scene::Array => array::tick(PARTY, RANDOM),
        Scene::ArrayEnds => array::last_tick(PARTY),
        Scene::Histogram => histogram::tick(SAMPLES, RANDOM),
        Scene::HistogramEnds => histogram::last_tick(SAMPLES),
    }
    if matches!(*SCENE, Scene::CellEnds | Scene::ArrayEnds | Scene::HistogramEnds) {
        *SCENE = Scene::Nothing;
    }
    // SAFETY: the address is the timer's, and main leaves its reload value alone.
    let timer = unsafe { &*SYST::PTR };
    // SAFETY: any value of 24 bits is a reload value.
    unsafe { timer.rvr.write(20 + RANDOM.below(180)) };
}
