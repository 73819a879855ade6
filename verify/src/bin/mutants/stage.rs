//! One run of cargo-mutants: some mutants against some tests.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::VERSION;
use crate::areas::Area;
use crate::tree::Tree;

pub(crate) struct Stage {
    pub(crate) name: &'static str,
    /// Whose tests run.
    pub(crate) package: &'static str,
    pub(crate) features: &'static str,
    /// What `cargo test` is told.
    pub(crate) arguments: &'static [&'static str],
}

/// The names of mutants, by what became of them.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Some test failed.
    pub(crate) caught: Vec<String>,
    /// The tests did not end.
    pub(crate) timed_out: Vec<String>,
    /// It was not built.
    pub(crate) unviable: Vec<String>,
    pub(crate) missed: Vec<String>,
}

impl Outcome {
    /// All but what was missed, with the word for each.
    pub(crate) fn caught_lists(&mut self) -> [(&'static str, &mut Vec<String>); 3] {
        [
            ("caught", &mut self.caught),
            ("hang", &mut self.timed_out),
            ("unviable", &mut self.unviable),
        ]
    }

    /// Without all others: cargo-mutants tries some that it does not list.
    pub(crate) fn only(mut self, chosen: &[String]) -> Self {
        let lists = [&mut self.caught, &mut self.timed_out, &mut self.unviable, &mut self.missed];
        lists.into_iter().for_each(|list| list.retain(|name| chosen.contains(name)));
        self
    }

    /// Adds what another run came to.
    pub(crate) fn add(&mut self, mut other: Self) {
        for ((_, list), (_, more)) in self.caught_lists().into_iter().zip(other.caught_lists()) {
            list.append(more);
        }
        self.missed = other.missed;
    }

    fn has(&self, name: &String) -> bool {
        let all = [&self.caught, &self.timed_out, &self.unviable, &self.missed];
        all.iter().any(|list| list.contains(name))
    }
}

/// What cargo-mutants calls them on its lines.
const WORDS: [&str; 4] = ["caught", "TIMEOUT", "unviable", "MISSED"];

/// For models, which the project builds with all optimisations.
const FAST_BUILD: &str = "profile.dev.package.loom-tests.opt-level=1";

pub(crate) fn check_version() -> Result<(), String> {
    let output = Command::new("cargo").args(["mutants", "--version"]).output();
    let text = output.map_err(|why| format!("cargo: {why}"))?.stdout;
    if String::from_utf8_lossy(&text).split_whitespace().last() == Some(VERSION) {
        return Ok(());
    }
    Err(format!("this needs `cargo install --locked cargo-mutants@{VERSION}`"))
}

/// A command in the copy.
fn cargo(tree: &Tree, what: &str) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&tree.root).arg(what);
    command.env("CARGO_TARGET_DIR", &tree.build).env("CARGO_TERM_COLOR", "never");
    // Each build is small, and is built once: only the link's time counts.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "1");
    command.env_remove("RUSTFLAGS").env("BELLWETHER_WITHOUT_FLOORS", "");
    command
}

/// Begins every run of cargo-mutants: the area's files.
fn mutants(tree: &Tree, area: &Area) -> Command {
    let mut command = cargo(tree, "mutants");
    command.args(["--colors=never", "--package=bellwether"]);
    area.files.iter().for_each(|file| {
        command.arg(format!("--file={file}"));
    });
    command
}

/// The area's mutants.
pub(crate) fn list(tree: &Tree, area: &Area) -> Result<Vec<String>, String> {
    let output = mutants(tree, area).arg("--list").output().map_err(|why| why.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(String::from).collect())
}

impl Stage {
    fn must_pass(&self, tree: &Tree) -> Result<(), String> {
        let mut command = cargo(tree, "test");
        command.args(["--locked", "--package", self.package, "--config", FAST_BUILD]);
        command.args(self.arguments);
        let output = command.stderr(Stdio::inherit()).output().map_err(|why| why.to_string())?;
        if !output.status.success() {
            return Err(format!("{} fails as it is", self.name));
        }
        // A name that none has would let every mutant live, and nobody would notice.
        let text = String::from_utf8_lossy(&output.stdout);
        let ran = |line: &str| line.starts_with("test ") && line.ends_with("... ok");
        if text.lines().any(ran) { Ok(()) } else { Err(format!("{}: no test ran", self.name)) }
    }

    /// Tries these mutants, and shows how far it is; `keep` is told after each.
    pub(crate) fn run(
        &self,
        tree: &Tree,
        area: &Area,
        chosen: &[String],
        mut keep: impl FnMut(&mut Outcome) -> Result<(), String>,
    ) -> Result<Outcome, String> {
        let out = tree.out.join(area.name).join(self.name.replace(' ', "-"));
        std::fs::create_dir_all(&out).map_err(|why| why.to_string())?;
        let mut command = mutants(tree, area);
        command.args(["--in-place", "--no-shuffle", "--caught", "--unviable"]);
        command.args([self.features, "--cargo-arg=--locked"]);
        // Unmutated they must pass, in a time that tells what a hang is. cargo-mutants
        // does that for the package that it mutates only.
        if self.package == "bellwether" {
            command.args(["--baseline=run", "--minimum-test-timeout=10"]);
        } else {
            self.must_pass(tree)?;
            command.args(["--baseline=skip", "--timeout=900"]);
            // Most of the time is the build's.
            command.arg(format!("--cargo-arg=--config={FAST_BUILD}"));
        }
        // A constant whose computation does not end.
        command.arg("--build-timeout=300");
        command.arg(format!("--test-package={}", self.package)).arg("--output").arg(&out);
        chosen.iter().for_each(|name| {
            command.arg(format!("--re=^{}$", escaped(name)));
        });
        // Which programs are built and run; and after `--`, what these are told.
        let mut parts = self.arguments.splitn(2, |argument| *argument == "--");
        for argument in parts.next().into_iter().flatten() {
            command.arg(format!("--cargo-arg={argument}"));
        }
        if let Some(told) = parts.next() {
            command.args(["--", "--"]).args(told);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("cargo: {why}"))?;
        let mut counts = [0; 4];
        for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
            let line = line.map_err(|why| why.to_string())?;
            let word = line.split_whitespace().next();
            let Some(kind) = WORDS.iter().position(|known| word == Some(known)) else {
                println!("{line}");
                continue;
            };
            counts[kind] += 1;
            println!(
                "[{}, {}: {} of {}] missed {}: {line}",
                area.name,
                self.name,
                counts.iter().sum::<usize>(),
                chosen.len(),
                counts[3]
            );
            keep(&mut read(&out.join("mutants.out"))?.only(chosen))?;
        }
        let status = child.wait().map_err(|why| why.to_string())?;
        // 2: some were missed; 3: some timed out. All else is a failure of the run itself.
        if !matches!(status.code(), Some(0 | 2 | 3)) {
            return Err(format!("{}, {}: cargo mutants: {status}", area.name, self.name));
        }
        let outcome = read(&out.join("mutants.out"))?.only(chosen);
        if let Some(name) = chosen.iter().find(|name| !outcome.has(name)) {
            return Err(format!("{}, {}: not tried: {name}", area.name, self.name));
        }
        Ok(outcome)
    }
}

fn read(folder: &Path) -> Result<Outcome, String> {
    let lines = |name: &str| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|why| format!("{}: {why}", path.display()))?;
        Ok::<Vec<String>, String>(text.lines().map(String::from).collect())
    };
    Ok(Outcome {
        caught: lines("caught.txt")?,
        timed_out: lines("timeout.txt")?,
        unviable: lines("unviable.txt")?,
        missed: lines("missed.txt")?,
    })
}

/// As a regular expression.
fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if r".+*?()|[]{}^$\".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[test]
fn an_escaped_name_is_literal() {
    assert_eq!(escaped("a.rs:1: replace << with + (x)"), r"a\.rs:1: replace << with \+ \(x\)");
}
