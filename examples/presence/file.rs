//! A configuration file on disk: read whole, read by half, and a damaged copy.

use core::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::{self, Config};

/// No configuration is longer; a device that never ends must not fill the memory.
const LONGEST: u64 = 1 << 20;

/// A file, and what to call it in messages.
#[derive(Clone)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    name: String,
}

/// Which file, which line, and what was expected there.
#[derive(Debug)]
pub(crate) struct LoadError(String);

impl ConfigFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        let name = path.display().to_string();
        Self { path, name }
    }

    /// The last part of the path: enough once the path was shown.
    pub(crate) fn short_name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        Path::new(name).display().to_string()
    }

    /// The whole file, parsed.
    pub(crate) fn load(&self) -> Result<Config, LoadError> {
        let bytes = self.bytes()?;
        config::parse(&bytes).map_err(|error| LoadError(format!("{}, {error}", self.name)))
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, LoadError> {
        let cannot = |error: io::Error| self.error(format_args!("cannot be read: {error}"));
        // Asked first: to open a pipe could wait for ever.
        if !fs::metadata(&self.path).map_err(cannot)?.is_file() {
            return Err(self.error(format_args!("is not a file; expected a configuration file")));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&self.path).map_err(cannot)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.len() as u64 > LONGEST {
            return Err(self.error(format_args!("is longer than 1 MiB; expected a configuration")));
        }
        Ok(bytes)
    }

    /// What a reader has when its backend goes silent midway.
    pub(crate) fn first_half(&self) -> Result<Vec<u8>, LoadError> {
        let mut bytes = self.bytes()?;
        bytes.truncate(bytes.len() / 2);
        Ok(bytes)
    }

    fn error(&self, what: fmt::Arguments<'_>) -> LoadError {
        LoadError(format!("{}: {what}", self.name))
    }
}

impl LoadError {
    pub(crate) fn new(what: &str) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A copy that was cut in the middle of a line, as an interrupted transfer
/// leaves it. Removed when dropped.
pub(crate) struct CutCopy(pub(crate) ConfigFile);

impl CutCopy {
    pub(crate) fn of(original: &ConfigFile) -> Result<Self, LoadError> {
        let bytes = original.bytes()?;
        let whole = bytes.trim_ascii_end();
        let line_ends = |&at: &usize| whole[at] == b'\n';
        // Late enough for a line that counts; a file of one line is cut there, too.
        let middle = whole.len() * 2 / 3;
        let start = (0..middle).rev().find(line_ends).map_or(0, |at| at + 1);
        let end = (middle..whole.len()).find(line_ends).unwrap_or(whole.len());
        let cut = &whole[..start + (end - start) / 2];

        let cannot = |path: &Path, error| {
            LoadError(format!("{}: a copy cannot be written: {error}", path.display()))
        };
        let name = format!("cut copy of {}", original.short_name());
        let path = unused_path();
        let mut file = match fs::File::create_new(&path) {
            Ok(file) => file,
            Err(error) => return Err(cannot(&path, error)),
        };
        let copy = Self(ConfigFile { path, name });
        match file.write_all(cut) {
            Ok(()) => Ok(copy),
            Err(error) => Err(cannot(&copy.0.path, error)),
        }
    }
}

fn unused_path() -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("bellwether-presence-{}-{}.conf", std::process::id(), now.as_nanos());
    std::env::temp_dir().join(name)
}

impl Drop for CutCopy {
    fn drop(&mut self) {
        // Nothing depends on it: a copy that stays is one more temporary file.
        let _ = fs::remove_file(&self.0.path);
    }
}
