//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::format::count;

pub(crate) const USAGE: &str = "\
Usage: presence [--tasks N] [--workers N] [FILE]

  --tasks N     tasks that need the configuration, 1 to 1,000,000 (10,000)
  --workers N   worker threads of the runtime, 1 to 512 (32)
  FILE          the configuration (examples/presence/presence.conf)
  -h, --help    this text

Exit status: 0 all guarantees held, 1 the configuration or the output failed,
2 bad arguments, 3 a guarantee broke.
";

/// What to play.
pub(crate) struct Options {
    pub(crate) tasks: usize,
    pub(crate) workers: usize,
    pub(crate) file: PathBuf,
}

/// Reads the arguments; `Ok(None)` asks for help.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Option<Options>, String> {
    let (mut tasks, mut workers, mut file) = (None, None, None);
    let mut arguments = arguments;
    let mut flags_end = false;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy().into_owned();
        if flags_end || !text.starts_with('-') || text == "-" {
            if argument.is_empty() {
                return Err("expected the name of a file, found an empty argument".into());
            }
            if file.replace(PathBuf::from(&argument)).is_some() {
                return Err(format!("expected one file, found a second: {text:?}"));
            }
            continue;
        }
        let (flag, inline) = match text.split_once('=') {
            Some((flag, value)) => (flag, Some(OsString::from(value))),
            None => (text.as_str(), None),
        };
        let mut number = |place: &mut Option<usize>, most| {
            let value = inline.clone().or_else(|| arguments.next());
            let number = whole(flag, value.as_deref(), most)?;
            match place.replace(number) {
                None => Ok(()),
                Some(_) => Err(format!("{flag} is given twice")),
            }
        };
        match flag {
            "-h" | "--help" if inline.is_none() => return Ok(None),
            "--" if inline.is_none() => flags_end = true,
            "--tasks" => number(&mut tasks, 1_000_000)?,
            "--workers" => number(&mut workers, 512)?,
            _ => return Err(format!("unknown option {text:?}")),
        }
    }
    Ok(Some(Options {
        tasks: tasks.unwrap_or(10_000),
        workers: workers.unwrap_or(32),
        file: file.unwrap_or_else(default_file),
    }))
}

fn whole(flag: &str, value: Option<&OsStr>, most: usize) -> Result<usize, String> {
    let expected = format!("{flag} expects a whole number from 1 to {}", count(most));
    let Some(value) = value else {
        return Err(format!("{expected}, and found nothing"));
    };
    let text = value.to_string_lossy();
    match text.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("{expected}, and found {text:?}")),
    }
}

/// Found from anywhere, as long as the sources stay where they were built.
fn default_file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples", "presence", "presence.conf"].iter().collect()
}
