//! All mutants: the baseline, and then a process for each.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::{env, fs, thread};

use bellwether_loom::probe::{self, Kind, Mutation, Seen, Site};

use crate::book::Book;
use crate::child::{KILLED, PROGRESS, SURVIVED};
use crate::models::support::Model;
use crate::source::{Named, Source};
use crate::{all_models, book};

/// Executions by model.
pub(crate) type Counts = BTreeMap<&'static str, usize>;

pub(crate) struct Mutant {
    pub(crate) site: Site,
    pub(crate) function: String,
    pub(crate) kind: Kind,
    pub(crate) mutation: Mutation,
    /// Who can notice: the cheapest first, since most mutants die at once.
    models: Vec<&'static str>,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in `{}`: {} -> {}", self.site, self.function, self.kind, self.mutation)
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Killed { model: String, executions: usize },
    Survived,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed { model, executions } => {
                write!(f, "killed by {model} after {executions} executions")
            }
            Self::Survived => f.write_str("survived"),
        }
    }
}

/// Everything, and all tables.
pub(crate) fn all() -> ExitCode {
    let source = source();
    let counts = explore(all_models().collect());
    let mut wrong = missed(&source);
    let mutants = mutants(&source, |model| counts[model], false);
    let fates = fates(&mutants, &mut wrong);
    Book::open().write(&book::mutants(&mutants, &fates), Some(&book::models(&counts)));
    report(&mutants, &fates, &mut wrong);
    println!("figure models {}", counts.len());
    println!("figure executions {}", counts.values().sum::<usize>());
    verdict(&wrong)
}

/// The mutants and their table, with sites that few preemptions find. Of the models only
/// those are explored that killed one, which must pass unmutated.
pub(crate) fn mutants_alone() -> ExitCode {
    let source = source();
    let mut wrong = scout(&source);
    let mutants = mutants(&source, floor, true);
    let fates = fates(&mutants, &mut wrong);
    let killed = |fate: &Option<Fate>, model: &Model| matches!(fate, Some(Fate::Killed { model: by, .. }) if by == model.name);
    let killers = all_models().filter(|model| fates.iter().any(|fate| killed(fate, model)));
    let counts = explore(killers.collect());
    Book::open().write(&book::mutants(&mutants, &fates), None);
    report(&mutants, &fates, &mut wrong);
    println!("figure models-that-killed {}", counts.len());
    verdict(&wrong)
}

/// Only the mutants whose line contains the text; the book stays as it is.
pub(crate) fn only(text: &str) -> ExitCode {
    let source = source();
    let mut wrong = scout(&source);
    let mut mutants = mutants(&source, floor, true);
    mutants.retain(|mutant| mutant.to_string().contains(text));
    let fates = fates(&mutants, &mut wrong);
    for (mutant, _) in mutants.iter().zip(fates).filter(|(_, fate)| *fate == Some(Fate::Survived)) {
        wrong.push(format!("survived: {mutant}"));
    }
    verdict(&wrong)
}

/// The figures; and what is wrong with the survivors.
fn report(mutants: &[Mutant], fates: &[Option<Fate>], wrong: &mut Vec<String>) {
    let argued = Book::open().judge(mutants, fates, wrong);
    let killed = fates.iter().filter(|fate| matches!(fate, Some(Fate::Killed { .. }))).count();
    println!("figure sites {}", probe::sites().len());
    println!("figure mutants {}", mutants.len());
    println!("figure killed {killed}");
    println!("figure survivors-argued {argued}");
    println!("figure survivors {}", mutants.len() - killed - argued);
}

fn verdict(wrong: &[String]) -> ExitCode {
    if wrong.is_empty() {
        println!("every mutant is killed, or argued in docs/orderings.md");
        return ExitCode::SUCCESS;
    }
    wrong.iter().for_each(|wrong| eprintln!("{wrong}"));
    ExitCode::FAILURE
}

/// About what the model costs.
fn floor(name: &str) -> usize {
    all_models().find(|model| model.name == name).map_or(0, |model| model.floor)
}

/// Finds the sites with as few preemptions as it takes; says what is not found.
fn scout(source: &Source) -> Vec<String> {
    let mut models: Vec<_> = all_models().collect();
    models.sort_by_key(|model| model.floor);
    for bound in 0..=1 {
        on_all_cores(models.clone(), |model| {
            if bound == 0 || !missed(source).is_empty() {
                model.scout(bound);
            }
        });
    }
    missed(source)
}

fn source() -> Source {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    Source::read(&src).expect("the library's source is there")
}

/// What the source has, and no site was announced for.
fn missed(source: &Source) -> Vec<String> {
    let sites = probe::sites();
    let is_seen = |named: &&Named| {
        let at = (named.file.as_str(), named.line, named.column);
        sites.iter().any(|Seen { site, .. }| (site.file, site.line, site.column) == at)
    };
    let missed = source.named.iter().filter(|named| !is_seen(named));
    missed
        .map(|Named { file, line, column, what }| {
            format!("no model reaches {file}:{line}:{column} {what}")
        })
        .collect()
}

fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Explores models unchanged, the dearest first.
fn explore(mut models: Vec<&'static Model>) -> Counts {
    models.sort_by_key(|model| core::cmp::Reverse(model.floor));
    on_all_cores(models, |model| (model.name, model.explore())).into_iter().collect()
}

fn on_all_cores<R: Send>(
    models: Vec<&'static Model>,
    work: impl Fn(&'static Model) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let rest = || core::iter::from_fn(|| models.get(next.fetch_add(1, Relaxed)).copied());
    thread::scope(|scope| {
        let work = || rest().map(&work).collect::<Vec<_>>();
        let handles: Vec<_> = (0..workers()).map(|_| scope.spawn(work)).collect();
        let joined = |handle: thread::ScopedJoinHandle<'_, Vec<R>>| {
            handle.join().expect("a model fails unmutated")
        };
        handles.into_iter().flat_map(joined).collect()
    })
}

/// Of all sites that were found; `cost` says what a model costs. Those that were not
/// explored to their ends may reach a site all the same, and come last.
fn mutants(source: &Source, cost: impl Fn(&str) -> usize, scouted: bool) -> Vec<Mutant> {
    let mut more: Vec<_> = all_models().filter(|_| scouted).map(|model| model.name).collect();
    more.sort_by_key(|&model| cost(model));
    let of = |Seen { site, kind, models: seen }: &Seen| {
        let mut models: Vec<_> = seen.iter().copied().collect();
        models.sort_by_key(|&model| cost(model));
        models.extend(more.iter().filter(|&model| !seen.contains(model)));
        let function = source.function_at(site.file, site.line).to_string();
        let mutant = |mutation| Mutant {
            site: site.clone(),
            function: function.clone(),
            kind: *kind,
            mutation,
            models: models.clone(),
        };
        kind.mutations().into_iter().map(mutant).collect::<Vec<_>>()
    };
    probe::sites().iter().flat_map(of).collect()
}

/// As many processes at a time as there are cores; `None` for what went wrong.
fn fates(mutants: &[Mutant], wrong: &mut Vec<String>) -> Vec<Option<Fate>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let fates = Mutex::new(vec![None; mutants.len()]);
    let wrong = Mutex::new(wrong);
    thread::scope(|scope| {
        for worker in 0..workers() {
            let (next, done, fates, wrong) = (&next, &done, &fates, &wrong);
            scope.spawn(move || {
                let progress = progress(worker);
                while let Some((at, mutant)) = indexed(mutants, next) {
                    let fate = kill(mutant, &progress);
                    let done = done.fetch_add(1, Relaxed) + 1;
                    match fate {
                        Ok(fate) => {
                            println!("[{done} of {}] {mutant}: {fate}", mutants.len());
                            fates.lock().expect("nobody panics")[at] = Some(fate);
                        }
                        Err(why) => {
                            wrong.lock().expect("nobody panics").push(format!("{mutant}: {why}"))
                        }
                    }
                }
            });
        }
    });
    fates.into_inner().expect("nobody panics")
}

fn indexed<'a>(mutants: &'a [Mutant], next: &AtomicUsize) -> Option<(usize, &'a Mutant)> {
    let at = next.fetch_add(1, Relaxed);
    Some((at, mutants.get(at)?))
}

/// By what programs do to themselves; not by somebody who ended it.
fn has_crashed(status: ExitStatus) -> bool {
    // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: on Linux.
    status.signal().is_some_and(|signal| [4, 5, 6, 7, 8, 11].contains(&signal))
}

/// Where a child says how far it is: beside this program.
fn progress(worker: usize) -> PathBuf {
    let program = env::current_exe().expect("this program");
    program.with_file_name(format!("mutate-{}-{worker}", std::process::id()))
}

/// Runs the models against one mutant.
fn kill(mutant: &Mutant, progress: &Path) -> Result<Fate, String> {
    let output = Command::new(env::current_exe().map_err(|why| why.to_string())?)
        .arg("--mutant")
        .args([mutant.site.to_string(), mutant.mutation.to_string(), mutant.models.join(",")])
        .env(PROGRESS, progress)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|why| why.to_string())?;
    let told = fs::read_to_string(progress).unwrap_or_default();
    let _ = fs::remove_file(progress);
    let words: Vec<_> = told.split_whitespace().collect();
    let [model, executions, reached] = words[..] else {
        return Err(format!("it said nothing: {}", String::from_utf8_lossy(&output.stderr)));
    };
    let code = output.status.code();
    if code == Some(SURVIVED.into()) {
        return Ok(Fate::Survived);
    }
    if (has_crashed(output.status) || code == Some(KILLED.into())) && reached == "true" {
        let executions = executions.parse().map_err(|_| format!("{executions} executions"))?;
        return Ok(Fate::Killed { model: model.into(), executions });
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}", output.status, text.lines().next_back().unwrap_or_default()))
}
