//! One step while it runs.

use core::time::Duration;
use std::process::Command;
use std::time::Instant;

use crate::command;
use crate::machine;
use crate::record::{Done, Figure, Status};
use crate::step::Step;

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "for steps that need it")]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Goal {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Exactly(right) => value == right,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", crate::page::number(least)),
            Self::AtMost(most) => format!("≤ {}", crate::page::number(most)),
            Self::Exactly(right) => crate::page::number(right),
        }
    }
}

/// What a step has and notes.
pub(crate) struct Run {
    name: &'static str,
    full: bool,
    limit: Duration,
    figures: Vec<Figure>,
    notes: Vec<String>,
    commands: Vec<String>,
    tools: Vec<(String, String)>,
    missed: Vec<String>,
}

impl Run {
    /// The step's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether everything is wanted, or what fits into a minute.
    #[allow(dead_code, reason = "for steps that need it")]
    pub(crate) fn full(&self) -> bool {
        self.full
    }

    /// A command in the root of the project; give it arguments and variables, and
    /// then to [`Self::execute`].
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(machine::root()).env("CARGO_TERM_COLOR", "never");
        // The compiler and flags of whoever started this are for this program only.
        for variable in ["RUSTFLAGS", "RUSTC", "RUSTUP_TOOLCHAIN", "CARGO_ENCODED_RUSTFLAGS"] {
            command.env_remove(variable);
        }
        command
    }

    /// The pinned cargo.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// Where `.ci/tools` has installed a program.
    pub(crate) fn installed(&mut self, tool: &str) -> Result<String, String> {
        let output = self.execute(self.command(".ci/tools").arg(tool))?;
        output.lines().last().map(str::to_string).ok_or(format!("{tool} is nowhere"))
    }

    /// Each command that follows is given up, and the step fails, after so long; an hour
    /// unless this is called.
    #[allow(dead_code, reason = "for steps that need it")]
    pub(crate) fn limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Runs it, shows how far it is, and returns what it printed on both channels. Lines
    /// `figure NAME VALUE [UNIT]` become figures.
    ///
    /// # Errors
    ///
    /// If it does not end with 0.
    pub(crate) fn execute(&mut self, command: &mut Command) -> Result<String, String> {
        self.commands.push(command::text(command));
        let text = command::execute(self.name, command, self.limit)?;
        for line in text.lines() {
            if let Some((name, value, unit)) = figure(line) {
                self.figure(name, value, unit);
            }
        }
        Ok(text)
    }

    /// Notes a figure; one of the same name is replaced.
    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str) {
        self.figures.retain(|figure| figure.name != name);
        self.figures.push(Figure {
            name: name.into(),
            value,
            unit: unit.into(),
            goal: None,
            met: true,
        });
    }

    /// What the figure of that name must be. If it is not, or there is none, the step
    /// fails at its end.
    pub(crate) fn goal(&mut self, name: &str, goal: Goal) {
        match self.figures.iter_mut().find(|figure| figure.name == name) {
            None => self.missed.push(format!("there is no figure {name}")),
            Some(figure) => {
                figure.goal = Some(goal.text());
                figure.met = goal.met(figure.value);
                if !figure.met {
                    let value = crate::page::number(figure.value);
                    self.missed.push(format!("{name} is {value}, not {}", goal.text()));
                }
            }
        }
    }

    /// Something that a reader must know: a limit, what did not run.
    #[allow(dead_code, reason = "for steps that need it")]
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The version of a tool that the step used: the first line that `command` prints.
    #[allow(dead_code, reason = "for steps that need it")]
    pub(crate) fn tool(&mut self, name: &str, command: &mut Command) -> Result<(), String> {
        let version = machine::first_line(command).ok_or(format!("{name} is not here"))?;
        self.tools.push((name.into(), version));
        Ok(())
    }
}

/// `figure NAME VALUE [UNIT]`
fn figure(line: &str) -> Option<(&str, f64, &str)> {
    let mut words = line.strip_prefix("figure ")?.splitn(3, ' ');
    let name = words.next()?;
    let value = words.next()?.replace([',', '_'], "").parse().ok()?;
    Some((name, value, words.next().unwrap_or_default()))
}

/// Runs a step from its beginning to its end.
pub(crate) fn run(step: &Step, full: bool, sources: &str) -> Done {
    let began = Instant::now();
    let mut run = Run {
        name: step.name,
        full,
        limit: Duration::from_secs(3_600),
        figures: vec![],
        notes: vec![],
        commands: vec![],
        tools: vec![],
        missed: vec![],
    };
    command::begin(step.name);
    let mut failures: Vec<_> = (step.run)(&mut run).err().into_iter().collect();
    failures.append(&mut run.missed);
    let failures = failures.iter().map(|failure| machine::anywhere(failure)).collect::<Vec<_>>();
    Done {
        name: step.name.into(),
        what: step.what.into(),
        status: if failures.is_empty() { Status::Passed } else { Status::Failed },
        failures,
        seconds: began.elapsed().as_secs(),
        date: machine::date(),
        commit: machine::commit(),
        sources: sources.into(),
        figures: run.figures,
        notes: run.notes,
        commands: run.commands,
        tools: run.tools,
    }
}

#[test]
fn figures_are_read() {
    assert_eq!(figure("figure executions 10,000"), Some(("executions", 10_000.0, "")));
    assert_eq!(figure("figure flash 12 bytes of text"), Some(("flash", 12.0, "bytes of text")));
    assert_eq!(figure("figure flash lots"), None);
    assert_eq!(figure("a figure 1"), None);
}

#[test]
fn goals_are_checked() {
    fn three(run: &mut Run) -> Result<(), String> {
        run.figure("three", 3.0, "");
        run.goal("three", Goal::AtLeast(3.0));
        run.goal("three", Goal::AtMost(3.0));
        run.goal("three", Goal::Exactly(3.0));
        Ok(())
    }
    fn wrong(run: &mut Run) -> Result<(), String> {
        three(run)?;
        run.goal("three", Goal::AtLeast(3.5));
        run.goal("four", Goal::AtMost(9.0));
        Ok(())
    }
    let step = |run| Step { name: "goals", what: "", quick: true, run };
    assert_eq!(self::run(&step(three), true, "").status, Status::Passed);
    let wrong = self::run(&step(wrong), true, "");
    assert_eq!(wrong.status, Status::Failed);
    assert_eq!(wrong.failures, ["three is 3, not ≥ 3.5", "there is no figure four"]);
}
