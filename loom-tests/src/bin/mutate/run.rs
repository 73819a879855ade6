//! All mutants: the baseline, and then a process for each.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::{env, fs, thread};

use bellwether_loom::probe::{self, Kind, Mutation, Seen, Site};

use crate::book::Book;
use crate::child::{KILLED, PROGRESS, SURVIVED};
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

/// Everything, and the book.
pub(crate) fn all() -> ExitCode {
    let source = source();
    let counts = baseline();
    let sites = probe::sites();
    let mut wrong: Vec<_> =
        unreached(&source, &sites).map(|named| format!("no model reaches {named:?}")).collect();

    let mutants = mutants(&source, &sites, &counts);
    let fates = fates(&mutants, &mut wrong);
    let tables = book::tables(&counts, &mutants, &fates);
    let book = Book::open();
    book.write(&tables);
    let argued = book.judge(&mutants, &fates, &mut wrong);

    let killed = fates.iter().filter(|fate| matches!(fate, Some(Fate::Killed { .. }))).count();
    println!("figure sites {}", sites.len());
    println!("figure mutants {}", mutants.len());
    println!("figure killed {killed}");
    println!("figure survivors-argued {argued}");
    println!("figure survivors {}", mutants.len() - killed - argued);
    println!("figure models {}", counts.len());
    println!("figure executions {}", counts.values().sum::<usize>());
    verdict(&wrong)
}

/// Only the mutants whose line contains the text, by models that reach their site
/// without preemptions: a quick look. The book stays as it is.
pub(crate) fn only(text: &str) -> ExitCode {
    let source = source();
    let counts = all_models().map(|model| (model.name, model.scout())).collect();
    let sites = probe::sites();
    let mut mutants = mutants(&source, &sites, &counts);
    mutants.retain(|mutant| mutant.to_string().contains(text));
    let missed = unreached(&source, &sites).map(|named| format!("not reached: {named:?}"));
    let mut wrong: Vec<_> = missed.collect();
    let fates = fates(&mutants, &mut wrong);
    for (mutant, _) in mutants.iter().zip(fates).filter(|(_, fate)| *fate == Some(Fate::Survived)) {
        wrong.push(format!("survived: {mutant}"));
    }
    verdict(&wrong)
}

fn verdict(wrong: &[String]) -> ExitCode {
    if wrong.is_empty() {
        println!("every mutant is killed, or argued in docs/orderings.md");
        return ExitCode::SUCCESS;
    }
    wrong.iter().for_each(|wrong| eprintln!("{wrong}"));
    ExitCode::FAILURE
}

fn source() -> Source {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    Source::read(&src).expect("the library's source is there")
}

/// What the source has, and no site was announced for.
fn unreached<'a>(source: &'a Source, sites: &'a [Seen]) -> impl Iterator<Item = &'a Named> {
    source.named.iter().filter(|named| {
        let at = (named.file.as_str(), named.line, named.column);
        !sites.iter().any(|Seen { site, .. }| (site.file, site.line, site.column) == at)
    })
}

fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Explores everything unchanged, on all cores, the dearest first.
fn baseline() -> Counts {
    let mut models: Vec<_> = all_models().collect();
    models.sort_by_key(|model| core::cmp::Reverse(model.floor));
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let work = || {
            let mine = core::iter::from_fn(|| models.get(next.fetch_add(1, Relaxed)));
            mine.map(|model| (model.name, model.explore())).collect::<Vec<_>>()
        };
        let handles: Vec<_> = (0..workers()).map(|_| scope.spawn(work)).collect();
        let joined = |handle: thread::ScopedJoinHandle<'_, _>| {
            handle.join().expect("a model fails unmutated")
        };
        handles.into_iter().flat_map(joined).collect()
    })
}

fn mutants(source: &Source, sites: &[Seen], counts: &Counts) -> Vec<Mutant> {
    let of = |Seen { site, kind, models }: &Seen| {
        let mut models: Vec<_> = models.iter().copied().collect();
        models.sort_by_key(|&model| counts[model]);
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
    sites.iter().flat_map(of).collect()
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
    // Without a code it was ended by a signal: it aborted.
    if (code.is_none() || code == Some(KILLED.into())) && reached == "true" {
        let executions = executions.parse().map_err(|_| format!("{executions} executions"))?;
        return Ok(Fate::Killed { model: model.into(), executions });
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}", output.status, text.lines().next_back().unwrap_or_default()))
}
