//! Where a run was made, and with what.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

/// The project's folder.
#[must_use]
pub fn root() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/..").into()
}

/// The first line that a program prints; what it is asked for if it prints none.
#[must_use]
pub fn ask(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let line = text.ok().and_then(|text| text.lines().next().map(|line| line.trim().to_string()));
    line.filter(|line| !line.is_empty()).unwrap_or_else(|| "unknown".into())
}

/// Today, as `2026-01-31`.
#[must_use]
pub fn date() -> String {
    ask("date", &["-u", "+%Y-%m-%d"])
}

/// How many threads run at a time.
#[must_use]
pub fn cores() -> usize {
    thread::available_parallelism().map_or(0, usize::from)
}

/// The commit, and a `+` if files differ from it.
#[must_use]
pub fn commit() -> String {
    let is_clean = ask("git", &["status", "--porcelain"]) == "unknown";
    ask("git", &["rev-parse", "--short", "HEAD"]) + if is_clean { "" } else { "+" }
}

/// What the processor calls itself.
fn processor() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    line.map_or("unknown", |(_, name)| name).to_string()
}

/// The machine as part of a folder's name, such as `x86_64-amd-epyc-2-cores`.
#[must_use]
pub fn machine() -> String {
    format!("{}-{}{}-cores", std::env::consts::ARCH, short(&processor()), cores())
}

/// The words that tell processors apart, with a dash after each.
fn short(processor: &str) -> String {
    let (name, _) = processor.split_once('@').unwrap_or((processor, ""));
    let name = name.to_lowercase().replace("(r)", " ").replace("(tm)", " ");
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let told = words.filter(|word| !["cpu", "processor", "unknown"].contains(word));
    told.map(|word| format!("{word}-")).collect()
}

/// Names and values.
#[must_use]
pub fn describe() -> Vec<(String, String)> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let governor = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    let mut all = vec![
        ("date", date()),
        ("commit", commit()),
        ("processor", processor()),
        ("cores", cores().to_string()),
        ("frequency", if governor.is_empty() { "not told".into() } else { governor.trim().into() }),
        ("load before", read("/proc/loadavg").split(' ').next().unwrap_or("unknown").into()),
        ("kernel", ask("uname", &["-srm"])),
        ("rustc", ask("rustc", &["--version"])),
    ];
    let peers = peers(&fs::read_to_string(root().join("Cargo.lock")).unwrap_or_default());
    all.push(("peers", peers));
    all.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// What is measured beside ours, with versions.
fn peers(lock: &str) -> String {
    const PEERS: [&str; 10] = [
        "async-broadcast",
        "async-lock",
        "async-once-cell",
        "hdrhistogram",
        "histogram",
        "metrics-util",
        "once_cell",
        "prometheus",
        "prometheus-client",
        "tokio",
    ];
    let version = |peer: &str| {
        let (_, rest) = lock.split_once(&format!("name = \"{peer}\"\nversion = \""))?;
        Some(format!("{peer} {}", rest.split_once('"')?.0))
    };
    PEERS.iter().filter_map(|peer| version(peer)).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_peer_is_in_the_lock_file() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert_eq!(peers(&lock).split(", ").count(), 10, "{}", peers(&lock));
}

#[test]
fn processors_are_told_apart() {
    assert_eq!(short("Intel(R) Xeon(R) Processor @ 2.50GHz"), "intel-xeon-");
    assert_eq!(short("AMD EPYC"), "amd-epyc-");
    assert_eq!(short("Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz"), "intel-core-i7-8700k-");
    assert_eq!(short("unknown"), "");
}
