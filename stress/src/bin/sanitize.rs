//! Builds the stress programs once for each sanitizer, runs the seeds that it must report
//! and then the programs, of which it must report nothing. There is no list of
//! suppressions, and no option is set that would hide a report.
//!
//! ```text
//! cargo run -p stress --bin sanitize             everything: ThreadSanitizer ten times
//! cargo run -p stress --bin sanitize -- --quick  ThreadSanitizer, few rounds, and its seeds
//! ```
//!
//! | tool | programs | seeds |
//! |---|---|---|
//! | ThreadSanitizer | all but those that rest on an `Arc`'s counts | two data races |
//! | AddressSanitizer, with its leak check | all | use after free, double free, leak |
//! | LeakSanitizer | all | leak |
//! | memcheck, on the plain build | all | use after free, double free, leak |
//!
//! The compiler is the pinned one, with `RUSTC_BOOTSTRAP` for the unstable flag: what is
//! released is what is checked. Its `std` is not built with a sanitizer; see `main.rs` for
//! what follows from that.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

struct Tool {
    name: &'static str,
    /// What `-Zsanitizer` is given; without it, the plain program runs under memcheck.
    sanitizer: Option<&'static str>,
    /// Seeds, and what the report of each says.
    seeds: &'static [(&'static str, &'static str)],
    /// Whether it sees how an `Arc` frees.
    counts: bool,
    runs: u64,
    rounds: u64,
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "ThreadSanitizer",
        sanitizer: Some("thread"),
        seeds: &[
            ("race", "ThreadSanitizer: data race"),
            ("unordered", "ThreadSanitizer: data race"),
        ],
        counts: false,
        runs: 10,
        rounds: 10,
    },
    Tool {
        name: "AddressSanitizer",
        sanitizer: Some("address"),
        seeds: &[
            ("use-after-free", "AddressSanitizer: heap-use-after-free"),
            ("double-free", "AddressSanitizer: attempting double-free"),
            ("leak", "LeakSanitizer: detected memory leaks"),
        ],
        counts: true,
        runs: 1,
        rounds: 40,
    },
    Tool {
        name: "LeakSanitizer",
        sanitizer: Some("leak"),
        seeds: &[("leak", "LeakSanitizer: detected memory leaks")],
        counts: true,
        runs: 1,
        rounds: 40,
    },
    Tool {
        name: "memcheck",
        sanitizer: None,
        seeds: &[
            ("use-after-free", "Invalid read of size 8"),
            ("double-free", "Invalid free()"),
            ("leak", "definitely lost"),
        ],
        counts: true,
        runs: 1,
        rounds: 2,
    },
];

/// A lost wake-up hangs a program; no run takes nearly that long.
const LIMIT: Duration = Duration::from_secs(600);

/// For the compiler.
const BUILDING: Duration = Duration::from_secs(3_600);

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let quick = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--quick"] => true,
        _ => {
            eprintln!("usage: sanitize [--quick]");
            return ExitCode::from(2);
        }
    };
    let tools = if quick { &TOOLS[..1] } else { &TOOLS[..] };
    let (mut seeds, mut runs) = (0, 0);
    for tool in tools {
        let runs_of = if quick { 1 } else { tool.runs };
        match tool.all(runs_of, if quick { 5 } else { tool.rounds }) {
            Ok(did) => {
                println!("figure {}_runs {did} runs of a program", tool.name);
                runs += did;
                seeds += tool.seeds.len();
            }
            Err(why) => {
                eprintln!("{}: {why}", tool.name);
                return ExitCode::FAILURE;
            }
        }
    }
    println!("figure runs {runs} runs of a program without a report");
    println!("figure seeds_reported {seeds} faults on purpose, all reported");
    println!("figure suppressions 0");
    ExitCode::SUCCESS
}

/// What came of a command.
struct Outcome {
    text: String,
    success: bool,
}

impl Tool {
    /// How many runs of a program there were.
    fn all(&self, runs: u64, rounds: u64) -> Result<u64, String> {
        let program = self.build()?;
        for (seed, words) in self.seeds {
            let Outcome { text, success } =
                finish(self.command(&program).args(["seed", seed]), LIMIT)?;
            if success || !text.contains(words) {
                return Err(format!("blind: it does not report the seed {seed}:\n{text}"));
            }
            println!("{}: reports the seed {seed}", self.name);
        }
        let list = finish(Command::new(&program).arg("list"), LIMIT)?.text;
        let programs =
            list.lines().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
                ["program", name] => Some(name),
                ["counts", name] if self.counts => Some(name),
                _ => None,
            });
        let mut did = 0;
        for name in programs {
            let began = Instant::now();
            let mut said = String::new();
            for _ in 0..runs {
                let rounds = rounds.to_string();
                let Outcome { text, success } =
                    finish(self.command(&program).args(["run", name, &rounds]), LIMIT)?;
                // A program prints one line; a report is more.
                if !success || text.lines().count() != 1 {
                    return Err(format!("{name} is not clean:\n{text}"));
                }
                said = text;
                did += 1;
            }
            let seconds = began.elapsed().as_secs();
            println!("{}: {} ({runs} times, {seconds} s)", self.name, said.trim());
        }
        if did == 0 {
            return Err("there is no program".into());
        }
        Ok(did)
    }

    /// The program as it runs under this tool.
    fn command(&self, program: &Path) -> Command {
        if self.sanitizer.is_some() {
            let mut command = Command::new(program);
            // What a report says and does is left as it is.
            for options in ["TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"] {
                command.env_remove(options);
            }
            return command;
        }
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--leak-check=full", "--error-exitcode=9", "--fair-sched=yes"]);
        // Lost is what nothing points to, as for the sanitizers. What only a pointer into it
        // leads to is "possibly lost": so `std` keeps its handle of the main thread.
        command.args(["--show-leak-kinds=definite,indirect"]);
        command.args(["--errors-for-leak-kinds=definite,indirect"]).arg(program);
        command
    }

    fn build(&self) -> Result<PathBuf, String> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let target = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let target = target.join("sanitize").join(self.sanitizer.unwrap_or("plain"));
        let host = host()?;
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&root).args(["build", "--locked", "--quiet", "-p", "stress"]);
        cargo.args(["--bin", "stress", "--config", "profile.dev.opt-level=2", "--target", &host]);
        cargo.arg("--target-dir").arg(&target);
        cargo.env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
        if let Some(sanitizer) = self.sanitizer {
            let flags = format!("-Zsanitizer={sanitizer} -Cunsafe-allow-abi-mismatch=sanitizer");
            cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags);
        }
        println!("{}: building", self.name);
        match finish(&mut cargo, BUILDING)? {
            Outcome { success: true, .. } => Ok(target.join(host).join("debug/stress")),
            Outcome { text, .. } => Err(format!("the programs do not build:\n{text}")),
        }
    }
}

/// The target that the compiler compiles for: named, it keeps the flags from build scripts.
fn host() -> Result<String, String> {
    let text = finish(Command::new("rustc").arg("-vV"), LIMIT)?.text;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_string).ok_or("rustc does not say its host".into())
}

/// Runs a command to its end; its output goes through a file, so that it cannot block.
fn finish(command: &mut Command, limit: Duration) -> Result<Outcome, String> {
    let output = env::temp_dir().join(format!("bellwether-sanitize-{}.txt", std::process::id()));
    let file = fs::File::create(&output).map_err(|why| why.to_string())?;
    let twin = file.try_clone().map_err(|why| why.to_string())?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(twin)
        .spawn()
        .map_err(|why| format!("{:?}: {why}", command.get_program()))?;
    let began = Instant::now();
    loop {
        let status = child.try_wait().map_err(|why| why.to_string())?;
        let text = || fs::read(&output).map(|text| String::from_utf8_lossy(&text).into_owned());
        if let Some(status) = status {
            let text = text().map_err(|why| why.to_string())?;
            let _ = fs::remove_file(&output);
            return Ok(Outcome { text, success: status.success() });
        }
        if began.elapsed() > limit {
            let _ = child.kill();
            let _ = child.wait();
            let text = text().map_err(|why| why.to_string())?;
            return Err(format!("out of time after {} s:\n{text}", limit.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    }
}
