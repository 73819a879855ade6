//! Where it runs, with which tools, on which sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread};

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").into()
}

/// The same text wherever the project and its builds lie.
pub(crate) fn anywhere(text: &str) -> String {
    let text = match std::env::var("CARGO_TARGET_DIR") {
        Ok(target) if !target.is_empty() => text.replace(&format!("{target}/"), "target/"),
        _ => text.into(),
    };
    text.replace(&format!("{}/", root().display()), "")
}

/// The first line that the command prints, if it ends well.
pub(crate) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.current_dir(root()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    output.status.success().then(|| line.trim().into())
}

fn ask(program: &str, arguments: &[&str]) -> String {
    first_line(Command::new(program).args(arguments)).unwrap_or_else(|| "unknown".into())
}

pub(crate) fn date() -> String {
    ask("date", &["-u", "+%Y-%m-%d %H:%M UTC"])
}

/// The commit, and a `+` if files differ from it. What this program writes does not
/// count.
pub(crate) fn commit() -> String {
    let others = [":!docs/verification.json", ":!docs/verification.md"];
    let mut status = Command::new("git");
    status.args(["status", "--porcelain", "--", "."]).args(others);
    let dirty = first_line(&mut status).is_some();
    ask("git", &["rev-parse", "--short", "HEAD"]) + if dirty { "+" } else { "" }
}

/// What `src/` is without its unit tests: two results with the same are about the same
/// library.
pub(crate) fn sources() -> String {
    let mut status = Command::new("git");
    if first_line(status.args(["status", "--porcelain", "--", "src"])).is_some() {
        // Changed, and so like nothing that ran before.
        return format!("{}+{}", ask("git", &["rev-parse", "--short", "HEAD"]), date());
    }
    let library = "git ls-tree -r HEAD src | grep -v '/tests[./]' | git hash-object --stdin";
    ask("bash", &["-c", library])
}

pub(crate) fn describe() -> Vec<(String, String)> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = thread::available_parallelism().map_or("unknown".into(), |n| n.to_string());
    [
        ("processor", model.map_or("unknown".into(), |(_, name)| name.to_string())),
        ("cores", cores),
        ("kernel", ask("uname", &["-srm"])),
        ("rustc", ask("rustc", &["--version"])),
        ("cargo", ask("cargo", &["--version"])),
        ("gcc", ask("gcc", &["--version"])),
    ]
    .map(|(name, value)| (name.into(), value))
    .into()
}
