//! A command: its output goes to the step's log, and the last line of it is shown
//! while it runs, so that nobody wonders whether it hangs.

use core::time::Duration;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use crate::machine;

/// Without a terminal a line is shown each so often.
const PULSE: Duration = Duration::from_secs(30);

pub(crate) fn log(step: &str) -> PathBuf {
    machine::root().join("target/verify").join(format!("{step}.log"))
}

/// Empties the step's log.
pub(crate) fn begin(step: &str) {
    let log = log(step);
    fs::create_dir_all(log.parent().expect("it has a folder")).expect("target/ can be written");
    fs::write(log, "").expect("the log can be written");
}

/// The command as one would type it.
pub(crate) fn text(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let name = name.to_string_lossy();
        let value = value?.to_string_lossy();
        (name != "CARGO_TERM_COLOR").then(|| format!("{name}={}", quoted(&value)))
    });
    let words = core::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    machine::anywhere(&variables.chain(words).collect::<Vec<_>>().join(" "))
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains([' ', '"', '$', '*', ';', '&', '|', '<', '>', '(']) {
        return format!("'{word}'");
    }
    word.into()
}

/// Runs it; returns what it printed.
///
/// # Errors
///
/// If it cannot be started, takes longer than `limit`, or does not end with 0.
pub(crate) fn execute(
    step: &str,
    command: &mut Command,
    limit: Duration,
) -> Result<String, String> {
    let what = text(command);
    println!("    {what}");
    let mut log = OpenOptions::new().append(true).open(log(step)).map_err(|why| why.to_string())?;
    writeln!(log, "$ {what}").map_err(|why| why.to_string())?;

    // A process group of its own: a limit ends what it has started, too.
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|why| format!("{what}: {why}"))?;
    let (sender, lines) = mpsc::channel();
    let out = pass_on(child.stdout.take().expect("it is piped"), sender.clone());
    let err = pass_on(child.stderr.take().expect("it is piped"), sender);

    let mut text = String::new();
    let (began, mut shown) = (Instant::now(), Instant::now());
    let mut last = String::new();
    let terminal = std::io::stderr().is_terminal();
    loop {
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) => {
                writeln!(log, "{line}").map_err(|why| why.to_string())?;
                text.push_str(&line);
                text.push('\n');
                if !line.trim().is_empty() {
                    last = line;
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let since = shown.elapsed();
        if terminal && since > Duration::from_millis(500) {
            eprint!("\r\x1b[K    {:>4} s  {}", began.elapsed().as_secs(), clipped(&last));
            shown = Instant::now();
        } else if since > PULSE {
            println!("    {:>4} s  {}", began.elapsed().as_secs(), clipped(&last));
            shown = Instant::now();
        }
        if began.elapsed() > limit {
            // The group's number is the child's.
            let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
            return Err(format!("{what}: out of time after {} s; last: {last}", limit.as_secs()));
        }
    }
    if terminal {
        eprint!("\r\x1b[K");
    }
    let _ = (out.join(), err.join());
    let status = child.wait().map_err(|why| why.to_string())?;
    if status.success() {
        return Ok(text);
    }
    let tail: Vec<_> = text.lines().rev().take(40).collect();
    tail.iter().rev().for_each(|line| println!("    | {line}"));
    Err(format!("{what}: {status}"))
}

fn pass_on(from: impl Read + Send + 'static, to: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = vec![];
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            if to.send(text.trim_end_matches(['\n', '\r']).into()).is_err() {
                return;
            }
            line.clear();
        }
    })
}

fn clipped(line: &str) -> String {
    line.chars().take(100).collect()
}

#[test]
fn output_status_and_limit() {
    begin("command-test");
    let mut shell = Command::new("sh");
    let text =
        execute("command-test", shell.args(["-c", "echo one; echo two >&2"]), PULSE).unwrap();
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["one", "two"]);
    let mut shell = Command::new("sh");
    let error = execute("command-test", shell.args(["-c", "exit 3"]), PULSE).unwrap_err();
    assert!(error.contains("exit status: 3"), "{error}");
    let mut shell = Command::new("sh");
    let hangs = shell.args(["-c", "sleep 1000 & sleep 1000"]);
    let error = execute("command-test", hangs, Duration::from_millis(10)).unwrap_err();
    assert!(error.contains("out of time"), "{error}");
}
