//! What became of mutants so far, kept in the folder of the copies, so that a run that was
//! stopped can go on, and so that after a new test only those that lived are tried again.
//!
//! What was caught holds as long as the library's sources are the same: tests are added,
//! and what one of them caught stays caught. What lived holds as long as tests and models
//! are the same too.

use core::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use crate::areas::Area;
use crate::stage::Outcome;
use crate::tree;

/// The library without its unit tests.
const SOURCES: &str = "src | grep -v '/tests[./]'";
/// All that a mutant is tried against.
const CHECKS: &str = "'src/**/tests*' tests loom-tests verify/src/bin/mutants/areas.rs Cargo.lock";
/// Stands where the others have a stage.
const LIVES: &str = "lives";

pub(crate) struct Known {
    path: PathBuf,
    /// What the library's sources are.
    sources: String,
    /// What the tests and models are.
    checks: String,
    /// What each stage caught. None has what lives.
    pub(crate) stages: [Outcome; 3],
    /// What lived through all of these tests and models.
    lives: Vec<String>,
}

impl Known {
    /// Of earlier runs, or nothing if there are none of these sources; of these mutants.
    pub(crate) fn open(area: &Area, all: &[String]) -> Result<Self, String> {
        let (sources, checks) = (digest(SOURCES)?, digest(CHECKS)?);
        let (path, stages) = (path(area), Default::default());
        let mut known = Self { path, sources, checks, stages, lives: vec![] };
        if let Ok(text) = fs::read_to_string(&known.path) {
            let mut lines = text.lines();
            if lines.next() == Some(&known.sources) {
                lines.for_each(|line| known.take(line));
                known.stages = known.stages.map(|outcome| outcome.only(all));
                known.lives.retain(|name| all.contains(name));
            }
        }
        Ok(known)
    }

    fn take(&mut self, line: &str) {
        let mut parts = line.splitn(3, '\t');
        let (Some(stage), Some(what), Some(name)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        if stage == LIVES && what == self.checks {
            self.lives.push(name.into());
        }
        let stage = stage.parse().ok().and_then(|stage: usize| self.stages.get_mut(stage));
        if let Some((_, list)) =
            stage.and_then(|stage| stage.caught_lists().into_iter().find(|(word, _)| *word == what))
        {
            list.push(name.into());
        }
    }

    pub(crate) fn has(&mut self, name: &String) -> bool {
        self.lives.contains(name) || self.is_caught(name)
    }

    fn is_caught(&mut self, name: &String) -> bool {
        let mut stages = self.stages.iter_mut();
        stages.any(|stage| stage.caught_lists().iter().any(|(_, list)| list.contains(name)))
    }

    /// Keeps what a stage has caught since, beside what it had.
    pub(crate) fn write(&mut self, stage: usize, more: &mut Outcome) -> Result<(), String> {
        let mut text = format!("{}\n", self.sources);
        let mut add = |stage: usize, outcome: &mut Outcome| {
            for (word, list) in outcome.caught_lists() {
                for name in list {
                    let _ = writeln!(text, "{stage}\t{word}\t{name}");
                }
            }
        };
        self.stages.iter_mut().enumerate().for_each(|(n, outcome)| add(n, outcome));
        add(stage, more);
        for name in &self.lives {
            let _ = writeln!(text, "{LIVES}\t{}\t{name}", self.checks);
        }
        fs::write(&self.path, text).map_err(|why| format!("{}: {why}", self.path.display()))
    }

    /// Keeps what has lived through all stages; returns all that did.
    pub(crate) fn keep(&mut self, lives: Vec<String>) -> Result<Vec<String>, String> {
        self.lives.extend(lives);
        self.write(0, &mut Outcome::default())?;
        Ok(core::mem::take(&mut self.lives))
    }
}

fn path(area: &Area) -> PathBuf {
    tree::folder().join(format!("{}.caught", area.name))
}

/// All of the area's mutants are tried again.
pub(crate) fn forget(area: &Area) -> Result<(), String> {
    match fs::remove_file(path(area)) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(why.to_string()),
        _ => Ok(()),
    }
}

/// What some files are, of those that are committed or at least known.
fn digest(files: &str) -> Result<String, String> {
    let script = format!("git ls-files {files} | xargs sha256sum | sha256sum");
    let mut command = Command::new("bash");
    command.current_dir(tree::project()).args(["-o", "pipefail", "-c", &script]);
    let output = command.output().map_err(|why| format!("bash: {why}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8(output.stdout).map(|text| text.trim().into()).map_err(|why| why.to_string())
}
