//! The cell: who initialises, who waits, who gives up.

use core::pin::{Pin, pin};
use core::task::Poll;

use bellwether::{OnceCell, Status, TryLead, Wait};
use cortex_m_semihosting::hprintln;

use crate::request;
use crate::support::{Bell, Post, Random, poll, yields};
use crate::tick::{self, Scene};

static CELLS: [OnceCell<u32>; 4] = [const { OnceCell::new() }; 4];

/// What is asked of the interrupt, of the cell with that number.
pub enum Request {
    Wait(usize),
    Poll,
    Cancel,
    Lead(usize, u32),
}

/// The answer of a waiter that is not ready, and of a leader that is too late.
const NOT_YET: u32 = u32::MAX;

/// A waiter that an interrupt keeps from one time to the next.
pub struct Waiter {
    wait: Option<Wait<'static, u32>>,
    round: u32,
}

impl Waiter {
    pub const fn new() -> Self {
        Self { wait: None, round: 0 }
    }

    fn slot(&mut self) -> (Pin<&mut Option<Wait<'static, u32>>>, u32) {
        // SAFETY: handlers keep theirs in a static, from which nothing is moved.
        (unsafe { Pin::new_unchecked(&mut self.wait) }, self.round)
    }
}

static INTERRUPT: Bell = Bell::new();

pub fn interrupt(request: Request, waiter: &mut Waiter) -> u32 {
    let (mut slot, _) = waiter.slot();
    match request {
        Request::Wait(cell) => slot.set(Some(CELLS[cell].wait())),
        Request::Cancel => slot.set(None),
        Request::Lead(cell, value) => match CELLS[cell].try_lead() {
            TryLead::Leader(guard) => return *guard.set(value),
            TryLead::Ready(_) | TryLead::Busy => return NOT_YET,
        },
        Request::Poll => {}
    }
    match slot.as_pin_mut().map(|wait| poll(wait, &INTERRUPT)) {
        Some(Poll::Ready(value)) => *value,
        Some(Poll::Pending) | None => NOT_YET,
    }
}

fn ask(request: Request) -> u32 {
    request::interrupt(request::Request::Cell(request))
}

pub fn scenes() {
    static FIRST: Bell = Bell::new();
    static LAST: Bell = Bell::new();

    assert_eq!(ask(Request::Wait(0)), NOT_YET);
    assert_eq!(CELLS[0].set(10), Ok(&10));
    assert_eq!((INTERRUPT.rings(), ask(Request::Poll)), (1, 10));
    hprintln!("cell: main initialised, the interrupt was woken and has 10");

    {
        let mut wait = pin!(CELLS[1].wait());
        assert!(poll(wait.as_mut(), &FIRST).is_pending());
        assert_eq!(ask(Request::Lead(1, 11)), 11);
        assert_eq!((FIRST.rings(), poll(wait.as_mut(), &FIRST)), (1, Poll::Ready(&11)));
    }
    hprintln!("cell: the interrupt initialised, main was woken and has 11");

    {
        let mut first = pin!(CELLS[2].wait());
        let mut last = pin!(CELLS[2].wait());
        assert!(poll(first.as_mut(), &FIRST).is_pending());
        assert_eq!(ask(Request::Wait(2)), NOT_YET);
        assert!(poll(last.as_mut(), &LAST).is_pending());
        assert_eq!(ask(Request::Cancel), NOT_YET);
        assert_eq!(CELLS[2].set(12), Ok(&12));
        let rings = (FIRST.rings(), INTERRUPT.rings(), LAST.rings());
        assert_eq!(rings, (2, 1, 1), "the cancelled one in the middle is not woken");
        assert_eq!(poll(first, &FIRST), Poll::Ready(&12));
        assert_eq!(poll(last, &LAST), Poll::Ready(&12));
    }
    hprintln!("cell: a waiter was cancelled in the interrupt, its neighbours have 12");

    {
        let mut init = pin!(CELLS[3].get_or_init(|| async {
            yields(1).await;
            13
        }));
        assert!(poll(init.as_mut(), &FIRST).is_pending());
        assert_eq!(CELLS[3].status(), Status::Initializing);
        assert_eq!(ask(Request::Lead(3, 99)), NOT_YET, "main leads");
        assert_eq!(ask(Request::Wait(3)), NOT_YET);
        assert_eq!(poll(init, &FIRST), Poll::Ready(&13));
        assert_eq!((INTERRUPT.rings(), ask(Request::Poll)), (2, 13));
    }
    assert_eq!(ask(Request::Cancel), NOT_YET);
    hprintln!("cell: main initialised in two polls, with the interrupt between them");
}

// At any instruction.

const ROUNDS: u32 = 100;
static STORM: [OnceCell<u32>; ROUNDS as usize] = [const { OnceCell::new() }; ROUNDS as usize];
static TICK: Bell = Bell::new();
static ANSWER: Post<Counts> = Post::new();

#[derive(Clone, Copy, Default)]
pub struct Counts {
    set: u32,
    failed: u32,
    waited: u32,
    cancelled: u32,
}

impl Counts {
    pub const fn new() -> Self {
        Self { set: 0, failed: 0, waited: 0, cancelled: 0 }
    }
}

pub fn tick(round: u32, waiter: &mut Waiter, counts: &mut Counts, random: &mut Random) {
    let cell = &STORM[round as usize];
    match random.below(6) {
        0 => {
            if let TryLead::Leader(guard) = cell.try_lead() {
                if random.below(3) == 0 {
                    guard.set(2 * round + 1);
                    counts.set += 1;
                } else {
                    counts.failed += 1;
                }
            }
        }
        1 => {
            let (mut slot, _) = waiter.slot();
            counts.cancelled += u32::from(slot.is_some());
            slot.set(None);
        }
        _ => {
            if waiter.wait.is_none() {
                waiter.round = round;
                waiter.wait = Some(cell.wait());
            }
            look(waiter, counts);
        }
    }
}

fn look(waiter: &mut Waiter, counts: &mut Counts) {
    let (mut slot, round) = waiter.slot();
    if let Some(Poll::Ready(value)) = slot.as_mut().as_pin_mut().map(|wait| poll(wait, &TICK)) {
        assert_eq!(value / 2, round);
        counts.waited += 1;
        slot.set(None);
    }
}

pub fn last_tick(waiter: &mut Waiter, counts: &mut Counts) {
    if waiter.wait.is_some() {
        let before = counts.waited;
        look(waiter, counts);
        assert_eq!(counts.waited, before + 1, "all cells are ready");
    }
    ANSWER.put(*counts);
}

pub fn storm() {
    static PATIENT: Bell = Bell::new();
    static HASTY: Bell = Bell::new();

    let mut random = Random::new(0xce11);
    let mut counts = Counts::new();
    let mut woken = 0;
    for round in 0..ROUNDS {
        let cell = &STORM[round as usize];
        tick::play(Scene::Cell { round });
        let rings = PATIENT.rings();
        let mut patient = pin!(cell.wait());
        // The interrupt may have set the cell before this.
        let at_once = poll(patient.as_mut(), &PATIENT);
        while cell.status() != Status::Ready {
            let patience = random.below(4);
            if random.below(2) == 0 {
                let mut wait = pin!(cell.wait());
                let ready = (0..patience).any(|_| poll(wait.as_mut(), &HASTY).is_ready());
                *(if ready { &mut counts.waited } else { &mut counts.cancelled }) += 1;
                continue;
            }
            let (steps, succeeds) = (random.below(4), random.below(16) == 0);
            let mut init = pin!(cell.get_or_try_init(|| async {
                yields(steps).await;
                if succeeds {
                    counts.set += 1;
                    return Ok(2 * round);
                }
                counts.failed += 1;
                Err(())
            }));
            let _ = (0..patience).any(|_| poll(init.as_mut(), &HASTY).is_ready());
        }
        let value = if at_once.is_pending() {
            assert!(PATIENT.rings() > rings, "round {round}: the wake-up is lost");
            woken += 1;
            poll(patient, &PATIENT)
        } else {
            at_once
        };
        assert!(matches!(value, Poll::Ready(value) if value / 2 == round));
    }
    let theirs = tick::end(Scene::CellEnds, &ANSWER);
    assert_eq!(counts.set + theirs.set, ROUNDS, "each cell is initialised once");
    let show = |who, Counts { set, failed, waited, cancelled }| {
        assert!(set > 0 && failed > 0 && waited > 0 && cancelled > 0, "{who} did too little");
        hprintln!("  {who}: set {set}, failed {failed}, waited {waited}, cancelled {cancelled}");
    };
    hprintln!("cell: {ROUNDS} raced for, each initialised once; {woken} patient waiters woken");
    show("main", counts);
    show("interrupt", theirs);
}
