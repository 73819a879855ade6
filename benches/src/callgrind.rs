//! Instructions that a program takes, and how many of them lock a line of memory, by
//! callgrind, which counts each instruction at its address.
//!
//! The same numbers on every run of one compiler on one architecture. A locked instruction
//! is what an atomic read-modify-write or a sequentially consistent store or fence is on
//! x86-64; on other architectures they are not told apart, since one operation is a loop
//! of several instructions there.

use core::fmt::Display;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// All instructions.
    pub instructions: u64,
    /// Those that lock, on x86-64.
    pub locked: Option<u64>,
}

/// By program or library, what lies at which address.
pub type Locked = BTreeMap<String, BTreeSet<u64>>;

/// Runs a program to its end, and counts.
///
/// # Errors
///
/// What callgrind said, or that there is none, or no `objdump`.
pub fn run(program: &Path, arguments: &[&str], known: &mut Locked) -> Result<Cost, String> {
    // Others may count at the same time, in other threads and other processes.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let (process, run) = (std::process::id(), RUNS.fetch_add(1, Relaxed));
    let out = std::env::temp_dir().join(format!("callgrind.{process}.{run}"));
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--dump-instr=yes", "--compress-strings=no"]);
    command.arg("--compress-pos=no").arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(program).args(arguments);
    let output = command.output().map_err(|why| missing("valgrind", why))?;
    let text = fs::read_to_string(&out).unwrap_or_default();
    let _ = fs::remove_file(&out);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let counts = counts(&text);
    let instructions = counts.iter().map(|(_, _, count)| count).sum();
    let mut locked = None;
    if cfg!(target_arch = "x86_64") {
        let mut sum = 0;
        for (object, address, count) in counts {
            if !known.contains_key(object) {
                known.insert(object.into(), locking(object)?);
            }
            sum += if known[object].contains(&address) { count } else { 0 };
        }
        locked = Some(sum);
    }
    Ok(Cost { instructions, locked })
}

fn missing(program: &str, why: impl Display) -> String {
    format!("{program}: {why}; Debian's packages are called valgrind and binutils")
}

/// Program or library, address, and how often it ran.
fn counts(text: &str) -> Vec<(&str, u64, u64)> {
    let (mut object, mut all, mut lines) = ("???", vec![], text.lines());
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("ob=") {
            object = name;
        } else if line.starts_with("calls=") {
            // What the called function took, which is told there too.
            lines.next();
        } else if let Some(line) = line.strip_prefix("0x") {
            let mut parts = line.split(' ');
            let address = parts.next().and_then(|hex| u64::from_str_radix(hex, 16).ok());
            // Between them is the line of the source.
            let count = parts.nth(1).and_then(|count| count.parse().ok());
            all.extend(address.zip(count).map(|(address, count)| (object, address, count)));
        }
    }
    all
}

/// Where the instructions that lock are.
fn locking(object: &str) -> Result<BTreeSet<u64>, String> {
    // Made while the program runs, or what valgrind puts in.
    if !Path::new(object).is_file() || object.contains("/vgpreload") {
        return Ok(BTreeSet::new());
    }
    let mut command = Command::new("objdump");
    command.args(["--disassemble", "--no-show-raw-insn", object]);
    let output = command.output().map_err(|why| missing("objdump", why))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(locking_at).collect())
}

/// The line's address, if what is there locks: an exchange with memory always does.
fn locking_at(line: &str) -> Option<u64> {
    let (address, instruction) = line.split_once(":\t")?;
    let exchanges = instruction.starts_with("xchg") && instruction.contains('(');
    let locks = instruction.starts_with("lock ") || exchanges;
    locks.then(|| u64::from_str_radix(address.trim(), 16).ok())?
}

#[test]
fn an_output_is_read() {
    let text = "ob=/a\nfn=main\n0x10 3 5\ncfn=other\ncalls=2 0x20 4\n0x14 3 900\n0x18 4 5\nob=/b\n0x10 0 7";
    assert_eq!(counts(text), [("/a", 0x10, 5), ("/a", 0x18, 5), ("/b", 0x10, 7)]);
}

#[test]
fn what_locks_is_found() {
    let lines = [
        "  74332:\tlock notq (%rax)",
        "  743a1:\txchg   %rdi,(%rbx)",
        "  743a5:\txchg   %ax,%ax",
        "  743a9:\tmov    %rax,%rbx",
        "0000000000074410 <lock>:",
    ];
    assert_eq!(lines.map(locking_at), [Some(0x74332), Some(0x743a1), None, None, None]);
}

/// What it counts is what was done.
#[test]
#[cfg(target_arch = "x86_64")]
fn locked_instructions_are_counted() {
    // Any program that is here.
    let mut known = Locked::new();
    let cost = run(Path::new("/bin/true"), &[], &mut known).unwrap();
    assert!(cost.instructions > cost.locked.unwrap());
    assert!(!known.is_empty());
}
