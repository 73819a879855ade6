//! Programs that stress bellwether's primitives on real threads, each with a `main` of
//! its own in effect: no test harness, no runtime, no other crate. They check what they
//! did, exactly, and are there to be run under sanitizers, by `src/bin/sanitize.rs`.
//!
//! ```text
//! stress list                      the programs and the seeds
//! stress run PROGRAM|all ROUNDS    plays, and says what was done
//! stress seed SEED                 does what a sanitizer must report
//! ```
//!
//! | file | what |
//! |---|---|
//! | `programs.rs`, `programs/` | the programs |
//! | `seeds.rs` | faults on purpose: a sanitizer that says nothing is blind |
//! | `crowd.rs` | threads that start together, their wakers, and nothing that orders them |
//! | `value.rs` | values that tell if they are torn, gone, or there twice |
//!
//! # What ThreadSanitizer sees
//!
//! It sees atomics, `pthread_create`, `pthread_join` and the allocator. It does not see
//! what the precompiled `std` does inside (a mutex, a barrier, parking), and it does not
//! understand fences at all. So a program must not rely on those for its order, and must
//! not hide a race by them either:
//!
//! - Threads begin by spawn and end by join; what starts them together is Relaxed.
//! - An `Arc` frees by a fence. Whatever is in one here has an owner that outlives all
//!   threads, so that nothing is freed by that path. `Program::counts` names the one
//!   program that cannot be so: it is not for ThreadSanitizer.
//! - The library's own two fences (`replay/ring.rs`) order accesses to atomics only. There
//!   is no race to be reported between atomics, with or without an order, so they are no
//!   source of false reports; and what makes them right is not seen here but in the models.

mod crowd;
mod programs;
mod random;
mod seeds;
mod value;

use std::process::ExitCode;
use std::{env, panic, process};

use programs::{PROGRAMS, Program};
use seeds::SEEDS;

const USAGE: &str = "usage: stress list | run PROGRAM|all ROUNDS | seed SEED";

fn main() -> ExitCode {
    // A thread that fails ends the program: the others may be waiting for it. Panics that
    // are part of a program do not come here, they are resumed.
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        default(info);
        process::exit(101);
    }));
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => list(),
        ["run", name, rounds] => match (chosen(name), rounds.parse()) {
            (programs, Ok(rounds)) if !programs.is_empty() => play(&programs, rounds),
            _ => return usage(),
        },
        ["seed", name] => match SEEDS.iter().find(|seed| seed.name == name) {
            Some(seed) => println!("{name}: {}", (seed.run)()),
            None => return usage(),
        },
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn list() {
    for program in PROGRAMS {
        let kind = if program.counts { "counts" } else { "program" };
        println!("{kind} {}", program.name);
    }
    for seed in SEEDS {
        println!("seed {}", seed.name);
    }
}

fn chosen(name: &str) -> Vec<&'static Program> {
    PROGRAMS.iter().filter(|program| name == "all" || name == program.name).collect()
}

fn play(programs: &[&Program], rounds: u64) {
    for program in programs {
        let did = (program.run)(rounds * program.weight);
        println!("{}: {did}", program.name);
    }
}
